"""The table that is printed, and the same as data."""

from __future__ import annotations

import json

from tests.bench.figures import Goal, Row, row
from tests.bench.table import plain, table, verdict

LENGTHS_S = {"30 s": 30, "4 min": 240}


def test_table_lines_up_songs_and_says_which_miss_the_goal() -> None:
    rows = [
        row("first row, ms", {"30 s": [100], "4 min": [140, 161, 150.4]}, LENGTHS_S, Goal(150, "≤ 150")),
        row("ratio", {"4 min": [1.2, 1.26, 1.21]}, LENGTHS_S, Goal(1.25, "≤ 1.25", (180, 300)), n_digits=2),
        row("weight, MB", {"": [2.345]}, {}, n_digits=2),
    ]
    assert table("Chromium 1", rows, ["30 s", "4 min"]) == (
        "Chromium 1\n"
        "               30 s             4 min  goal\n"
        "first row, ms   100     150 (140-161)  ≤ 150  missed: 4 min\n"
        "ratio                1.21 (1.20-1.26)  ≤ 1.25  met\n"
        "weight, MB     2.35"
    )


def test_a_goal_without_a_song_to_judge_is_only_named() -> None:
    assert verdict(row("ratio", {"30 s": [9]}, LENGTHS_S, Goal(1, "≤ 1 at 4 min", (180, 300)))) == "≤ 1 at 4 min"


def test_what_the_instrument_cannot_tell_is_not_shown_as_nothing() -> None:
    tasks = row("task", {"30 s": [0, 0], "4 min": [0, 61]}, LENGTHS_S, Goal(50, "≤ 50", of_highest=True), below=50)
    lines = table("", [tasks], ["30 s", "4 min"]).splitlines()
    assert lines[-1].split("  ") == ["task", "< 50", "30 (0-61)", "≤ 50", "missed: 4 min"]


def test_data_holds_every_figure_with_its_goal() -> None:
    rows: list[Row] = [row("  ratio", {"4 min": [1.0, 2.0]}, LENGTHS_S, Goal(1.25, "≤ 1.25"))]
    data = json.loads(json.dumps(plain("Chromium", rows)))
    assert data == [
        {"where": "Chromium", "what": "ratio", "song": "4 min", "median": 1.5, "lowest": 1.0, "highest": 2.0,
         "goal": "≤ 1.25", "met": False}
    ]  # fmt: skip
