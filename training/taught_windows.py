"""Music without labels, named by networks already trained: several networks' knowledge, distilled into one.

The targets are the mean of the networks' probabilities (Hinton, Vinyals & Dean, "Distilling the knowledge in a neural
network", 2015). The windows are those that `adapt` cut: that none is of a song to be scored is up to whoever chose
that music.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from model.contract import SIGMOID, SOFTMAX, WindowLayout
from model.features import Array, Float32, SignalChain
from model.windows import sigmoid, softmax
from training.augment import Augmentation, mixup, vary_window
from training.errors import TrainingError
from training.pairs import open_log_mels
from training.score import in_batches
from training.trained import load_trained

WINDOWS_AT_ONCE = 1024  # bounds memory


class TaughtWindows:
    """Random ones of log_mel [windows, frames, n_mels] in dB, varied, with their targets, [windows, genres].

    The same seed, epoch and index give the same windows.
    """

    def __init__(self, log_mel: Array, targets: Float32, augmentation: Augmentation, seed: int) -> None:
        self._log_mel, self._targets, self._augmentation, self._seed = log_mel, targets, augmentation, seed

    def draw(self, n: int, epoch: int, index: int) -> tuple[Float32, Float32]:
        """Windows [n, frames, n_mels] in dB and targets [n, genres], mixed up with each other."""
        rng = np.random.default_rng([self._seed, epoch, index])
        chosen = np.sort(rng.integers(len(self._log_mel), size=n))
        windows = self._log_mel[chosen].astype(np.float32)
        varied = np.stack([vary_window(window, self._augmentation, rng) for window in windows])
        return mixup(varied, self._targets[chosen], self._augmentation.mixup_alpha, rng)


def taught_windows(
    pairs: Path,
    runs: Sequence[Path],
    genres: tuple[str, ...],
    augmentation: Augmentation,
    layout: WindowLayout,
    seed: int,
    activation: str = SOFTMAX,
) -> TaughtWindows:
    """The windows of `adapt`'s folder `pairs`, named by the runs' networks, whose logits have this activation.

    Raises TrainingError when the folder holds no windows, or a run has no such network for these genres.
    """
    log_mel = open_log_mels(pairs, (layout.window_frames, SignalChain().n_mels))
    networks = [_network_for(run, genres, activation) for run in runs]
    targets = np.mean([_probabilities(network, log_mel, activation) for network in networks], axis=0)
    return TaughtWindows(log_mel, targets, augmentation, seed)


def _network_for(run: Path, genres: tuple[str, ...], activation: str) -> keras.Model:
    trained = load_trained(run)
    if (trained.genres, trained.activation) != (genres, activation) or trained.chain != SignalChain():
        raise TrainingError(f"{run} was trained on other genres or features: it cannot teach these")
    return trained.network


def _probabilities(network: keras.Model, log_mel: Array, activation: str) -> Float32:
    """[windows, genres] of the windows' mean logits."""
    parts = (log_mel[i : i + WINDOWS_AT_ONCE].astype(np.float32) for i in range(0, len(log_mel), WINDOWS_AT_ONCE))
    activate = sigmoid if activation == SIGMOID else softmax
    return np.concatenate([activate(in_batches(network)(part).mean(axis=1)) for part in parts])
