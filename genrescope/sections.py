"""A song's sections, "jazz up to 0:41, then rock", as the page tells them: static/sections.js says why so.

Each second is worth the share that its section's genre has in it, and each change of genre has a price; the sections
are those of the highest worth (Viterbi's dynamic programming on a Potts model in time).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from model.features import Array

CHANGE_PRICE_S = 3.0  # seconds of full certainty
UNSURE_WORTH = 0.7


@dataclass(frozen=True)
class Section:
    """genre: None where the network is unsure."""

    start_s: float
    genre: str | None


def sections_of(whole: Mapping[str, Any]) -> list[Section]:
    """Of a result object: from the song's start to its end."""
    genres, step_s = whole["genres"], whole["step_s"]
    unsure_worth = UNSURE_WORTH * np.array(whole["unsure"], float)
    worth = np.column_stack([np.array(whole["probabilities"], float), unsure_worth])
    states = _best_states(worth, CHANGE_PRICE_S / step_s)
    starts = [next(run)[0] for _, run in groupby(enumerate(states), key=lambda row: row[1])]
    names = [*genres, None]
    return [Section(start * step_s, names[states[start]]) for start in starts]


def _best_states(worth: Array, change_price: float) -> list[int]:
    """worth [rows, states] of each row in each state to the state of each row; change_price: in rows of full worth."""
    so_far = np.zeros(worth.shape[1])  # the worth of the best sections up to here, by the state that they end in
    has_changed = np.zeros(worth.shape, bool)
    best_before = np.zeros(len(worth), int)
    for t, row in enumerate(worth):
        best_before[t] = so_far.argmax()
        changed = so_far.max() - change_price
        has_changed[t] = (changed > so_far) & (t > 0)
        so_far = np.maximum(so_far, changed) + row
    states = [int(so_far.argmax())]
    for t in range(len(worth) - 1, 0, -1):
        states.append(int(best_before[t]) if has_changed[t, states[-1]] else states[-1])
    return states[::-1]
