"""What changes from update to update and from epoch to epoch, after a resume too."""

from __future__ import annotations

from typing import Any, Protocol

import keras


def one_cycle(peak_rate: float, n_updates: int) -> Any:
    """A fifth of the updates up to the peak, then a cosine down to nothing (Smith, "Super-convergence", 2019)."""
    warmup = n_updates // 5
    return keras.optimizers.schedules.CosineDecay(  # counts its decay from the warm-up's end
        peak_rate / 20, n_updates - warmup, warmup_target=peak_rate, warmup_steps=warmup
    )


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
