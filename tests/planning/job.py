"""A tagging job on many machines: shards of songs, slow machines, dying machines, and a store that gives so much.

Every core of every node takes a shard, reads its songs from the store while it hears them, and commits the shard once
it has all; what a dying node had not committed is begun again, somewhere, from the shard's start. A node that has died
is replaced. Deaths are a Poisson process; nodes come up one after the other when the job begins.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from simpy import Environment, Interrupt
from simpy import Process as Running

from tests.planning.cores import Cores
from tests.planning.server_model import Process

HOUR_S = 3600.0


@dataclass(frozen=True)
class SongTimes:
    """Core-seconds of one song, all cores of the machine at work: mean and standard deviation over songs. Its bytes."""

    mean_s: float
    deviation_s: float
    bytes: float


@dataclass(frozen=True)
class Job:
    """What is to be done by what. Rates in bytes a second; store: of all together, node: of one.

    mtbf_h: mean time to a node's death, infinite where none dies. replace_s: until another has its place.
    ramp_s: until the last node is there. shard_s: what a shard costs besides its songs. slow_share of nodes take
    slow_factor times as long. wave_shards: so many are all done before workers are started anew for the next
    ones, which takes wave_s; 0: there are no waves.
    """

    songs: int = 10_000_000
    shard_songs: int = 500
    nodes: int = 100
    cores: int = 16
    mtbf_h: float = 100.0
    replace_s: float = 180.0
    ramp_s: float = 300.0
    shard_s: float = 2.0
    slow_share: float = 0.05
    slow_factor: float = 1.5
    store: float = 20e9
    node: float = 1.25e9
    wave_shards: int = 0
    wave_s: float = 26.0

    def __post_init__(self) -> None:
        if min(self.songs, self.shard_songs, self.nodes, self.cores) < 1:
            raise ValueError(f"songs, songs a shard, nodes and cores must be 1 at least: {self}")
        if (
            min(self.mtbf_h, self.store, self.node) <= 0
            or min(self.replace_s, self.ramp_s, self.shard_s, self.wave_s, self.wave_shards) < 0
        ):
            raise ValueError(f"mean time to a death and rates must be above 0, times not below it: {self}")
        if not 0 <= self.slow_share <= 1 or self.slow_factor < 1:
            raise ValueError(f"a share is 0 to 1, and slow nodes take as long at least: {self}")

    @cached_property
    def shards(self) -> tuple[int, ...]:
        """Songs of each; the last has what is left."""
        sizes = [self.shard_songs] * (self.songs // self.shard_songs)
        rest = self.songs % self.shard_songs
        return (*sizes, rest) if rest else tuple(sizes)


@dataclass
class Done:
    """What came of one. commits: how often each shard was committed.

    slot_s: of all cores, from their node's coming to its or the job's end. Of that busy_s on shards that were
    committed, computed_s of it not waiting for the store, and lost_s on others.
    """

    commits: list[int]
    took_s: float = 0.0
    slot_s: float = 0.0
    busy_s: float = 0.0
    computed_s: float = 0.0
    lost_s: float = 0.0
    n_deaths: int = 0
    n_retries: int = 0
    songs_by_time: list[tuple[float, int]] = field(default_factory=list)

    def figures(self, job: Job) -> dict[str, float]:
        """By name. core_h: of all nodes from the job's begin to its end, as they are paid for."""
        until_99_s = next(at_s for at_s, n in self.songs_by_time if n >= 0.99 * job.songs)
        return {
            "hours": self.took_s / HOUR_S,
            "computing_percent": 100 * self.computed_s / self.slot_s,
            "lost_percent": 100 * self.lost_s / (self.busy_s + self.lost_s),
            "deaths": float(self.n_deaths),
            "retries": float(self.n_retries),
            "tail_percent": 100 * (1 - until_99_s / self.took_s),
            "core_h": self.slot_s / HOUR_S,
            "songs_per_s": job.songs / self.took_s,
        }


def figures_of(job: Job, times: SongTimes, seed: int) -> dict[str, float]:
    """Of one run."""
    return JobRunner(job, times, seed).run().figures(job)


class JobRunner:
    """All nodes and the store."""

    def __init__(self, job: Job, times: SongTimes, seed: int, works_s: Iterable[float] = ()) -> None:
        """works_s: what each shard takes on one core, where that is known; else it is drawn."""
        self._job, self._times, self._dice = job, times, random.Random(seed)
        self._env = Environment()
        self._works_s = list(works_s) or [self._drawn_s(n) for n in job.shards]
        self._waiting = deque(range(min(job.wave_shards or len(job.shards), len(job.shards))))
        self._n_released = len(self._waiting)
        # No core has more of the store than its part of the node's own rate.
        self._core_rate = job.node / job.cores
        self._store = Cores(self._env, job.store / self._core_rate)
        self._is_over = self._env.event()
        self._n_songs = 0
        self._came_s: dict[int, float] = {}
        self._waiters = self._env.event()
        self.done = Done([0] * len(job.shards))

    def run(self) -> Done:
        """Until all shards are committed."""
        for node in range(self._job.nodes):
            self._env.process(self._be_node(node))
        self._env.run(until=self._is_over)
        self.done.took_s = self._env.now
        self.done.slot_s += sum(self._job.cores * (self._env.now - since_s) for since_s in self._came_s.values())
        return self.done

    def _drawn_s(self, n_songs: int) -> float:
        drawn_s = n_songs * self._times.mean_s + math.sqrt(n_songs) * self._times.deviation_s * self._dice.gauss(0, 1)
        return max(0.0, drawn_s)

    def _be_node(self, node: int) -> Process:
        job, dice = self._job, self._dice
        yield self._env.timeout(job.ramp_s * node / job.nodes)
        while True:
            slowness = job.slow_factor if dice.random() < job.slow_share else 1.0
            self._came_s[node] = self._env.now
            slots = [self._env.process(self._be_core(slowness)) for _ in range(job.cores)]
            if math.isinf(job.mtbf_h):
                return
            yield self._env.timeout(dice.expovariate(1 / (job.mtbf_h * HOUR_S)))
            self._die(node, slots)
            yield self._env.timeout(job.replace_s)

    def _die(self, node: int, slots: list[Running]) -> None:
        self.done.n_deaths += 1
        self.done.slot_s += self._job.cores * (self._env.now - self._came_s.pop(node))
        for slot in slots:
            if slot.is_alive:
                slot.interrupt()

    def _be_core(self, slowness: float) -> Process:
        try:
            while True:
                while not self._waiting:
                    yield self._waiters
                yield from self._hear(self._waiting.popleft(), slowness)
        except Interrupt:
            return

    def _hear(self, shard: int, slowness: float) -> Process:
        """Raises Interrupt when the node dies; the shard is then there for others."""
        began_s, n_songs = self._env.now, self._job.shards[shard]
        computes_s = self._job.shard_s + slowness * self._works_s[shard]
        reading = self._store.run(n_songs * self._times.bytes / self._core_rate)
        try:
            yield self._env.timeout(computes_s)
            yield reading
        except Interrupt:
            self._store.call_off(reading)
            self.done.lost_s += self._env.now - began_s
            self.done.n_retries += 1
            self._waiting.append(shard)
            self._wake()
            raise
        self.done.busy_s += self._env.now - began_s
        self.done.computed_s += computes_s
        self._commit(shard)

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, self._env.event()
        waiters.succeed()

    def _commit(self, shard: int) -> None:
        self.done.commits[shard] += 1
        self._n_songs += self._job.shards[shard]
        self.done.songs_by_time.append((self._env.now, self._n_songs))
        n_committed, n_shards = len(self.done.songs_by_time), len(self._job.shards)
        if n_committed == n_shards:
            self._is_over.succeed()
        elif n_committed == self._n_released:
            self._env.process(self._begin_wave(min(n_shards, n_committed + self._job.wave_shards)))

    def _begin_wave(self, end: int) -> Process:
        yield self._env.timeout(self._job.wave_s)
        self._waiting.extend(range(self._n_released, end))
        self._n_released = end
        self._wake()
