"""The figures as a table to read, and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.bench.figures import Figure, Row
from tests.bench.spread import Spread


def table(title: str, rows: Sequence[Row], songs: Sequence[str]) -> str:
    """A line a row, a column a song: median, and lowest to highest where they differ. What has no song stands first."""
    cells = [["", *songs, "goal"]]
    for row in rows:
        shown = {figure.song: figure_text(row, figure) for figure in row.figures}
        first = shown.get("", shown.get(songs[0], ""))
        cells.append([row.label, first, *(shown.get(song, "") for song in songs[1:]), verdict(row)])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join([title, *(_line(line, widths) for line in cells)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    label, *values, goal = cells
    middle = (value.rjust(width) for value, width in zip(values, widths[1:-1], strict=True))
    return "  ".join([label.ljust(widths[0]), *middle, goal]).rstrip()


def figure_text(row: Row, figure: Figure) -> str:
    """812 (790-1020); one number where there is only one; < 50 where the instrument tells no more."""
    spread = figure.spread
    if spread.highest < row.below:
        return f"< {row.below:.0f}"
    median, lowest, highest = (f"{value:.{row.n_digits}f}" for value in (spread.median, spread.lowest, spread.highest))
    return median if lowest == highest else f"{median} ({lowest}-{highest})"


def verdict(row: Row) -> str:
    """The goal and whether all that it speaks of meet it; else which do not."""
    if row.goal is None:
        return ""
    judged = [figure for figure in row.figures if figure.is_met is not None]
    missed = [figure.song for figure in judged if not figure.is_met]
    if not judged:
        return row.goal.words
    if not missed:
        return f"{row.goal.words}  met"
    return f"{row.goal.words}  missed{': ' + ', '.join(missed) if len(judged) > 1 else ''}"


def plain(where: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """A figure an entry, for JSON."""
    return [
        {"where": where, "what": row.label.strip(), "song": figure.song, **_numbers(figure.spread),
         "goal": row.goal.words if row.goal else None, "met": figure.is_met}
        for row in rows
        for figure in row.figures
    ]  # fmt: skip


def _numbers(spread: Spread) -> dict[str, float]:
    return {"median": spread.median, "lowest": spread.lowest, "highest": spread.highest}
