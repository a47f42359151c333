"""Flicker, and how far two charts are apart."""

from __future__ import annotations

import pytest

from tests.listening.steadiness import flicker, n_compared, share_changed
from tests.listening.support import heard


@pytest.mark.parametrize(("tops", "expected"), [("bbbbb", 0), ("bbjjj", 1 / 4), ("bjbjb", 1), ("bj", 1), ("b", None)])
def test_flicker_is_the_share_of_neighbours_that_differ(tops: str, expected: float | None) -> None:
    assert flicker(heard(tops).tops) == expected


@pytest.mark.parametrize(
    ("tops", "unsure", "expected"),
    [
        ("bbjbb", "  ?  ", 0),  # the pairs before and after the unsure second are left
        ("bbbjj", " ?   ", 1 / 2),
        ("bjr", "", 1),
        ("bjr", " ? ", None),  # seconds apart are no neighbours
        ("b", "", None),
    ],
)
def test_unsure_seconds_are_in_no_pair(tops: str, unsure: str, expected: float | None) -> None:
    song = heard(tops, unsure)
    assert flicker(song.tops, song.unsure) == expected


def test_charts_are_compared_as_far_as_both_go() -> None:
    long, short = heard("bbjjr").tops, heard("bjjr").tops
    assert n_compared(long, short) == n_compared(short, long) == 4
    assert share_changed(long, short) == 2 / 4
    assert share_changed(long, long) == 0
