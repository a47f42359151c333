"""When songs come, over a day, and how long they are.

A Poisson process whose rate follows the hours of a day and is several times as high in bursts (a link that goes round),
drawn by thinning: Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning" (1979).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

DAY_S = 86_400.0
# Of a site whose visitors live within a few time zones: fewest at four in the morning, most at nine in the evening.
PROFILE = (
    0.55, 0.35, 0.24, 0.19, 0.18, 0.24, 0.40, 0.62, 0.84, 0.98, 1.06, 1.12,
    1.16, 1.14, 1.12, 1.14, 1.20, 1.32, 1.48, 1.66, 1.78, 1.74, 1.46, 1.03,
)  # fmt: skip


@dataclass(frozen=True)
class Traffic:
    """songs: a day, bursts left out. median_s, spread: of their lengths, log-normal, within shortest and longest."""

    songs: float = 20_000.0
    n_bursts: int = 3
    burst_factor: float = 20.0
    burst_s: float = 600.0
    median_s: float = 215.0
    spread: float = 0.35
    shortest_s: float = 30.0
    longest_s: float = 900.0

    def __post_init__(self) -> None:
        if self.songs <= 0 or self.burst_factor < 1 or self.n_bursts < 0 or not 0 < self.burst_s < DAY_S:
            raise ValueError(f"a day has songs above 0, bursts of 1 time the rate at least and shorter than it: {self}")

    def bursts(self, dice: random.Random) -> list[float]:
        """When they begin."""
        return sorted(dice.uniform(0, DAY_S - self.burst_s) for _ in range(self.n_bursts))

    def is_burst(self, at_s: float, bursts: list[float]) -> bool:
        """Bursts that meet are one."""
        return any(begin_s <= at_s < begin_s + self.burst_s for begin_s in bursts)

    def rate(self, at_s: float, bursts: list[float]) -> float:
        """Songs a second; between the hours' middles it goes in straight lines."""
        position = at_s / 3600 - 0.5
        before = math.floor(position)
        share = position - before
        level = (1 - share) * PROFILE[before % 24] + share * PROFILE[(before + 1) % 24]
        return self._mean_rate * level * (self.burst_factor if self.is_burst(at_s, bursts) else 1)

    def arrivals(self, dice: random.Random, bursts: list[float]) -> Iterator[float]:
        """Over one day, in order."""
        ends = sorted({0.0, DAY_S, *bursts, *(begin_s + self.burst_s for begin_s in bursts)})
        for begin_s, end_s in pairwise(ends):
            most = self._mean_rate * max(PROFILE) * (self.burst_factor if self.is_burst(begin_s, bursts) else 1)
            at_s = begin_s + dice.expovariate(most)
            while at_s < end_s:
                if dice.random() * most < self.rate(at_s, bursts):
                    yield at_s
                at_s += dice.expovariate(most)

    @property
    def _mean_rate(self) -> float:
        return self.songs / DAY_S * 24 / sum(PROFILE)

    def length_s(self, dice: random.Random) -> float:
        """Of one song."""
        drawn_s = self.median_s * math.exp(dice.gauss(0, self.spread))
        return min(self.longest_s, max(self.shortest_s, drawn_s))

    @property
    def mean_s(self) -> float:
        """Of a song's length, the bounds left out."""
        return self.median_s * math.exp(self.spread**2 / 2)
