"""training/tuning.py: which layers learn, how fast, and that averaged weights survive an interruption."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from model.network import build_network
from tests.training.support import N_MELS, busy_network, part, toy_set
from training.options import TrainingOptions
from training.run_folder import read_history
from training.train import train
from training.tuning import adjust, make_optimizer

OPTIONS = TrainingOptions(epochs=3, batch_size=4, learning_rate=3e-3)


def moved(options: TrainingOptions) -> dict[str, float]:
    """How far one update moves each layer's kernel, by layer."""
    network = busy_network("cnn")
    adjust(network, options)
    network.compile(make_optimizer(network, 0.01, replace(options, weight_decay=0.0)), loss="mse")
    learned = [layer for layer in network.layers if layer.trainable_weights]
    before = {layer.name: layer.get_weights()[0] for layer in learned}
    rng = np.random.default_rng(0)
    network.train_on_batch(rng.normal(-40, 9, (2, 128, N_MELS)), rng.normal(0, 1, (2, 32, 3)))
    return {layer.name: float(np.abs(layer.get_weights()[0] - before[layer.name]).max()) for layer in learned}


def test_all_layers_learn_alike_unless_said_otherwise() -> None:
    steps = moved(OPTIONS)
    assert steps["conv0"] == pytest.approx(0.01, rel=0.1)
    assert steps["logits"] == pytest.approx(0.01, rel=0.1)


def test_the_first_layer_learns_at_its_share_and_those_between_in_between() -> None:
    steps = moved(replace(OPTIONS, first_layer_rate=0.1))
    assert steps["conv0"] == pytest.approx(0.001, rel=0.1)
    assert steps["conv0"] < steps["conv2"] < steps["conv5"] < steps["logits"]
    assert steps["logits"] == pytest.approx(0.01, rel=0.1)


def test_the_last_layer_alone_learns_if_the_first_ones_share_is_nothing() -> None:
    assert list(moved(replace(OPTIONS, first_layer_rate=0))) == ["logits"]


def test_norms_that_were_kept_learn_if_told_to() -> None:
    network = build_network("cnn", 3, N_MELS, WindowLayout())
    network.get_layer("conv0_bn").trainable = False
    adjust(network, OPTIONS)
    assert not network.get_layer("conv0_bn").trainable
    adjust(network, replace(OPTIONS, norms_learn=1))
    assert network.get_layer("conv0_bn").trainable


def test_the_level_can_be_left_alone() -> None:
    network = build_network("cnn", 3, N_MELS, WindowLayout())
    adjust(network, replace(OPTIONS, level_jitter=0))
    assert network.get_layer("relative_level").jitter_db == 0


def test_averaged_weights_are_what_is_kept(tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set", n_songs=8)
    parts = part(songs, "train"), part(songs, "valid")
    still = replace(OPTIONS, epochs=1, ema_momentum=1.0)  # the average of the first update on
    train(*parts, tmp_path / "averaged", still, "given")
    train(*parts, tmp_path / "plain", replace(still, ema_momentum=0.0), "given")
    averaged, plain = (keras.models.load_model(tmp_path / name / "best.keras", compile=False).get_layer("logits")
                       for name in ("averaged", "plain"))  # fmt: skip
    keras.utils.set_random_seed(OPTIONS.seed)
    first = build_network("cnn", 3, N_MELS, WindowLayout()).get_layer("logits").get_weights()[0]
    assert np.abs(averaged.get_weights()[0] - first).max() < np.abs(plain.get_weights()[0] - first).max()


def test_averages_go_on_where_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songs = toy_set(tmp_path / "set", n_songs=8)
    parts = part(songs, "train"), part(songs, "valid")
    options = replace(OPTIONS, ema_momentum=0.9)
    train(*parts, tmp_path / "whole", options, "given")

    def pull_plug(_: object, epoch: int, *__: object) -> None:
        if epoch == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("training.train.EpochNumber.on_epoch_end", pull_plug, raising=False)
        with pytest.raises(KeyboardInterrupt):
            train(*parts, tmp_path / "cut", options, "given")
    train(*parts, tmp_path / "cut", options, "given")
    losses = [[float(row["val_loss"]) for row in read_history(tmp_path / name)] for name in ("whole", "cut")]
    np.testing.assert_allclose(losses[0], losses[1], rtol=0.02)
