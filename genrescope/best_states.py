"""The states of a Potts model in time, found exactly by dynamic programming (as Viterbi's): static/best-states.js."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from model.features import Array


def best_states(worth: Array, change_price: float) -> list[int]:
    """worth [rows, states] of each row in each state to the state of each row; change_price: in rows of full worth."""
    so_far = np.zeros(worth.shape[1])  # the worth of the best states up to here, by the one that they end in
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


def runs_of(states: list[int]) -> list[tuple[int, int, int]]:
    """(state, first row, the one after the last) of each stretch of the same state."""
    runs, first = [], 0
    for state, run in groupby(states):
        end = first + sum(1 for _ in run)
        runs.append((state, first, end))
        first = end
    return runs
