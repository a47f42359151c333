"""training/taught_windows.py: music without labels, named by runs that have ended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.contract import WindowLayout
from tests.training.support import N_MELS, busy_network, part, toy_log_mel, toy_set
from training.augment import Augmentation
from training.errors import TrainingError
from training.options import TrainingOptions
from training.pairs import PairWriter
from training.taught_windows import TaughtWindows, taught_windows
from training.train import train

LAYOUT = WindowLayout()
PLAIN = Augmentation(scale=0, eq_db=0, cutoff_share=0, masks=0, mixup_alpha=1e-9)
GENRES = ("drone", "hum", "whistle")


def pairs_of(folder: Path, log_mels: np.ndarray) -> Path:
    shapes = {"log_mel": log_mels.shape[1:], "early": (1,), "embedding": (1,)}
    with PairWriter(folder, {"files": []}, shapes) as writer:
        nothing = np.zeros((len(log_mels), 1), np.float32)
        writer.add("a song", False, {"log_mel": log_mels, "early": nothing, "embedding": nothing})
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two networks with layers of chance and a last one that has learned."""
    folder = tmp_path_factory.mktemp("teachers")
    songs = toy_set(folder / "set")
    for seed in (0, 1):
        start = folder / f"start-{seed}.keras"
        busy_network("cnn", seed=seed).save(start)
        options = TrainingOptions(init=str(start), epochs=0, seed=seed)
        train(part(songs, "train"), part(songs, "valid"), folder / f"run-{seed}", options, "given")
    return [folder / "run-0", folder / "run-1"]


def test_the_runs_name_what_nobody_has_named(runs: list[Path], tmp_path: Path) -> None:
    genres = [0, 2, 1, 1, 2, 0]
    log_mels = np.stack([toy_log_mel(genre, 100 + i, LAYOUT.window_frames) for i, genre in enumerate(genres)])
    taught = taught_windows(pairs_of(tmp_path / "pairs", log_mels), runs, GENRES, PLAIN, LAYOUT, seed=0)
    windows, targets = taught.draw(40, epoch=0, index=0)
    assert windows.shape == (40, LAYOUT.window_frames, N_MELS)
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-5)
    loudest_band = windows.mean(axis=1).argmax(axis=1)
    assert (targets.argmax(axis=1) == (loudest_band - 20) // 30).mean() > 0.9


def test_targets_are_the_mean_of_what_the_runs_say(runs: list[Path], tmp_path: Path) -> None:
    pairs = pairs_of(tmp_path / "pairs", toy_log_mel(0, 7, LAYOUT.window_frames)[np.newaxis])
    one, other, both = (
        taught_windows(pairs, chosen, GENRES, PLAIN, LAYOUT, seed=0).draw(1, 0, 0)[1]
        for chosen in (runs[:1], runs[1:], runs)
    )
    assert not np.allclose(one, other, atol=1e-4)
    np.testing.assert_allclose((one + other) / 2, both, atol=1e-5)


def test_windows_are_varied_and_mixed_up_with_their_targets() -> None:
    log_mel = np.random.default_rng(0).normal(-40, 10, (6, LAYOUT.window_frames, N_MELS)).astype(np.float16)
    taught = TaughtWindows(log_mel, np.eye(6, dtype=np.float32), Augmentation(), seed=1)
    windows, targets = taught.draw(6, epoch=3, index=2)
    assert (np.count_nonzero(targets > 1e-6, axis=1) > 1).any()
    np.testing.assert_array_equal(windows, taught.draw(6, epoch=3, index=2)[0])
    assert not np.array_equal(windows, taught.draw(6, epoch=4, index=2)[0])


def test_runs_of_other_genres_cannot_teach(runs: list[Path], tmp_path: Path) -> None:
    pairs = pairs_of(tmp_path / "pairs", toy_log_mel(0, 7, LAYOUT.window_frames)[np.newaxis])
    with pytest.raises(TrainingError, match="other genres or features"):
        taught_windows(pairs, runs, ("beep", "boop"), PLAIN, LAYOUT, seed=0)


def test_a_folder_without_windows_is_named(runs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no windows of music"):
        taught_windows(tmp_path, runs, GENRES, PLAIN, LAYOUT, seed=0)
