"""A simulation run again with other seeds, and what is told of its figures: a mean and a 95 % interval of it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from scipy.stats import t

from model.cores import usable_cores

N_REPLICATIONS = 20
LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """Of a mean, by Student's t: from mean - half to mean + half. half: nan of one value."""

    mean: float
    half: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Interval:
        """Values that are nan (a percentile of nothing) are left out."""
        known = [value for value in values if not math.isnan(value)]
        if not known:
            return cls(math.nan, math.nan)
        if len(known) == 1:
            return cls(known[0], math.nan)
        error = statistics.stdev(known) / math.sqrt(len(known))
        return cls(statistics.fmean(known), float(t.ppf((1 + LEVEL) / 2, len(known) - 1)) * error)

    def text(self, digits: int = 2) -> str:
        """2.31 ± 0.04; a mean alone where there is no interval."""
        if math.isnan(self.mean):
            return "–"
        half = "" if math.isnan(self.half) else f" ± {self.half:.{digits}f}"
        return f"{self.mean:.{digits}f}{half}"


def replicated(
    run: Callable[[int], Mapping[str, float]], n: int = N_REPLICATIONS, first_seed: int = 0
) -> dict[str, Interval]:
    """Seeds first_seed to first_seed + n - 1, on all cores. run: is pickled; told the seed, gives figures by name."""
    if n < 2:
        raise ValueError(f"{n} replications: an interval needs 2 at least")
    with ProcessPoolExecutor(min(n, usable_cores())) as pool:
        found = list(pool.map(run, range(first_seed, first_seed + n)))
    return {name: Interval.of([figures[name] for figures in found]) for name in found[0]}
