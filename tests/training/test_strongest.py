"""training/strongest.py: the arrays hold what sorting all songs' activations would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.errors import TrainingError
from training.strongest import KINDS, NOBODY, Strongest, best_of_song, read_progress, write_progress

N_CHANNELS, COUNT = 7, 3


def offered(n_songs: int) -> tuple[Strongest, np.ndarray]:
    """What is kept of random activations with many ties, and these, [songs, channels]."""
    activations = np.random.default_rng(0).integers(0, 6, (n_songs, N_CHANNELS)).astype(np.float32)
    strongest = Strongest(N_CHANNELS, COUNT)
    for song, activation in enumerate(activations):
        others = {kind: 100 * song + np.arange(N_CHANNELS) for kind in KINDS if kind not in ("activation", "song")}
        strongest.offer(song, {"activation": activation, **others})
    return strongest, activations


def test_the_strongest_are_kept_and_of_equals_the_earlier_song() -> None:
    strongest, activations = offered(40)
    songs = np.argsort(-activations, axis=0, kind="stable")[:COUNT].T
    np.testing.assert_array_equal(strongest.of["song"], songs)
    np.testing.assert_array_equal(strongest.of["activation"], np.take_along_axis(activations.T, songs, axis=1))
    np.testing.assert_array_equal(strongest.of["place"], 100 * songs + np.arange(N_CHANNELS)[:, np.newaxis])


def test_fewer_songs_than_ranks_leave_the_rest_empty() -> None:
    strongest, _ = offered(2)
    assert (strongest.of["song"][:, 2] == NOBODY).all()
    assert (strongest.of["song"][:, :2] != NOBODY).all()


def test_the_best_window_of_a_song_is_the_first_of_equals() -> None:
    activation = np.array([[1, 5], [3, 5], [3, 2]], np.float32)
    place = np.array([[10, 11], [20, 21], [30, 31]])
    best = best_of_song(activation, place, {"window_start": np.array([0, 112, 224])})
    assert {kind: values.tolist() for kind, values in best.items()} == {
        "activation": [3, 5], "place": [20, 11], "window_start": [112, 0],
    }  # fmt: skip


def test_progress_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "strongest.npz"
    assert read_progress(path) is None
    strongest, _ = offered(5)
    write_progress(path, strongest, {"n_done": 5, "skipped": {"ä.mp3": "no sound"}})
    again, told = read_progress(path) or (None, None)
    assert told == {"n_done": 5, "skipped": {"ä.mp3": "no sound"}}
    assert again
    for kind, dtype in KINDS.items():
        np.testing.assert_array_equal(again.of[kind], strongest.of[kind])
        assert again.of[kind].dtype == dtype
    for n_bytes in (100, 0):
        path.write_bytes(path.read_bytes()[:n_bytes])
        with pytest.raises(TrainingError, match=r"strongest\.npz cannot be read .* delete it to begin anew"):
            read_progress(path)
