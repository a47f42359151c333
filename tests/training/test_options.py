"""training/options.py: numbers of the recipe are varied by name; what is none is refused with the names there are."""

from __future__ import annotations

import pytest

from training.errors import TrainingError
from training.options import TrainingOptions, vary


def test_numbers_of_the_options_and_of_the_augmentation_are_varied() -> None:
    varied = vary(TrainingOptions(), ["label_smoothing=0", "eq_db=6.5", "masks=0"])
    assert varied.label_smoothing == 0
    assert varied.augmentation.eq_db == 6.5
    assert varied.augmentation.masks == 0
    assert varied.augmentation.scale == TrainingOptions().augmentation.scale


@pytest.mark.parametrize("setting", ["reverb=1", "eq_db", "eq_db=much", "masks=1.5", "init=mn04.pt"])
def test_what_is_no_number_of_the_recipe_is_refused_with_the_names_there_are(setting: str) -> None:
    with pytest.raises(TrainingError, match=rf"{setting}: say NAME=NUMBER.*label_smoothing.*eq_db"):
        vary(TrainingOptions(), [setting])
