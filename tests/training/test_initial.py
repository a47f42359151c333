"""training/initial.py: what a training may start from."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout, load_contract
from tests.support import REPOSITORY
from tests.training.support import busy_network, part, toy_set
from training.errors import TrainingError
from training.initial import initial_network


def test_the_shipped_network_is_a_start_though_its_layers_have_other_names(tmp_path: Path) -> None:
    shipped = load_contract(REPOSITORY / "model")
    path = shipped.folder / shipped.raw["keras_model"]
    songs = part(toy_set(tmp_path / "set", n_songs=4), "train")
    network, given = initial_network(str(path), "cnn", songs, WindowLayout()), keras.models.load_model(path)
    for ours, theirs in zip(network.layers, given.layers, strict=True):
        if ours.name != "logits":
            assert all(map(np.array_equal, ours.get_weights(), theirs.get_weights()))
    assert network.output_shape == (None, 32, 3)


def test_a_network_that_lacks_layers_of_ours_is_refused(tmp_path: Path) -> None:
    ours = busy_network("cnn")
    cut = keras.Model(ours.input, ours.get_layer("conv2_pool").output, name="cnn")
    cut.save(tmp_path / "cut.keras")
    songs = part(toy_set(tmp_path / "set", n_songs=4), "train")
    with pytest.raises(TrainingError, match=r"not a network of ours: other layers: .*conv3"):
        initial_network(str(tmp_path / "cut.keras"), "cnn", songs, WindowLayout())
