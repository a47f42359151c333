"""Options as the records of runs keep them, and comparable with the records of before an option was thought of."""

from __future__ import annotations

import json
from dataclasses import field, fields, is_dataclass
from typing import Any

ABSENT_WHEN_OFF = "absent when off"


def tried(off: float | str) -> Any:
    """An option that came later and is off in the recipe: a record without it is one of a run that had it off."""
    return field(default=off, metadata={ABSENT_WHEN_OFF: True})


def recorded(options: Any) -> dict[str, Any]:
    """A dataclass, and those in it, as JSON gives them back: lists instead of tuples."""
    kept = {each.name: getattr(options, each.name) for each in fields(options) if not _is_absent(each, options)}
    nested = {name: recorded(value) for name, value in kept.items() if is_dataclass(value)}
    return dict(json.loads(json.dumps(kept | nested)))


def _is_absent(each: Any, options: Any) -> bool:
    return bool(each.metadata.get(ABSENT_WHEN_OFF)) and getattr(options, each.name) == each.default
