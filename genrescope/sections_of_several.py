"""Sections where several genres can be heard at once, as the page tells them: static/sections-of-several.js says why.

A section is of a set of genres. Each second is worth to it how well the set fits what is heard in that second
(Jaccard's index), and a change has the price that it has where a song is of one genre.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from genrescope.best_states import best_states, runs_of
from genrescope.sections import CHANGE_PRICE_S, UNSURE_WORTH, Section
from model.features import Array

MOST_SETS = 24
MOST_TOGETHER = 3
LEAST_ELEMENT = 0.2
MOST_ELEMENTS = 2

GenreSet = tuple[int, ...]
Told = tuple[GenreSet, GenreSet]  # the section's genres, likeliest first, and its elements


def sections_of_several(whole: Mapping[str, Any]) -> list[Section]:
    """Of a multi-label model's result object: from the song's start to its end."""
    genres, step_s = whole["genres"], whole["step_s"]
    rows, thresholds = np.array(whole["probabilities"], float), np.array(whole["thresholds"], float)
    are_heard = rows >= thresholds
    sets = _commonest_sets(are_heard, max(1, int(2 * CHANGE_PRICE_S / step_s + 0.5)))
    worth = np.column_stack([*_worths(rows, thresholds, sets), UNSURE_WORTH * np.array(whole["unsure"], float)])
    runs = runs_of(best_states(worth, CHANGE_PRICE_S / step_s))
    return [
        Section(first * step_s, tuple(genres[genre] for genre in named), tuple(genres[genre] for genre in elements))
        for first, (named, elements) in _told_runs(runs, len(sets), rows, are_heard)
    ]


def _commonest_sets(are_heard: Array, span: int) -> list[GenreSet]:
    """The sets of genres that so many rows on end have for the most part, none of them empty."""
    length = min(span, len(are_heard))
    sums = np.concatenate([np.zeros((1, are_heard.shape[1]), int), np.cumsum(are_heard, axis=0, dtype=int)])
    is_in = 2 * (sums[length:] - sums[:-length]) >= length
    counts = Counter(tuple(map(int, np.flatnonzero(row))) for row in is_in)
    return [found for found, _ in counts.most_common() if found][:MOST_SETS]


def _clearness(rows: Array, thresholds: Array) -> Array:
    """How clearly each genre is heard: half at its threshold, wholly from half way to 1 on."""
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.where(thresholds < 1, np.minimum(1, 0.5 + (rows - thresholds) / (1 - thresholds)), 1)
        return np.asarray(np.where(rows < thresholds, np.maximum(0, rows / thresholds - 0.5), above))


def _worths(rows: Array, thresholds: Array, sets: list[GenreSet]) -> list[Array]:
    """One of [rows] a set. Sums are made genre by genre, as on the page: other orders round otherwise."""
    clear = _clearness(rows, thresholds)
    heard = np.where(rows >= thresholds, clear, 0)
    none, every = np.zeros(len(rows)), range(rows.shape[1])
    all_heard = sum((heard[:, genre] for genre in every), none)
    return [
        sum((clear[:, genre] for genre in each), none)
        / (len(each) + (all_heard - sum((heard[:, genre] for genre in each), none)))
        for each in sets
    ]


def _told_runs(
    runs: list[tuple[int, int, int]], unsure_state: int, rows: Array, are_heard: Array
) -> list[tuple[int, Told]]:
    """The first row of each, and what is told of it. Neighbours that are told as the same genres are one."""
    sections: list[tuple[int, Told]] = []
    for state, first, end in runs:
        told: Told = ((), ()) if state == unsure_state else _tell(rows[first:end], are_heard[first:end])
        if sections and set(sections[-1][1][0]) == set(told[0]):
            begin, _ = sections.pop()
            sections.append((begin, _tell(rows[begin:end], are_heard[begin:end]) if told[0] else told))
        else:
            sections.append((first, told))
    return sections


def _tell(rows: Array, are_heard: Array) -> Told:
    """What is heard half of the time or more makes the section; what is heard less, but now and then, is an element."""
    n_rows, counts = len(rows), are_heard.sum(axis=0)
    order = [int(genre) for genre in np.argsort(-rows.sum(axis=0), kind="stable") if counts[genre]]
    least = min(n_rows / 2, counts.max())
    named = [genre for genre in order if counts[genre] >= least][:MOST_TOGETHER]
    others = [genre for genre in order if genre not in named and counts[genre] >= LEAST_ELEMENT * n_rows]
    return tuple(named), tuple(others[:MOST_ELEMENTS])
