"""What the command prints: the songs, the medley's changes, formats and levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WIDTHS = (44, 9, 26, 10, 11, 12, 9)
TITLES = ("song", "length/s", "verdict", "expected", "confidence", "flicker/%", "unsure/%")


def heading() -> str:
    """What the columns of a song's line are."""
    return "\n".join([_line(TITLES), "-" * (sum(WIDTHS) + 2 * len(WIDTHS) - 2)])


def song_line(entry: Mapping[str, Any]) -> str:
    """A song's figures, or why there are none. Its flicker without unsure seconds stands in brackets."""
    if "error" in entry:
        return f"{_short(entry['song'])}  NOT HEARD: {entry['error']}"
    return _line((
        _short(entry["song"]),
        f"{entry['duration_s']:.1f}",
        f"{entry['verdict']}{', unsure' if entry['unsure'] else ''}{_mark(entry)}",
        entry["expected"] or "-",
        f"{entry['confidence']:.3f}",
        f"{percent(entry['flicker'])} ({percent(entry['flicker_sure'])})",
        percent(entry["seconds_unsure"]),
    ))  # fmt: skip


def summary(data: Mapping[str, Any]) -> str:
    """All that is said after the songs."""
    verdicts = data["verdicts"]
    lines = [
        f"flicker, mean of the songs: {percent(data['flicker'])} %; without unsure seconds "
        f"{percent(data['flicker_sure'])} %",
        f"verdict as expected: {percent(verdicts['accuracy'])} % of {verdicts['n']} songs; "
        f"{percent(verdicts['accuracy_sure'])} % of the {verdicts['n_sure']} that are not unsure",
        *["", *_medley(data["medley"])],
        *["", "other formats and levels, beside float WAV:", *map(_variant, [*data["formats"], *data["levels"]])],
    ]
    return "\n".join([*lines, *(f"FAILED {_failure(entry)}" for entry in data["failed"])])


def _medley(medley: Mapping[str, Any]) -> list[str]:
    if "error" in medley:
        return [f"{medley['song']}: NOT HEARD: {medley['error']}"]
    first = {"at_s": 0.0, **medley["first_part"], "is_findable": True, "found_after_s": 0.0}
    return [
        f"{medley['song']}: {medley['n_within_goal']} of {medley['n_findable']} changes within {medley['goal_s']:g} s; "
        f"{medley['n_heard_as_composed']} of {medley['n_parts']} parts heard as what they were composed as",
        *(_change(change) for change in (first, *medley["changes"])),
    ]


def _change(change: Mapping[str, Any]) -> str:
    if not change["is_findable"]:
        found = "the part before is heard as the same"
    elif change["found_after_s"] is None:
        found = "never"
    else:
        found = f"after {change['found_after_s']:.1f} s"
    return f"{change['at_s']:8.1f} s  composed as {change['composed']:<10} heard as {change['to']:<10} {found}"


def _variant(summary: Mapping[str, Any]) -> str:
    return (
        f"{summary['name']:<26} {percent(summary['seconds_changed']):>6} % of {summary['n_seconds']} seconds, "
        f"{summary['verdicts_changed']} of {summary['n_songs']} verdicts change"
    )


def _failure(entry: Mapping[str, Any]) -> str:
    return f"{entry['song']}{', ' + entry['name'] if 'name' in entry else ''}: {entry['error']}"


def _mark(entry: Mapping[str, Any]) -> str:
    return " !" if entry["expected"] not in (None, entry["verdict"]) else ""


def percent(share: float | None) -> str:
    """0.123 -> 12.3; a dash where there is none."""
    return "-" if share is None else f"{100 * share:.1f}"


def _short(name: str) -> str:
    """Long names keep their ends, which tell one track of an album from another."""
    return (name if len(name) <= WIDTHS[0] else "…" + name[1 - WIDTHS[0] :]).ljust(WIDTHS[0])


def _line(cells: Sequence[str]) -> str:
    name, *others = cells
    return "  ".join([name.ljust(WIDTHS[0]), *map(str.rjust, others, WIDTHS[1:])])
