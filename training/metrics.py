"""What is reported of a classifier, from probabilities and true genres.

Sources: bootstrap percentile interval (Efron & Tibshirani, 1993); expected calibration error (Guo et al., "On
calibration of modern neural networks", 2017). Song-level resampling: seconds of one song are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.features import Array

N_BOOTSTRAP = 10_000
N_CALIBRATION_BINS = 15


@dataclass(frozen=True)
class GenreScore:
    """One genre: share of its verdicts that are right, of its songs that are found, their harmonic mean, songs."""

    precision: float
    recall: float
    f1: float
    n: int


def bootstrap_interval(correct: Array, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of the mean of `correct` [n], resampling its entries."""
    rng = np.random.default_rng(seed)
    hits = rng.multinomial(len(correct), np.full(len(correct), 1 / len(correct)), N_BOOTSTRAP) @ correct / len(correct)
    low, high = np.percentile(hits, [2.5, 97.5])
    return float(low), float(high)


def confusion_matrix(genre: Array, verdict: Array, n_genres: int) -> Array:
    """int [genres, genres]: songs by true genre (rows) and verdict (columns)."""
    matrix = np.zeros((n_genres, n_genres), int)
    np.add.at(matrix, (genre, verdict), 1)
    return matrix


def genre_scores(matrix: Array) -> list[GenreScore]:
    """Precision, recall and F1 of each genre of a confusion matrix; 0 where nothing was predicted or nothing is."""
    hits = matrix.diagonal()
    found, present = matrix.sum(axis=0), matrix.sum(axis=1)
    return [
        GenreScore(
            precision=float(hit / max(f, 1)),
            recall=float(hit / max(p, 1)),
            f1=float(2 * hit / max(f + p, 1)),
            n=int(p),
        )
        for hit, f, p in zip(hits, found, present, strict=True)
    ]


def macro_f1(scores: list[GenreScore]) -> float:
    """Mean F1 over the genres that occur."""
    return float(np.mean([score.f1 for score in scores if score.n]))


def expected_calibration_error(probabilities: Array, genre: Array) -> float:
    """Mean distance between confidence and accuracy over 15 bins of confidence: [n, genres], int [n]."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == genre
    bins = np.minimum((confidence * N_CALIBRATION_BINS).astype(int), N_CALIBRATION_BINS - 1)
    gaps = [
        abs(confidence[bins == b].mean() - correct[bins == b].mean()) * (bins == b).mean()
        for b in range(N_CALIBRATION_BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))
