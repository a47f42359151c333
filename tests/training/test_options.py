"""training/options.py: numbers of the recipe are varied by name; what is none is refused with the names there are."""

from __future__ import annotations

import pytest

from training.__main__ import _parse
from training.errors import TrainingError
from training.options import TrainingOptions, chosen_options, vary


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


@pytest.mark.parametrize(
    ("start", "semitones"),
    [
        ("scratch", 2),
        ("scratch --model cnn", 2),
        ("scratch --model cnn-pcen", 2),
        ("scratch --model mfcc", 0),
        ("scratch --model mn04", 0),
        ("start.keras", 0),
        ("scratch --vary shift_semitones=1", 1),
    ],
)
def test_the_pitch_of_what_convolutions_from_scratch_hear_is_varied(start: str, semitones: float) -> None:
    said = f"train --set set --split split.json --run run --init {start}"
    assert chosen_options(_parse(said.split())).augmentation.shift_semitones == semitones


@pytest.mark.parametrize(
    ("start", "model"), [("scratch", "cnn-pcen"), ("scratch --model cnn", "cnn"), ("start.keras", "cnn")]
)
def test_from_scratch_it_is_the_best_network_unless_said(start: str, model: str) -> None:
    """What starts from weights has a network of its own; its record has always had this word."""
    said = f"train --set set --split split.json --run run --init {start}"
    assert chosen_options(_parse(said.split())).model == model
