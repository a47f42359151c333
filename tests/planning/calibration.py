"""From what was measured to what the model's songs take.

Stages come from songs that were heard in a process of their own. What a request costs besides (its upload and answer,
on both sides) and how much of an analysis nothing overlaps come from the load test's row of one client, and from no
other: the rows of more clients are predicted.
"""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, replace

from tests.planning.closed_loop import closed_loop
from tests.planning.server_model import Limits, Refusal, Work
from tests.planning.service_times import FREE, Line, ServiceTimes, fitted

CALIBRATING_S = 20.0
N_HALVINGS = 30


@dataclass(frozen=True)
class Calibration:
    """Of one song of the load test. work: of its mean. refusal: of one request with it."""

    song: str
    work: Work
    refusal: Refusal
    crowding: float

    def limits(self, limits: Limits) -> Limits:
        """With the measured crowding."""
        return replace(limits, crowding=self.crowding)


def calibrated(times: ServiceTimes, song: str, limits: Limits) -> Calibration:
    """Raises ServiceTimesError where its row of one client was not measured."""
    row, length_s = times.row(song, 1), times.lengths_s[song]
    alike_s = times.cpu(FREE)(length_s)  # the stages, as crowded as they were in that row
    per_song_s = row.server_cpu_s / row.n_right
    work = Work(
        send_s=row.clients_cpu_s / row.n_right,
        receive_s=max(0.0, per_song_s - alike_s),
        stages_s=tuple(stage(length_s) for stage in stage_lines(times)),
    )
    refusal = next(cost for cost in times.refusals if cost.song == song)
    crowded = replace(limits, crowding=times.crowding)
    return Calibration(
        song,
        _as_long_as(work, row.p50_s, crowded),
        Refusal(refusal.clients_cpu_s, refusal.server_cpu_s),
        times.crowding,
    )


def stage_lines(times: ServiceTimes) -> tuple[Line, ...]:
    """Decoding; features and what is left; the network: a thread each."""
    features, rest = times.stage("log_mel_s"), times.stage("rest_s")
    with_rest = Line(features.fixed + rest.fixed, features.per_s + rest.per_s)
    return times.stage("decode_s"), with_rest, times.stage("network_s")


def _as_long_as(work: Work, took_s: float, limits: Limits) -> Work:
    """With so much that nothing overlaps that one client waits as long; idle for the rest, where all is not enough."""
    low, high = 0.0, 1.0
    longest_s = _lonely_s(replace(work, alone=1.0), limits)
    if longest_s < took_s:
        return replace(work, alone=1.0, idle_s=took_s - longest_s)
    for _ in range(N_HALVINGS):
        middle = (low + high) / 2
        if _lonely_s(replace(work, alone=middle), limits) < took_s:
            low = middle
        else:
            high = middle
    return replace(work, alone=high)


def _lonely_s(work: Work, limits: Limits) -> float:
    answers, _ = closed_loop(limits, lambda _: work, Refusal(), 1, CALIBRATING_S, 0)
    return statistics.median(answer.took_s for answer in answers)


@dataclass(frozen=True)
class SongWork:
    """Work of songs of any length, by lines through the calibrated ones; clients are elsewhere, and cost us nothing."""

    factors: tuple[float, ...]
    stages: tuple[Line, ...]
    receive: Line
    alone_s: Line
    idle: Line
    refusal: Refusal

    def __call__(self, length_s: float, dice: random.Random) -> Work:
        """Of one song."""
        factor = dice.choice(self.factors)
        stages_s = tuple(factor * stage(length_s) for stage in self.stages)
        alone = min(1.0, self.alone_s(length_s) / sum(stages_s))
        return Work(0.0, self.receive(length_s), stages_s, alone, self.idle(length_s))


def song_work(times: ServiceTimes, limits: Limits) -> SongWork:
    """From all songs of the load test. Raises ServiceTimesError."""
    found = {times.lengths_s[cost.song]: calibrated(times, cost.song, limits) for cost in times.refusals}
    return SongWork(
        times.factors,
        stage_lines(times),
        receive=fitted({length_s: one.work.receive_s for length_s, one in found.items()}),
        alone_s=fitted({length_s: one.work.alone * sum(one.work.stages_s) for length_s, one in found.items()}),
        idle=fitted({length_s: one.work.idle_s for length_s, one in found.items()}),
        refusal=Refusal(0.0, statistics.fmean(one.refusal.receive_s for one in found.values())),
    )
