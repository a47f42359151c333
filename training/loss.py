"""What training makes smaller, and how it is told whether a window was heard rightly.

The chart shows seconds and the verdict whole songs: the network learns to be right on both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

from model.features import Float32

STEPS_HEARD = 8  # about 2.5 s: what one row of the chart hears


def make_loss(label_smoothing: float, local_share: float) -> Any:
    """Cross-entropy of the window's mean logits and, for `local_share` of the loss, of every 2.5-s part of it."""

    def cross_entropy(targets: Any, logits: Any) -> Any:
        smooth = targets * (1 - label_smoothing) + label_smoothing / logits.shape[-1]
        return -ops.sum(smooth * ops.log_softmax(logits), axis=-1)

    return _of_window_and_parts(cross_entropy, local_share)


def make_multi_label_loss(shares: Float32, label_smoothing: float, local_share: float) -> Any:
    """The same of genres that do not exclude each other: binary cross-entropies, summed over the genres.

    shares [genres]: of the training songs, each genre's. Smoothed targets are that much nearer to them: a rare genre is
    not taught to be likelier than it is.
    """

    def cross_entropy(targets: Any, logits: Any) -> Any:
        # A NumPy array times a tensor is not a tensor on every backend.
        smooth = targets * (1 - label_smoothing) + label_smoothing * ops.convert_to_tensor(shares)
        return ops.sum(ops.softplus(logits) - smooth * logits, axis=-1)

    return _of_window_and_parts(cross_entropy, local_share)


def _of_window_and_parts(cross_entropy: Callable[[Any, Any], Any], local_share: float) -> Any:
    def loss(targets: Any, step_logits: Any) -> Any:
        steps, genres = step_logits.shape[1], step_logits.shape[2]
        parts = ops.mean(ops.reshape(step_logits, (-1, steps // STEPS_HEARD, STEPS_HEARD, genres)), axis=2)
        whole = cross_entropy(targets, ops.mean(step_logits, axis=1))
        local = ops.mean(cross_entropy(targets[:, None], parts), axis=-1)
        return whole * (1 - local_share) + local * local_share

    return loss


def window_accuracy(targets: Any, step_logits: Any) -> Any:
    """Share of windows whose mean logits point where the (mixed) target does; windows of no genre do not count."""
    hit = ops.equal(ops.argmax(targets, axis=-1), ops.argmax(ops.mean(step_logits, axis=1), axis=-1))
    named = ops.max(targets, axis=-1) > ops.min(targets, axis=-1) + 1e-6
    return ops.sum(ops.cast(ops.logical_and(hit, named), "float32")) / ops.sum(ops.cast(named, "float32"))
