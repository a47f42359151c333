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

    By the probability of each song's genre or, where several can be heard at once, by that of each genre. All songs are
    taken for whole ones: what the rule says of short ones is left as it is.
    """
    whole = replace(rule, short_verdict_temperature=1.0)
    rows, n_rows = np.concatenate([song.rows for song in scored]), [len(song.rows) for song in scored]
    judged, expected = _judged(scored, rule)
    judged_of_rows, expected_of_rows = (np.repeat(each, n_rows, axis=0) for each in (judged, expected))
    weights = np.repeat(1 / np.array(n_rows), n_rows)  # one long mix is one song

    def row_loss(temperature: float) -> float:
        probabilities = row_probabilities(rows, replace(rule, temperature=temperature))
        judged_probabilities = np.take_along_axis(probabilities, judged_of_rows, axis=1)
        return binary_cross_entropy(judged_probabilities, expected_of_rows, weights)

    def verdict_loss(temperature: float) -> float:
        probabilities = verdicts_of(scored, replace(whole, verdict_temperature=temperature))
        return binary_cross_entropy(np.take_along_axis(probabilities, judged, axis=1), expected)

    return replace(rule, temperature=_minimise(row_loss), verdict_temperature=_minimise(verdict_loss))


def fit_short_temperature(by_length: Sequence[Sequence[SongLogits]], rule: RowRule) -> tuple[RowRule, float]:
    """The rule with the further temperature, of at least 1, at which the verdicts of short songs surprise least, and
    how much they do: the sum over the lengths. by_length: the same songs, of each length.
    """
    of_lengths = [(scored, *_judged(scored, rule)) for scored in by_length]

    def loss(temperature: float) -> float:
        shorter = replace(rule, short_verdict_temperature=temperature)
        return sum(
            binary_cross_entropy(np.take_along_axis(verdicts_of(scored, shorter), judged, axis=1), expected)
            for scored, judged, expected in of_lengths
        )

    temperature = _minimise(loss, (1.0, TEMPERATURE_RANGE[1]))
    return replace(rule, short_verdict_temperature=temperature), loss(temperature)


def _judged(scored: Sequence[SongLogits], rule: RowRule) -> tuple[Array, Array]:
    """Which genres' probabilities count, [songs, n], and how likely they are to be right, the same shape."""
    genres = np.arange(scored[0].rows.shape[1])
    judged = np.stack([genres if rule.is_multi_label else [song.genre] for song in scored])
    return judged, _expected(targets_of_scored(scored) if rule.is_multi_label else np.ones(judged.shape))


def _expected(targets: Array) -> Array:
    """How likely 1s and 0s [songs, n] are to be 1 in songs like these, by how many of them there are."""
    n_ones = targets.sum(axis=0)
    return np.where(targets > 0, (n_ones + 1) / (n_ones + 2), 1 / (len(targets) - n_ones + 2))


def _minimise(loss_of_temperature: Callable[[float], float], within: tuple[float, float] = TEMPERATURE_RANGE) -> float:
    bounds = tuple(np.log(within))
    found = minimize_scalar(lambda log: loss_of_temperature(float(np.exp(log))), bounds=bounds, method="bounded")
    return round(float(np.exp(found.x)), 4)
