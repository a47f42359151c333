"""training/linear.py: the floor learns what is easy, and leaves a run that all other steps take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.support import part, toy_log_mel, toy_set
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.linear import train_linear
from training.run_folder import read_history
from training.trained import check_songs_of_run, load_trained


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("linear")
    songs = toy_set(folder / "set")
    train_linear(part(songs, "train"), part(songs, "valid"), folder / "run", 0, "given")
    return folder / "run"


def test_it_hears_what_is_easy(run: Path) -> None:
    trained = load_trained(run)
    assert trained.network.name == "linear"
    for genre, name in enumerate(trained.genres):
        logits = trained.network.predict_on_batch(toy_log_mel(genre, 99)[np.newaxis, :128])
        assert trained.genres[int(logits.mean(axis=1).argmax())] == name


def test_it_leaves_a_history_of_one_row(run: Path) -> None:
    [row] = read_history(run)
    assert float(row["val_accuracy"]) == 1.0
    assert 0 < float(row["val_loss"]) < np.log(3)
    assert load_trained(run).provenance["epochs_run"] == 1


def test_it_tells_apart_what_moves_and_what_does_not(tmp_path: Path) -> None:
    """Two genres of the same mean over time: only the deviation from it says which is which."""
    songs = toy_set(tmp_path / "set", genres=("steady", "swaying"))
    level_db = np.random.default_rng(0).normal(-40, 3, songs.log_mel.shape)
    level_db[:, 0] = 0.0  # so that the level is counted from the same peak
    sway_db = 10 * np.where(np.arange(len(level_db)) % 8 < 4, 1, -1)[:, np.newaxis]
    for track in songs.tracks:
        if track.genre == "swaying":
            own = slice(track.first_frame, track.first_frame + track.n_frames)
            level_db[own, 30:40] += sway_db[own]
    songs = FeatureSet(songs.tracks, level_db, songs.chain)
    train_linear(part(songs, "train"), part(songs, "valid"), tmp_path / "run", 0, "given")
    assert float(read_history(tmp_path / "run")[0]["val_accuracy"]) == 1.0


def test_a_run_that_is_there_stays_as_it_is(run: Path) -> None:
    songs = toy_set(run.parent / "set")
    before = (run / "network.keras").stat().st_mtime_ns
    train_linear(part(songs, "train"), part(songs, "valid"), run, 0, "given")
    assert (run / "network.keras").stat().st_mtime_ns == before
    with pytest.raises(TrainingError, match="other songs, options or networks"):
        train_linear(part(songs, "valid"), part(songs, "train"), run, 0, "given")


def test_the_validation_songs_are_remembered(run: Path) -> None:
    songs = toy_set(run.parent / "set")
    check_songs_of_run(run, part(songs, "valid"))
    with pytest.raises(TrainingError, match="some may have been trained on"):
        check_songs_of_run(run, part(songs, "train"))
