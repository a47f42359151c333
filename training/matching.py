"""How far our network's features are from the teacher's on the same sound: as losses to train on, as figures to read.

Features are those of teacher_network.matched_outputs: early [windows, frames, 16, 16] and embedding
[windows, steps, 384].
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from model.features import Array, Float32
from training.pairs import Pairs
from training.teacher import TeacherClassifier

# What the parts of the loss of the embedding weigh. The mean over a window is what the classifier hears and moves less
# than single steps do; 527 classes of which few are ever heard have a cross-entropy of some hundredths.
MEAN_WEIGHT, CLASSES_WEIGHT = 4.0, 30.0
EARLY_WEIGHT = 0.1  # once the embedding is matched, too
WINDOWS_FOR_SPREAD = 256


@dataclass(frozen=True)
class Spread:
    """Each channel's standard deviation at the teacher: what a distance is measured in. [16] and [384]."""

    early: Float32
    embedding: Float32


def spread_of(pairs: Pairs) -> Spread:
    """From windows that are not held out, evenly chosen."""
    windows = pairs.windows(held_out=False)
    chosen = windows[:: max(1, len(windows) // WINDOWS_FOR_SPREAD)]
    early, embedding = (array[chosen].astype(np.float32) for array in (pairs.early, pairs.embedding))
    # A channel that hardly moves would outweigh all others.
    return Spread(early.std(axis=(0, 1, 2)) + 1e-3, embedding.std(axis=(0, 1)) + 1e-2)


def early_loss(spread: Spread) -> Any:
    """Mean square of the distance, a number a window."""

    def loss(teacher: Any, ours: Any) -> Any:
        return ops.mean(ops.square((ours - teacher) / spread.early), axis=(1, 2, 3))

    return loss


def embedding_loss(spread: Spread, classifier: TeacherClassifier) -> Any:
    """Distance of the steps and of their mean, and cross-entropy of what the teacher's classifier says of the mean."""

    def loss(teacher: Any, ours: Any) -> Any:
        steps = ops.mean(ops.square((ours - teacher) / spread.embedding), axis=(1, 2))
        our_mean, teacher_mean = ops.mean(ours, axis=1), ops.mean(teacher, axis=1)
        mean = ops.mean(ops.square((our_mean - teacher_mean) / spread.embedding), axis=1)
        heard = ops.sigmoid(classifier.logits(teacher_mean))
        classes = ops.binary_crossentropy(heard, classifier.logits(our_mean), from_logits=True)
        return steps + MEAN_WEIGHT * mean + CLASSES_WEIGHT * ops.mean(classes, axis=1)

    return loss


@dataclass(frozen=True)
class Match:
    """Median over the channels of the correlation between our features and the teacher's: 1 is the same."""

    early: float
    embedding_by_step: float
    embedding_by_window: float  # of the windows' means


def match_of(features: Iterable[tuple[tuple[Array, Array], tuple[Array, Array]]]) -> Match:
    """From batches of ((early, embedding) of ours, (early, embedding) of the teacher's)."""
    sums = [_Sums(), _Sums(), _Sums()]
    for (our_early, ours), (early, teacher) in features:
        sums[0].add(our_early, early)
        sums[1].add(ours, teacher)
        sums[2].add(ours.mean(axis=1), teacher.mean(axis=1))
    return Match(*(float(np.median(each.correlation())) for each in sums))


class _Sums:
    """Sums over everything but the last axis, from which each channel's correlation comes."""

    def __init__(self) -> None:
        self._n = 0
        self._total: Any = 0.0  # [5, channels]: of x, y, xx, yy, xy

    def add(self, ours: Array, teachers: Array) -> None:
        """Two arrays [..., channels]."""
        x, y = (array.reshape(-1, array.shape[-1]).astype(np.float64) for array in (ours, teachers))
        self._n += len(x)
        self._total = self._total + np.stack([part.sum(axis=0) for part in (x, y, x * x, y * y, x * y)])

    def correlation(self) -> Array:
        """[channels]; 0 for a channel that does not move."""
        x, y, xx, yy, xy = self._total / self._n
        power = (xx - x * x) * (yy - y * y)
        moves = power > 1e-12 * xx * yy  # more than rounding does
        return np.where(moves, (xy - x * y) / np.sqrt(np.where(moves, power, 1)), 0)
