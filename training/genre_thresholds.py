"""From which probability on each genre is heard, chosen on validation songs.

The threshold of a genre is that of the greatest F1 (Lipton, Elkan & Naryanaswamy, "Optimal thresholding of classifiers
to maximize F1 measure", 2014). Two things keep it from what few songs happen to say. A genre with fewer than
MIN_POSITIVES of them takes the threshold of the greatest F1 of all genres together. And no threshold is below the
genre's own share of the songs: a genre that cannot be told would otherwise be heard in all of them, for that is where
its F1 is greatest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.contract import RowRule
from model.features import Array
from model.windows import row_probabilities
from training.score import SongLogits, targets_of_scored, verdicts_of

MIN_POSITIVES = 5
DIGITS = 6  # as probabilities are told


def fit_genre_thresholds(scored: Sequence[SongLogits], rule: RowRule) -> RowRule:
    """The rule, its temperatures fitted before, with a threshold a genre for rows and for verdicts.

    Every song weighs the same, however long; all of its rows have all of its genres.
    """
    targets, verdicts = targets_of_scored(scored), verdicts_of(scored, rule)
    rows = np.concatenate([row_probabilities(song.rows, rule) for song in scored])
    n_rows = [len(song.rows) for song in scored]
    weights = np.repeat(1 / np.array(n_rows), n_rows)
    n_songs = targets.sum(axis=0)
    return replace(
        rule,
        thresholds=thresholds_of(np.repeat(targets, n_rows, axis=0), rows, weights, n_songs),
        verdict_thresholds=thresholds_of(targets, verdicts, np.ones(len(targets)), n_songs),
    )


def thresholds_of(targets: Array, probabilities: Array, weights: Array, n_songs: Array) -> tuple[float, ...]:
    """A threshold a genre: targets and probabilities are [n, genres], weights [n]; n_songs [genres] have the genre."""
    n_genres = targets.shape[1]
    of_all = best_threshold(targets.ravel(), probabilities.ravel(), np.repeat(weights, n_genres))
    shares = weights @ targets / weights.sum()
    chosen = [
        best_threshold(targets[:, genre], probabilities[:, genre], weights)
        if n_songs[genre] >= MIN_POSITIVES
        else of_all
        for genre in range(n_genres)
    ]
    return tuple(np.round(np.maximum(chosen, shares), DIGITS).tolist())


def best_threshold(targets: Array, probabilities: Array, weights: Array) -> float:
    """Of the greatest F1, all [n]: half-way from what is then heard to what is not. 0.5 where nothing is to hear."""
    order = np.argsort(-probabilities, kind="stable")
    ranked, drawn, present = probabilities[order], weights[order], targets[order]
    ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    hits, heard = np.cumsum(drawn * present)[ends], np.cumsum(drawn)[ends]
    if not hits[-1]:
        return 0.5
    best = int(np.argmax(2 * hits / (heard + hits[-1])))
    below = ranked[ends[best + 1]] if best + 1 < len(ends) else 0.0
    return float((ranked[ends[best]] + below) / 2)
