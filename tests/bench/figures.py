"""Measurements beside the goals that the design holds the project to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.songs import Song
from tests.bench.spread import Spread, ratios


@dataclass(frozen=True)
class Goal:
    """At most this much, for songs of these lengths; of the median, or of the highest of all measurements."""

    at_most: float
    words: str
    lengths_s: tuple[float, float] = (0, math.inf)
    of_highest: bool = False

    def is_met(self, spread: Spread, duration_s: float) -> bool | None:
        """None for a song that the goal does not speak of."""
        if not self.lengths_s[0] <= duration_s <= self.lengths_s[1]:
            return None
        return (spread.highest if self.of_highest else spread.median) <= self.at_most


FOUR_MINUTES = (180, 300)
PAGE_RATIO = Goal(1.25, "≤ 1.25 at 4 min", FOUR_MINUTES)
FIRST_ROW_MS = Goal(150, "≤ 150")
LONGEST_TASK_MS = Goal(50, "≤ 50", of_highest=True)
ONE_THREAD_MS = Goal(600, "≤ 600 at 4 min", FOUR_MINUTES)
FRAMES_LOST_PERCENT = Goal(2, "≤ 2")
MEMORY_MB = Goal(150, "≤ 150")
EXPLAINED_MS = Goal(300, "≤ 300", of_highest=True)
FIRST_VISIT_MS = Goal(1500, "≤ 1500")
WEIGHT_MB = Goal(3, "≤ 3")
SECOND_VISIT_BYTES = Goal(0, "0")
SERVER_START_S = Goal(1.5, "≤ 1.5")
PREDICT_RATIO = Goal(1.5, "≤ 1.5 at 4 min", FOUR_MINUTES)
LEVEL_PERCENT = Goal(2, "≤ 2", of_highest=True)


@dataclass(frozen=True)
class Figure:
    """One measured thing about one song, or about none ("")."""

    song: str
    spread: Spread
    is_met: bool | None


@dataclass(frozen=True)
class Row:
    """One kind of measurement for all songs. below: values under it were not told apart by the instrument."""

    label: str
    figures: list[Figure]
    n_digits: int = 0
    goal: Goal | None = None
    below: float = 0


def row(
    label: str,
    values: Mapping[str, Sequence[float]],
    lengths_s: Mapping[str, float],
    goal: Goal | None = None,
    **how: Any,
) -> Row:
    """A row of the values by song; songs without any are left out."""
    figures = []
    for song, measured in values.items():
        if spread := Spread.of(measured):
            is_met = goal.is_met(spread, lengths_s.get(song, 0)) if goal else None
            figures.append(Figure(song, spread, is_met))
    return Row(label, figures, goal=goal, **how)


def browser_rows(result: Mapping[str, Any], songs: Sequence[Song]) -> list[Row]:
    """The rows of one browser's table; empty ones are left out."""
    lengths_s = {song.name: song.duration_s for song in songs}
    by_song: Mapping[str, Mapping[str, Any]] = result["songs"]

    def of(kind: str) -> dict[str, Sequence[float]]:
        return {name: found[kind] for name, found in by_song.items() if kind in found}

    totals, alone = of("total_ms"), of("decode_alone_ms")
    speed = {name: ratios(totals[name], alone[name]) for name in totals}
    tasks = of("longest_task_ms")
    has_tasks = any(tasks.values())
    rows = [
        row("decodeAudioData alone, ms", alone, lengths_s),
        row("drop to complete chart, ms", totals, lengths_s),
        row("  ratio", speed, lengths_s, PAGE_RATIO, n_digits=2),
        row("drop to first row, warm, ms", of("first_row_ms"), lengths_s, FIRST_ROW_MS),
        row("longest main-thread task, ms", tasks, lengths_s, LONGEST_TASK_MS, below=50),
        row("longest heartbeat gap, ms", of("longest_gap_ms"), lengths_s, None if has_tasks else LONGEST_TASK_MS),
        row("frames lost while it plays, %", of("frames_lost_percent"), lengths_s, FRAMES_LOST_PERCENT, n_digits=1),
        *_stage_rows(of("stages_ms"), lengths_s),
        row("inference alone, one thread, ms", result["one_thread_ms"], lengths_s, ONE_THREAD_MS),
        row("memory above idle, MB", of("memory_above_idle_mb"), lengths_s, MEMORY_MB),
        row("why?: click to drawn, ms", {"": result["explained_ms"]}, {}, EXPLAINED_MS),
        *_visit_rows(result),
    ]
    return [found for found in rows if found.figures]


def _stage_rows(stages: Mapping[str, Any], lengths_s: Mapping[str, float]) -> list[Row]:
    names = dict.fromkeys(name for found in stages.values() for name in found)
    return [
        row(f"  {name}, all workers, ms", {song: found.get(name, []) for song, found in stages.items()}, lengths_s)
        for name in names
    ]


def _visit_rows(result: Mapping[str, Any]) -> list[Row]:
    first, kept, second = (result["visits"].get(visit) for visit in ("first", "offline", "second"))
    weight_mb = [first["file_bytes"] / 1e6] if first else []
    return [
        row("first visit: drop to first row, ms", {"": result["first_visit_ms"]}, {}, FIRST_VISIT_MS),
        row("first visit: page weight, MB", {"": weight_mb}, {}, WEIGHT_MB, n_digits=2),
        row("  files", {"": [first["n_files"]] if first else []}, {}),
        row("  to work without a network, MB", {"": [kept["file_bytes"] / 1e6] if kept else []}, {}, n_digits=2),
        row("second visit: bytes of files", {"": [second["file_bytes"]] if second else []}, {}, SECOND_VISIT_BYTES),
        row("  revalidations", {"": [second["n_revalidations"]] if second else []}, {}),
    ]


def server_rows(result: Mapping[str, Any], song: Song) -> list[Row]:
    """The rows of the server's table, all about one song."""
    lengths_s = {song.name: song.duration_s}
    ours, alone = result.get("predict_ms", []), result.get("soundfile_ms", [])
    speedup = ratios(result.get("one_by_one_ms", []), result.get("at_once_ms", []))
    rows = [
        row("start to page served, s", {"": result.get("start_s", [])}, {}, SERVER_START_S, n_digits=2),
        row("soundfile alone, ms", {song.name: alone}, lengths_s),
        row("POST /predict, ms", {song.name: ours}, lengths_s),
        row("  ratio", {song.name: ratios(ours, alone)}, lengths_s, PREDICT_RATIO, n_digits=2),
        row("  4 at once: songs a second, ratio to one by one", {song.name: speedup}, lengths_s, n_digits=2),
        row("level ±12 dB: other top genre, % of seconds", {song.name: list(result.get("level_percent", {}).values())},
            lengths_s, LEVEL_PERCENT, n_digits=1),
    ]  # fmt: skip
    return [found for found in rows if found.figures]
