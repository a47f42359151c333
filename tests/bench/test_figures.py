"""Figures beside their goals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench.figures import LONGEST_TASK_MS, MEMORY_MB, PAGE_RATIO, Row, browser_rows, row, server_rows
from tests.bench.songs import Song
from tests.bench.spread import Spread

SHORT, LONG = Song("30 s", Path(), 30, 44100), Song("4 min", Path(), 240, 44100)


def measured(**changed: Any) -> dict[str, Any]:
    return {
        "total_ms": [100, 120], "decode_alone_ms": [100, 100], "first_row_ms": [40, 60], "longest_task_ms": [0, 0],
        "longest_gap_ms": [20, 30], "stages_ms": {"decode": [70, 80]}, "memory_above_idle_mb": [90],
        "frames_lost_percent": [0.5], **changed,
    }  # fmt: skip


def result(**changed: Any) -> dict[str, Any]:
    weight = {"n_files": 40, "file_bytes": 2_000_000, "n_revalidations": 0, "all_bytes": 2_000_000}
    again = {"n_files": 0, "file_bytes": 0, "n_revalidations": 40, "all_bytes": 9_000}
    return {
        "first_visit_ms": [900],
        "explained_ms": [200],
        "one_thread_ms": {"4 min": [450, 610, 450]},
        "visits": {"first": weight, "second": again},
        "songs": {},
        **changed,
    }


def by_label(rows: list[Row]) -> dict[str, Row]:
    return {found.label.strip().split(",")[0]: found for found in rows}


def test_goals_judge_the_median_or_the_highest() -> None:
    assert MEMORY_MB.is_met(Spread(150, 100, 200), 3600)
    assert not MEMORY_MB.is_met(Spread(150.1, 100, 200), 3600)
    assert not LONGEST_TASK_MS.is_met(Spread(20, 10, 50.1), 30)


def test_a_goal_says_nothing_of_songs_that_it_was_not_set_for() -> None:
    assert PAGE_RATIO.is_met(Spread(9, 9, 9), 30) is None
    assert PAGE_RATIO.is_met(Spread(9, 9, 9), 240) is False


def test_ratio_is_that_of_pairs_and_judged_at_four_minutes() -> None:
    songs = {"30 s": measured(), "4 min": measured(total_ms=[150, 240], decode_alone_ms=[100, 200])}
    ratio = by_label(browser_rows(result(songs=songs), [SHORT, LONG]))["ratio"]
    assert [figure.spread.median for figure in ratio.figures] == [1.1, 1.35]
    assert [figure.is_met for figure in ratio.figures] == [None, False]


def test_the_network_alone_is_judged_by_its_median() -> None:
    found = by_label(browser_rows(result(), [LONG]))["inference alone"]
    assert [(figure.spread.median, figure.is_met) for figure in found.figures] == [(450, True)]


def test_heartbeat_stands_for_long_tasks_only_where_the_browser_does_not_tell_them() -> None:
    told = by_label(browser_rows(result(songs={"4 min": measured()}), [LONG]))
    assert (told["longest main-thread task"].goal, told["longest heartbeat gap"].goal) == (LONGEST_TASK_MS, None)
    untold = by_label(browser_rows(result(songs={"4 min": measured(longest_task_ms=[])}), [LONG]))
    assert "longest main-thread task" not in untold
    assert untold["longest heartbeat gap"].goal == LONGEST_TASK_MS


def test_what_was_not_measured_has_no_row() -> None:
    nothing = result(songs={"4 min": {}}, first_visit_ms=[], explained_ms=[], one_thread_ms={"4 min": []}, visits={})
    rows = browser_rows(nothing, [LONG])
    assert rows == []
    assert server_rows({}, LONG) == []


def test_second_visit_may_fetch_no_files() -> None:
    assert by_label(browser_rows(result(), []))["second visit: bytes of files"].figures[0].is_met
    fetched = {"n_files": 1, "file_bytes": 500, "n_revalidations": 39, "all_bytes": 9_000}
    rows = browser_rows(result(visits={"second": fetched}), [])
    assert by_label(rows)["second visit: bytes of files"].figures[0].is_met is False


def test_server_rows_compare_pairs_and_throughput() -> None:
    found = {"predict_ms": [300, 330], "soundfile_ms": [200, 300], "one_by_one_ms": [4000], "at_once_ms": [2500]}
    rows = by_label(server_rows(found, LONG))
    assert rows["ratio"].figures[0].spread == Spread(1.3, 1.1, 1.5)
    assert rows["4 at once: songs a second"].figures[0].spread.median == 1.6


def test_the_worse_of_two_levels_is_judged() -> None:
    rows = by_label(server_rows({"level_percent": {"-12 dB": 0.0, "+12 dB": 3.0}}, LONG))
    assert rows["level ±12 dB: other top genre"].figures[0].is_met is False


def test_a_row_leaves_songs_without_values_out() -> None:
    assert [figure.song for figure in row("x", {"a": [], "b": [1]}, {}).figures] == ["b"]
