"""Training batches: a random window of every song an epoch, varied, with soft targets, and what goes along with it."""

from __future__ import annotations

import keras
import numpy as np

from model.contract import WindowLayout
from model.features import Float32
from training.augment import Augmentation, crop_window, mixup, vary_window
from training.feature_set import FeatureSet
from training.others import OtherWindows
from training.taught_windows import TaughtWindows

TAUGHT_SHARE = 1.0  # windows that other networks named for each one of a song


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """One epoch: every song once, in random order. The same seed and epoch give the same batches.

    `others` go along with every genre equally likely as their target (where songs have several genres: with none),
    `others_share` of them for each window of a song; `taught` with the targets that they bring. `targets` [songs,
    genres] are the songs'.
    """

    def __init__(
        self,
        songs: FeatureSet,
        targets: Float32,
        layout: WindowLayout,
        augmentation: Augmentation,
        others: OtherWindows,
        taught: TaughtWindows | None = None,
        *,
        batch_size: int,
        others_share: float,
        seed: int,
    ) -> None:
        super().__init__(workers=1)
        self._songs, self._layout, self._augmentation = songs, layout, augmentation
        self._others, self._taught = others, taught
        self._batch_size, self._others_share, self._seed = batch_size, others_share, seed
        self._targets = targets
        self._of_others = 0.0 if songs.is_multi_label else 1 / len(songs.genres)  # each genre's probability
        self.epoch = 0

    def __len__(self) -> int:
        """Batches an epoch; what does not fill one is left for another epoch's order."""
        return max(1, len(self._songs.tracks) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[Float32, Float32]:
        """Windows [batch and what goes along, frames, n_mels] in dB and targets [the same, genres]."""
        order = np.random.default_rng([self._seed, self.epoch]).permutation(len(self._songs.tracks))
        chosen = order[index * self._batch_size : (index + 1) * self._batch_size]
        rng = np.random.default_rng([self._seed, self.epoch, index])
        windows = np.stack([self._window(int(song), rng) for song in chosen])
        parts = [mixup(windows, self._targets[chosen], self._augmentation.mixup_alpha, rng)]
        if self._others_share:
            parts.append(self._others_of(len(chosen), index))
        if self._taught:
            parts.append(self._taught.draw(round(TAUGHT_SHARE * len(chosen)), self.epoch, index))
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _others_of(self, n_songs: int, index: int) -> tuple[Float32, Float32]:
        windows = self._others.draw(max(1, round(self._others_share * n_songs)), self.epoch, index)
        return windows, np.full((len(windows), self._targets.shape[1]), self._of_others, np.float32)

    def _window(self, song: int, rng: np.random.Generator) -> Float32:
        log_mel = self._songs.log_mel_of(self._songs.tracks[song])
        window = crop_window(log_mel, self._layout.window_frames, self._augmentation, rng)
        return vary_window(window, self._augmentation, rng)
