"""The model beside the load test: the same clients with the same songs, measured and simulated."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from server.settings import Settings
from tests.load.figures import summary
from tests.planning.calibration import Calibration, calibrated
from tests.planning.closed_loop import closed_loop
from tests.planning.replications import Interval, replicated
from tests.planning.rows import Row
from tests.planning.server_model import Limits, Work
from tests.planning.service_times import ServiceTimes

FIGURES = ("songs_per_s", "p50_s", "p95_s", "n_refused")


@dataclass(frozen=True)
class Compared:
    """A row as it was measured, and as it was simulated: figures by name."""

    row: Row
    simulated: dict[str, Interval]

    def error_percent(self, name: str) -> float:
        """How much more the simulation says; nan where nothing was measured."""
        measured = getattr(self.row, name)
        return 100 * (self.simulated[name].mean / measured - 1) if measured else float("nan")


def compared(times: ServiceTimes, n_replications: int, first_seed: int) -> Iterator[Compared]:
    """Each measured row. The one of one client is what the model was calibrated on."""
    limits = settings_limits(times.machine["n_cores"])
    found = {cost.song: calibrated(times, cost.song, limits) for cost in times.refusals}
    for row in times.rows:
        run = partial(_figures, found[row.song], found[row.song].limits(limits), times.factors, row)
        yield Compared(row, replicated(run, n_replications, first_seed))


def settings_limits(n_cores: int) -> Limits:
    """Of a server with the default settings on so many cores, one analysis a core."""
    return Limits(n_cores=n_cores, max_analyses=n_cores, max_waiting=Settings().max_waiting)


def _figures(one: Calibration, limits: Limits, factors: tuple[float, ...], row: Row, seed: int) -> dict[str, float]:
    def draw(dice: random.Random) -> Work:
        factor = dice.choice(factors)
        return replace(one.work, stages_s=tuple(factor * stage_s for stage_s in one.work.stages_s))

    answers, _ = closed_loop(limits, draw, one.refusal, row.n_clients, row.level_s, seed)
    met = summary(answers)
    return {name: float(getattr(met, name)) for name in FIGURES}
