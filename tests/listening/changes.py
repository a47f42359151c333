"""How quickly the chart finds the changes of a medley whose parts are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tests.listening.heard import Heard
from training.changes import GOAL_S, found_after_s


@dataclass(frozen=True)
class Part:
    """From `start_s` to `end_s` the medley plays what was composed as `composed`, and is heard mostly as `heard_as`."""

    start_s: float
    end_s: float
    composed: str
    heard_as: str


def medley_report(heard: Heard, description: Mapping[str, Any]) -> dict[str, Any]:
    """What songs.json says of the medley: each change, and how many of those that can be found are found in time.

    description: the medley's own, as in static/sample/medley.json; its parts last two seconds at least.
    """
    parts = heard_parts(heard, description["changes"])
    changes = [_change(heard, before, part) for before, part in pairwise(parts)]
    waits_s = [change["found_after_s"] for change in changes if change["is_findable"]]
    return {
        "song": description["title"],
        "goal_s": GOAL_S,
        "n_findable": len(waits_s),
        "n_within_goal": sum(wait_s is not None and wait_s <= GOAL_S for wait_s in waits_s),
        "n_parts": len(parts),
        "n_heard_as_composed": sum(part.heard_as == part.composed for part in parts),
        "first_part": {"composed": parts[0].composed, "to": parts[0].heard_as},
        "changes": changes,
    }


def heard_parts(heard: Heard, changes: Sequence[Mapping[str, Any]]) -> list[Part]:
    """The medley's parts, each with the top genre of most seconds in its middle half."""
    starts = [float(change["start_s"]) for change in changes]
    ends = [*starts[1:], heard.duration_s]
    return [
        Part(start, end, str(change["genre"]), _majority(heard, start, end))
        for change, start, end in zip(changes, starts, ends, strict=True)
    ]


def _majority(heard: Heard, start_s: float, end_s: float) -> str:
    middles_s = (np.arange(len(heard.tops)) + 0.5) * heard.step_s
    quarter_s = (end_s - start_s) / 4
    inside = (middles_s >= start_s + quarter_s) & (middles_s <= end_s - quarter_s)
    return heard.genres[int(np.bincount(heard.tops[inside]).argmax())]


def _change(heard: Heard, before: Part, part: Part) -> dict[str, Any]:
    """Two parts that are heard as the same genre have no change between them that could be found."""
    is_findable = before.heard_as != part.heard_as
    return {
        "at_s": part.start_s,
        "composed": part.composed,
        "to": part.heard_as,
        "is_composed": part.composed == part.heard_as,
        "is_findable": is_findable,
        "found_after_s": _found_after_s(heard, part) if is_findable else None,
    }


def _found_after_s(heard: Heard, part: Part) -> float | None:
    genre = heard.genres.index(part.heard_as)
    return found_after_s(heard.tops, genre, part.start_s, part.end_s, heard.step_s)
