"""Batches of pairs: what our network hears, and what it should make of it."""

from __future__ import annotations

import keras
import numpy as np

from model.features import Array, Float32
from training.pairs import Pairs

DB_SCALE = 0.05  # of the dB axis, either way: the log-mel archive's images were auto-scaled


class PairBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """One epoch over some windows in random order: the same seed and epoch give the same batches.

    `outputs` is 1 for the early features alone, 2 for the embedding, too.
    """

    def __init__(self, pairs: Pairs, windows: Array, outputs: int, *, batch_size: int, seed: int) -> None:
        super().__init__(workers=1)
        self._pairs, self._windows, self._outputs = pairs, windows, outputs
        self._batch_size, self._seed = batch_size, seed
        self.epoch = 0

    def __len__(self) -> int:
        """Batches an epoch; what does not fill one is left for another epoch's order."""
        return max(1, len(self._windows) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[Float32, tuple[Float32, ...]]:
        """Windows [batch, frames, n_mels] in dB, and the teacher's features."""
        order = np.random.default_rng([self._seed, self.epoch]).permutation(self._windows)
        chosen = np.sort(order[index * self._batch_size : (index + 1) * self._batch_size])
        rng = np.random.default_rng([self._seed, self.epoch, index])
        log_mel = _scaled(self._pairs.log_mel[chosen].astype(np.float32), rng)
        targets = (self._pairs.early, self._pairs.embedding)[: self._outputs]
        return log_mel, tuple(target[chosen].astype(np.float32) for target in targets)


def _scaled(log_mel: Float32, rng: np.random.Generator) -> Float32:
    """dB [batch, frames, n_mels], stretched or pressed a little away from each window's loudest cell."""
    scale, peak = 1 + rng.uniform(-DB_SCALE, DB_SCALE, (len(log_mel), 1, 1)), log_mel.max(axis=(1, 2), keepdims=True)
    return np.asarray(peak + (log_mel - peak) * scale, np.float32)
