"""training/overlap.py: every step is the mean of all windows that hold it, however long the song is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.contract import RowRule, WindowLayout
from model.features import SignalChain
from training.feature_set import FeatureSet, FeatureSetWriter, open_feature_set
from training.overlap import averaged_logits
from training.score import song_logits

LAYOUT, RULE, GENRES = WindowLayout(), RowRule(context_s=0.1), ("drone", "hum")


def one_song(folder: Path, n_frames: int) -> FeatureSet:
    """A song whose frames say where they are."""
    folder.mkdir()
    writer = FeatureSetWriter(folder, SignalChain())
    writer.add("song", "hum", np.repeat(np.arange(n_frames, dtype=np.float32)[:, None], SignalChain().n_mels, axis=1))
    writer.finish({})
    return open_feature_set(folder)


def where(windows: np.ndarray) -> np.ndarray:
    """Logits that say each step's first frame and the window's: [windows, steps, 2]."""
    first = windows[:, :: LAYOUT.frames_per_step, 0]
    return np.stack([first, np.repeat(first[:, :1], first.shape[1], axis=1)], axis=2)


@pytest.mark.parametrize("n_frames", [60, 128, 131, 387])
def test_steps_are_those_of_the_song(n_frames: int, tmp_path: Path) -> None:
    songs = one_song(tmp_path / "set", n_frames)
    ((averaged,), (plain,)) = (hear(songs, GENRES, where, LAYOUT, RULE) for hear in (averaged_logits, song_logits))
    np.testing.assert_allclose(averaged.rows[:, 0], plain.rows[:, 0])
    assert (averaged.track, averaged.genre) == (plain.track, plain.genre)


def test_a_step_is_the_mean_of_the_windows_that_hold_it(tmp_path: Path) -> None:
    (song,) = averaged_logits(one_song(tmp_path / "set", 387), GENRES, where, LAYOUT, RULE)
    frame, mean_start = song.rows[14]
    starts = [start for start in [*range(0, 257, 32), 384 - 128] if start <= frame < start + 128]
    assert len(set(starts)) == 4
    assert mean_start == pytest.approx(np.mean(sorted(set(starts))), abs=0.01)
