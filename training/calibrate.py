"""Temperatures fitted on validation songs, so that 70 % means right seven times in ten (Guo et al., 2017)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar

from model.contract import RowRule
from model.windows import sigmoid, softmax, verdict_probabilities
from training.score import SongLogits, binary_cross_entropy, negative_log_likelihood

TEMPERATURE_RANGE = (0.05, 20.0)


def fit_temperatures(scored: Sequence[SongLogits], rule: RowRule) -> RowRule:
    """The rule with the temperatures of least negative log-likelihood: one for rows, one for verdicts.

    Where several genres can be heard at once, that of each genre's being heard or not.
    """
    if rule.is_multi_label:
        return _fit_of_several(scored, rule)
    genre = np.array([song.genre for song in scored])
    genre_of_row = np.concatenate([np.full(len(song.rows), song.genre) for song in scored])
    rows = np.concatenate([song.rows for song in scored])

    def row_loss(temperature: float) -> float:
        return negative_log_likelihood(softmax(rows, temperature), genre_of_row)

    def verdict_loss(temperature: float) -> float:
        trial = replace(rule, verdict_temperature=temperature)
        return negative_log_likelihood(np.stack([verdict_probabilities(song.rows, trial) for song in scored]), genre)

    return replace(rule, temperature=_minimise(row_loss), verdict_temperature=_minimise(verdict_loss))


def _fit_of_several(scored: Sequence[SongLogits], rule: RowRule) -> RowRule:
    targets, rows = np.stack([song.targets for song in scored]), np.concatenate([song.rows for song in scored])
    targets_of_rows = np.repeat(targets, [len(song.rows) for song in scored], axis=0)

    def row_loss(temperature: float) -> float:
        return binary_cross_entropy(sigmoid(rows, temperature), targets_of_rows)

    def verdict_loss(temperature: float) -> float:
        trial = replace(rule, verdict_temperature=temperature)
        return binary_cross_entropy(np.stack([verdict_probabilities(song.rows, trial) for song in scored]), targets)

    return replace(rule, temperature=_minimise(row_loss), verdict_temperature=_minimise(verdict_loss))


def _minimise(loss_of_temperature: Callable[[float], float]) -> float:
    bounds = tuple(np.log(TEMPERATURE_RANGE))
    found = minimize_scalar(lambda log: loss_of_temperature(float(np.exp(log))), bounds=bounds, method="bounded")
    return round(float(np.exp(found.x)), 4)
