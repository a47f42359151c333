"""Answers to what is told of them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.load.clients import LOST, Answer


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many (0 to 1) are not above; nan of none."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else math.nan


@dataclass(frozen=True)
class Summary:
    """Of all answers to some clients. Times in seconds, nan where there is none."""

    n_right: int
    n_refused: int
    n_lost: int
    n_wrong: int  # none of these: another status, or other numbers
    songs_per_s: float
    p50_s: float
    p95_s: float
    p99_s: float
    refusal_p50_s: float
    refusal_p99_s: float


def summary(answers: Sequence[Answer]) -> Summary:
    """Songs a second: from the first request to the last right answer."""
    right = [answer for answer in answers if answer.is_right]
    refusals_s = [answer.took_s for answer in answers if answer.is_refusal]
    n_lost = sum(answer.status == LOST for answer in answers)
    times_s = [answer.took_s for answer in right]
    return Summary(
        n_right=len(right),
        n_refused=len(refusals_s),
        n_lost=n_lost,
        n_wrong=len(answers) - len(right) - len(refusals_s) - n_lost,
        songs_per_s=len(right) / max(answer.ended_s for answer in right) if right else 0.0,
        p50_s=percentile(times_s, 0.5),
        p95_s=percentile(times_s, 0.95),
        p99_s=percentile(times_s, 0.99),
        refusal_p50_s=percentile(refusals_s, 0.5),
        refusal_p99_s=percentile(refusals_s, 0.99),
    )


@dataclass(frozen=True)
class Growth:
    """Of a figure that was sampled while some requests were answered: medians of its first and last tenth."""

    first: float
    last: float

    @property
    def percent(self) -> float:
        """How much more the last is than the first."""
        return 100 * (self.last / self.first - 1)


def growth(samples: Sequence[float]) -> Growth:
    """Of samples in regular intervals."""
    n = max(1, len(samples) // 10)
    return Growth(statistics.median(samples[:n]), statistics.median(samples[-n:]))
