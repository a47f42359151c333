"""Temperatures fitted on validation songs, so that 70 % means right seven times in ten (Guo et al., 2017).

A handful of songs that are all judged rightly is no reason to be certain. So no song counts as surely of its genre:
with n songs it does with (n + 1) / (n + 2), as if there had been one song more that is judged rightly and one that is
not (Platt, "Probabilistic outputs for support vector machines", 1999). Of hundreds of songs that changes little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar

from model.contract import RowRule
from model.features import Array
from model.windows import row_probabilities
from training.score import SongLogits, binary_cross_entropy, targets_of_scored, verdicts_of

TEMPERATURE_RANGE = (0.05, 20.0)


def fit_temperatures(scored: Sequence[SongLogits], rule: RowRule) -> RowRule:
    """The rule with the temperatures at which the songs surprise least: one for rows, one for verdicts.

    By the probability of each song's genre or, where several can be heard at once, by that of each genre.
    """
    rows, n_rows = np.concatenate([song.rows for song in scored]), [len(song.rows) for song in scored]
    judged, expected = _judged(scored, rule)
    judged_of_rows, expected_of_rows = (np.repeat(each, n_rows, axis=0) for each in (judged, expected))

    def row_loss(temperature: float) -> float:
        probabilities = row_probabilities(rows, replace(rule, temperature=temperature))
        return binary_cross_entropy(np.take_along_axis(probabilities, judged_of_rows, axis=1), expected_of_rows)

    def verdict_loss(temperature: float) -> float:
        probabilities = verdicts_of(scored, replace(rule, verdict_temperature=temperature))
        return binary_cross_entropy(np.take_along_axis(probabilities, judged, axis=1), expected)

    return replace(rule, temperature=_minimise(row_loss), verdict_temperature=_minimise(verdict_loss))


def fit_short_temperature(scored: Sequence[SongLogits], rule: RowRule) -> RowRule:
    """The rule with the further temperature at which these short songs' verdicts surprise least."""
    judged, expected = _judged(scored, rule)

    def loss(temperature: float) -> float:
        probabilities = verdicts_of(scored, replace(rule, short_verdict_temperature=temperature))
        return binary_cross_entropy(np.take_along_axis(probabilities, judged, axis=1), expected)

    return replace(rule, short_verdict_temperature=_minimise(loss))


def _judged(scored: Sequence[SongLogits], rule: RowRule) -> tuple[Array, Array]:
    """Which genres' probabilities count, [songs, n], and how likely they are to be right, the same shape."""
    genres = np.arange(scored[0].rows.shape[1])
    judged = np.stack([genres if rule.is_multi_label else [song.genre] for song in scored])
    return judged, _expected(targets_of_scored(scored) if rule.is_multi_label else np.ones(judged.shape))


def _expected(targets: Array) -> Array:
    """How likely 1s and 0s [songs, n] are to be 1 in songs like these, by how many of them there are."""
    n_ones = targets.sum(axis=0)
    return np.where(targets > 0, (n_ones + 1) / (n_ones + 2), 1 / (len(targets) - n_ones + 2))


def _minimise(loss_of_temperature: Callable[[float], float]) -> float:
    bounds = tuple(np.log(TEMPERATURE_RANGE))
    found = minimize_scalar(lambda log: loss_of_temperature(float(np.exp(log))), bounds=bounds, method="bounded")
    return round(float(np.exp(found.x)), 4)
