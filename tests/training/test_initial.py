"""training/initial.py: what a training may start from."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest

from model.contract import WindowLayout
from tests.training.support import busy_network, part, toy_set
from training.errors import TrainingError
from training.initial import initial_network


def test_a_network_that_lacks_layers_of_ours_is_refused(tmp_path: Path) -> None:
    ours = busy_network("cnn")
    cut = keras.Model(ours.input, ours.get_layer("conv2_pool").output, name="cnn")
    cut.save(tmp_path / "cut.keras")
    songs = part(toy_set(tmp_path / "set", n_songs=4), "train")
    with pytest.raises(TrainingError, match=r"not a network of ours: other layers: .*conv3"):
        initial_network(str(tmp_path / "cut.keras"), "cnn", songs, WindowLayout())
