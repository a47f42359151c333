"""When a medley's changes are found."""

from __future__ import annotations

import json

import pytest

from tests.listening.__main__ import MEDLEY
from tests.listening.changes import heard_parts, medley_report
from tests.listening.support import heard

PARTS = [{"start_s": 0.0, "genre": "blues"}, {"start_s": 6.5, "genre": "jazz"}, {"start_s": 16.0, "genre": "rock"}]


def waits(tops: str) -> list[float | None]:
    report = medley_report(heard(tops), {"title": "toy", "changes": PARTS})
    return [change["found_after_s"] for change in report["changes"]]


@pytest.mark.parametrize(
    ("tops", "expected"),
    [
        ("bbbbbbjjjjjjjjjjrrrrrrrr", [0, 0]),  # the row that the change lies in, and the first that begins with it
        ("bbbbbbbjjjjjjjjjbbrrrrrr", [0.5, 2]),
        ("bbbbbbbbbbjjjjjjbbbrrrrr", [3.5, 3]),
        ("bbbbbbbjbbjjjjjjrrrrrrrr", [3.5, 0]),  # a second that does not last is no finding
    ],
)
def test_a_change_is_found_when_the_part_s_own_genre_has_come_to_stay(tops: str, expected: list[float]) -> None:
    assert waits(tops) == expected


def test_a_part_is_heard_as_what_most_of_its_middle_is() -> None:
    song = heard("rrbbbrrjbbjjjbjjrrrrrbrr")
    assert [part.heard_as for part in heard_parts(song, PARTS)] == ["blues", "jazz", "rock"]


def test_neighbours_that_are_heard_as_the_same_have_no_change_to_find() -> None:
    report = medley_report(heard("bbbbbbbbbbbbbbbbbbbrrrrr"), {"title": "toy", "changes": PARTS})
    first, second = report["changes"]
    assert (first["at_s"], first["composed"], first["to"], first["is_composed"]) == (6.5, "jazz", "blues", False)
    assert (first["is_findable"], first["found_after_s"]) == (False, None)
    assert (second["is_findable"], second["is_composed"], second["found_after_s"]) == (True, True, 3)
    assert (report["n_findable"], report["n_within_goal"], report["n_heard_as_composed"]) == (1, 1, 2)


def test_later_than_the_goal_is_not_in_time() -> None:
    report = medley_report(heard("bbbbbbbbbbjjjjjjrrrrrrrr"), {"title": "toy", "changes": PARTS})
    assert (report["n_findable"], report["n_within_goal"]) == (2, 1)


def test_the_sample_song_has_a_description_that_fits() -> None:
    description = json.loads(MEDLEY.with_suffix(".json").read_text())
    report = medley_report(heard("b" * 109), description)
    assert (report["n_parts"], len(report["changes"]), report["song"]) == (10, 9, description["title"])
