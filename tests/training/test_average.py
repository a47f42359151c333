"""training/average.py: several runs' mean weights are a run like others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.training.support import part, toy_set
from training.average import average_runs
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.options import TrainingOptions
from training.run_folder import read_history
from training.train import train
from training.trained import load_trained


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return toy_set(tmp_path_factory.mktemp("average") / "set")


@pytest.fixture(scope="module")
def runs(songs: FeatureSet, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("runs")
    options = TrainingOptions(epochs=4, batch_size=4, learning_rate=3e-3)
    train(part(songs, "train"), part(songs, "valid"), folder / "start", options, "given")
    tuned = replace(options, init=str(folder / "start" / "network.keras"), epochs=1)
    for seed in (1, 2):
        parts = part(songs, "train"), part(songs, "valid")
        train(*parts, folder / f"seed-{seed}", replace(tuned, seed=seed), "given")
    return [folder / "start", folder / "seed-1", folder / "seed-2"]


def averaged(runs: list[Path], songs: FeatureSet, run: Path) -> Path:
    average_runs(runs, part(songs, "train"), part(songs, "valid"), run, "given")
    return run


def test_the_mean_of_the_weights_is_a_run_like_others(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    trained = load_trained(averaged(runs[1:], songs, tmp_path / "mean"))
    assert trained.provenance["options"]["averaged"] == ["seed-1", "seed-2"]
    both = [keras.models.load_model(run / "network.keras", compile=False).get_weights() for run in runs[1:]]
    assert any(not np.array_equal(one, other) for one, other in zip(*both, strict=True))
    for mean, one, other in zip(trained.network.get_weights(), *both, strict=True):
        np.testing.assert_allclose(mean, (one + other) / 2, atol=1e-6)
    (epoch,) = read_history(tmp_path / "mean")
    assert float(epoch["val_accuracy"]) > 0.9


def test_a_finished_one_is_left_as_it_is(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    written = averaged(runs[1:], songs, tmp_path / "mean") / "network.keras"
    before = written.stat().st_mtime_ns
    averaged(runs[1:], songs, tmp_path / "mean")
    assert written.stat().st_mtime_ns == before
    with pytest.raises(TrainingError, match="other songs or options"):
        averaged(runs[2:], songs, tmp_path / "mean")


def test_runs_of_several_recipes_are_refused(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="differ in more than seeds"):
        averaged(runs[:2], songs, tmp_path / "mean")


def test_runs_from_scratch_are_refused(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="from scratch each end somewhere else"):
        averaged(runs[:1], songs, tmp_path / "mean")
