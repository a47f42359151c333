"""training/average.py: several runs' mean weights are a run like others."""

from __future__ import annotations

import hashlib
import json
import shutil
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
from training.run_folder import read_history, read_record
from training.train import train
from training.trained import load_trained


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return toy_set(tmp_path_factory.mktemp("average") / "set")


@pytest.fixture(scope="module")
def runs(songs: FeatureSet, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("runs")
    options = TrainingOptions(epochs=10, batch_size=4, learning_rate=3e-3)
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


def test_which_networks_it_is_made_of_is_recorded(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    copies = [Path(shutil.copytree(run, tmp_path / run.name)) for run in runs[1:]]
    provenance = load_trained(averaged(copies, songs, tmp_path / "mean")).provenance
    hashes = [hashlib.sha256((run / "network.keras").read_bytes()).hexdigest() for run in copies]
    assert provenance["averaged_sha256"] == hashes
    load_trained(runs[0]).network.save(copies[0] / "network.keras")  # as if it had been trained anew
    with pytest.raises(TrainingError, match="other songs, options or networks"):
        averaged(copies, songs, tmp_path / "mean")


def test_an_average_of_before_its_networks_were_recorded_is_found_again(
    runs: list[Path], songs: FeatureSet, tmp_path: Path
) -> None:
    record = read_record(averaged(runs[1:], songs, tmp_path / "mean"))
    del record["averaged_sha256"]
    (tmp_path / "mean/run.json").write_text(json.dumps(record))
    assert read_record(averaged(runs[1:], songs, tmp_path / "mean")) == record


def test_runs_of_before_and_after_others_were_recorded_are_one_recipe(
    runs: list[Path], songs: FeatureSet, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(runs[1], tmp_path / "old"))
    record = read_record(copy)
    del record["others_sha256"]
    (copy / "run.json").write_text(json.dumps(record))
    assert "others_sha256" not in read_record(averaged([copy, runs[2]], songs, tmp_path / "mean"))


def test_a_run_that_has_not_ended_is_refused(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    unfinished = Path(shutil.copytree(runs[2], tmp_path / "unfinished"))
    (unfinished / "network.keras").unlink()
    with pytest.raises(TrainingError, match="unfinished has not been trained to its end"):
        averaged([runs[1], unfinished], songs, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_the_same_run_twice_is_refused(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="count the same network twice"):
        averaged([runs[1], runs[2], runs[1]], songs, tmp_path / "mean")


def test_a_finished_one_is_left_as_it_is(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    written = averaged(runs[1:], songs, tmp_path / "mean") / "network.keras"
    before = written.stat().st_mtime_ns
    averaged(runs[1:], songs, tmp_path / "mean")
    assert written.stat().st_mtime_ns == before
    with pytest.raises(TrainingError, match="other songs, options or networks"):
        averaged(runs[2:], songs, tmp_path / "mean")


def test_runs_of_several_recipes_are_refused(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="differ in more than seeds"):
        averaged(runs[:2], songs, tmp_path / "mean")


def test_runs_of_one_genre_and_of_several_are_refused(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(runs[1], tmp_path / "several"))
    (copy / "run.json").write_text(json.dumps({**read_record(copy), "activation": "sigmoid"}))
    with pytest.raises(TrainingError, match="differ in more than seeds"):
        averaged([copy, runs[2]], songs, tmp_path / "mean")


def test_runs_from_scratch_are_refused(runs: list[Path], songs: FeatureSet, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="from scratch each end somewhere else"):
        averaged(runs[:1], songs, tmp_path / "mean")
