"""What changes from update to update and from epoch to epoch, after a resume too."""

from __future__ import annotations

import math
from typing import Any, Protocol

import keras
from keras import ops


@keras.saving.register_keras_serializable("genrescope")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A fifth of the updates up to the peak, then a cosine down to nothing (Smith, "Super-convergence", 2019).

    Both are computed and one is taken: AdamW asks for the rate once a weight, and Keras' own schedule branches each
    time, which is a third of what it takes to trace an update of mn04.
    """

    def __init__(self, peak_rate: float, n_updates: int) -> None:
        self.peak_rate, self.n_updates = peak_rate, n_updates
        self.n_climbing = n_updates // 5

    def __call__(self, step: Any) -> Any:
        """The rate at an update: a number or a tensor."""
        step = ops.cast(step, "float32")
        start = self.peak_rate / 20
        climb = start + (self.peak_rate - start) * step / max(1, self.n_climbing)
        share = ops.clip((step - self.n_climbing) / max(1, self.n_updates - self.n_climbing), 0.0, 1.0)
        fall = self.peak_rate * (1 + ops.cos(math.pi * share)) / 2
        return ops.where(step < self.n_climbing, climb, fall)

    def get_config(self) -> dict[str, Any]:
        """What the constructor needs again."""
        return {"peak_rate": self.peak_rate, "n_updates": self.n_updates}


class Epochal(Protocol):
    """Batches that depend on the epoch."""

    epoch: int


class EpochNumber(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells the batches which epoch it is, after a resume too."""

    def __init__(self, batches: Epochal) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        """Called by Keras."""
        self._batches.epoch = epoch
