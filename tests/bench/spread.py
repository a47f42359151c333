"""Several measurements of one thing: their median, their range, and ratios that a drifting clock cancels out of."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Median, lowest and highest of several measurements."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        """None of no values: nothing was measured."""
        return cls(statistics.median(values), min(values), max(values)) if values else None


def ratios(ours: Sequence[float], alone: Sequence[float]) -> list[float]:
    """The ratio of each pair. Both of a pair were measured right after each other, at the same clock rate.

    Raises ValueError when there are not as many of the one as of the other.
    """
    return [mine / other for mine, other in zip(ours, alone, strict=True)]
