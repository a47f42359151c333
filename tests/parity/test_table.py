"""tests/parity/table.py: what is missed cannot be overlooked, and what is not held is not passed off as kept."""

from __future__ import annotations

import numpy as np

from tests.parity import table
from tests.parity.compare import STAGES, Deviation, compare_probabilities, compare_resampled
from tests.parity.measure import Result


def off_by(worst: float, *, is_held: bool = True) -> Deviation:
    found = compare_resampled(np.array([0.5, worst]), np.array([0.5, 0.0]))
    return Deviation(found.stage, found.excess, found.cell, found.where, found.measured, is_held)


def test_a_row_shows_the_worst_of_its_results_under_its_stage() -> None:
    results = [Result("a", (off_by(1e-7),)), Result("b", (off_by(1e-6),)), Result("c", (off_by(0),))]
    assert table.row("a to c", results).split() == ["a", "to", "c", "-120", "dB"]
    assert [table.worst(results, stage) is None for stage in STAGES] == [True, False, True, True, True]


def test_cells_stand_below_their_titles() -> None:
    line = table.row("a", [Result("a", (compare_probabilities(np.ones(3), np.ones(3)),))])
    assert len(line) == len(table.heading().splitlines()[2])


def test_what_is_missed_is_marked_and_named() -> None:
    results = [Result("kept", (off_by(1e-6),)), Result("culprit", (off_by(1e-3),))]
    assert table.row("both", results).endswith("-60 dB !")
    summary, culprit = table.verdict(results).splitlines()
    assert summary == "1 of 2 songs within what is allowed."
    assert culprit.startswith("MISSED culprit: resampled: -60 dB, 100 times what is allowed; worst at (1,)")


def test_what_is_not_held_is_in_brackets_and_not_missed() -> None:
    free = Result("free", (off_by(1e-3, is_held=False),))
    assert table.row("free", [free]).endswith("(-60 dB)")
    assert table.verdict([free]) == "1 of 1 songs within what is allowed."


def test_json_has_every_number() -> None:
    (entry,) = table.as_json([Result("a", (off_by(1e-3),), "why")])
    stage = entry["stages"]["resampled"]
    assert (entry["name"], entry["note"]) == ("a", "why")
    assert (stage["measured"], stage["is_missed"]) == ({"worst": 1e-3}, True)
