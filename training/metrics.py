"""What is reported of a classifier, from probabilities and true genres.

Sources: bootstrap percentile interval (Efron & Tibshirani, 1993); expected calibration error (Guo et al., "On
calibration of modern neural networks", 2017). Song-level resampling: seconds of one song are not independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.features import Array

N_BOOTSTRAP, N_BOOTSTRAP_F1 = 10_000, 2_000  # of F1, a number a genre, fewer
N_CALIBRATION_BINS = 15


@dataclass(frozen=True)
class GenreScore:
    """One genre: share of its verdicts that are right, of its songs that are found, their harmonic mean, songs."""

    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True)
class ConfidenceBin:
    """Decisions of similar confidence: their mean confidence, the share of them that is right, how many there are."""

    confidence: float
    accuracy: float
    n: int


def bootstrap_interval(correct: Array, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of the mean of `correct` [n], 0 to 1 each, resampling its entries."""
    return bootstrap_interval_of_groups(correct[:, np.newaxis], seed)


def bootstrap_interval_of_groups(correct: Sequence[Array] | Array, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of the mean of all decisions, `correct` [n] of each group, resampling whole groups."""
    hits, sizes = np.array([(group.sum(), len(group)) for group in correct], float).T
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(hits), np.full(len(hits), 1 / len(hits)), N_BOOTSTRAP)
    low, high = np.percentile(drawn @ hits / (drawn @ sizes), [2.5, 97.5])
    return float(low), float(high)


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n decisions (Wilson, 1927): one that does not vanish where all are right."""
    z = 1.96
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, round(float(centre - half), 9)), min(1.0, round(float(centre + half), 9))  # no -1e-17


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


def macro_f1_interval(genre: Array, verdict: Array, n_genres: int, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of macro F1, true genre int [n] and verdict int [n], resampling songs."""
    is_genre, is_verdict = np.eye(n_genres)[genre], np.eye(n_genres)[verdict]
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(genre), np.full(len(genre), 1 / len(genre)), N_BOOTSTRAP_F1)
    hits, present, found = drawn @ (is_genre * is_verdict), drawn @ is_genre, drawn @ is_verdict
    f1 = 2 * hits / np.maximum(present + found, 1)
    means = (f1 * (present > 0)).sum(axis=1) / (present > 0).sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def confidence_bins(probabilities: Array, genre: Array) -> list[ConfidenceBin]:
    """Decisions, probabilities [n, genres] and true genre int [n], in 15 bins of confidence; no empty ones."""
    return in_bins(probabilities.max(axis=1), probabilities.argmax(axis=1) == genre)


def in_bins(confidence: Array, correct: Array) -> list[ConfidenceBin]:
    """What was claimed with a confidence [n], and whether it is so [n], in 15 bins of confidence; no empty ones."""
    bins = np.minimum((confidence * N_CALIBRATION_BINS).astype(int), N_CALIBRATION_BINS - 1)
    members = [bins == number for number in np.unique(bins)]
    return [
        ConfidenceBin(float(confidence[inside].mean()), float(correct[inside].mean()), int(inside.sum()))
        for inside in members
    ]


def calibration_error(bins: Sequence[ConfidenceBin]) -> float:
    """Mean distance between confidence and accuracy over all decisions (ECE)."""
    return sum(abs(found.confidence - found.accuracy) * found.n for found in bins) / sum(found.n for found in bins)


def calibration_error_by_chance(bins: Sequence[ConfidenceBin]) -> float:
    """The error that as many decisions would show on average if their confidence meant exactly what it says.

    Few decisions never fall right as often as they should: an error of this size is no fault (Bröcker & Smith, 2007).
    """
    n, confidence = np.array([found.n for found in bins]), np.array([found.confidence for found in bins])
    right = np.random.default_rng(0).binomial(n, np.minimum(confidence, 1), (N_BOOTSTRAP, len(n)))
    return float(np.abs(right - confidence * n).sum(axis=1).mean() / n.sum())


def expected_calibration_error(probabilities: Array, genre: Array) -> float:
    """The calibration error of probabilities [n, genres] with true genre int [n]."""
    return calibration_error(confidence_bins(probabilities, genre))
