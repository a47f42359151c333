"""Temperatures fitted on validation songs, so that 70 % means right seven times in ten (Guo et al., 2017)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar

from model.contract import RowRule
from model.features import Array
from model.windows import row_probabilities
from training.score import (
    SongLogits,
    binary_cross_entropy,
    negative_log_likelihood,
    targets_of_scored,
    verdicts_of,
)

TEMPERATURE_RANGE = (0.05, 20.0)


def fit_temperatures(scored: Sequence[SongLogits], rule: RowRule) -> RowRule:
    """The rule with the temperatures of least negative log-likelihood: one for rows, one for verdicts.

    Where several genres can be heard at once, that of each genre's being heard or not.
    """
    rows, n_rows = np.concatenate([song.rows for song in scored]), [len(song.rows) for song in scored]
    loss, truth = _loss_and_truth(scored, rule)
    truth_of_rows = np.repeat(truth, n_rows, axis=0)

    def row_loss(temperature: float) -> float:
        return loss(row_probabilities(rows, replace(rule, temperature=temperature)), truth_of_rows)

    def verdict_loss(temperature: float) -> float:
        return loss(verdicts_of(scored, replace(rule, verdict_temperature=temperature)), truth)

    return replace(rule, temperature=_minimise(row_loss), verdict_temperature=_minimise(verdict_loss))


def _loss_and_truth(scored: Sequence[SongLogits], rule: RowRule) -> tuple[Callable[[Array, Array], float], Array]:
    if rule.is_multi_label:
        return binary_cross_entropy, targets_of_scored(scored)
    return negative_log_likelihood, np.array([song.genre for song in scored])


def _minimise(loss_of_temperature: Callable[[float], float]) -> float:
    bounds = tuple(np.log(TEMPERATURE_RANGE))
    found = minimize_scalar(lambda log: loss_of_temperature(float(np.exp(log))), bounds=bounds, method="bounded")
    return round(float(np.exp(found.x)), 4)
