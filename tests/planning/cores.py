"""Cores that are shared fairly among the threads that have work, as an operating system's scheduler shares them.

A fluid model of processor sharing: of n threads with work each has min(1, n_cores / n) of a core, and a thread shares
what it has evenly among its own pieces of work (an event loop's connections). Where several cores are busy each does a
little less: `crowding` is how many times more core-seconds the same work takes when all of them are, as measured
(shared caches, clock, cores that are threads of one). A link or a store that many read from is the same thing.

Kleinrock, "Queueing Systems", volume 2 (1976), chapter 4.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from simpy import Environment, Event


@dataclass
class Lane:
    """Pieces of work that are served at one rate. served: how much each of them has had since the lane began.

    pieces: (served at its end, n, event); those that were called off stay in it and are no longer counted.
    """

    served: float = 0.0
    n_pieces: int = 0
    pieces: list[tuple[float, int, Event]] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Of the piece that ends first. Raises IndexError where there is none."""
        while self.pieces[0][2].triggered:
            heapq.heappop(self.pieces)
        return self.pieces[0][0] - self.served


class Cores:
    """n_cores may be any positive number: a link of 2.5 units a second, say, of which no thread can have above one.

    busy_s: core-seconds in which a core was not idle, up to the last `settle`.
    """

    def __init__(self, env: Environment, n_cores: float, crowding: float = 1.0) -> None:
        if n_cores <= 0 or crowding < 1:
            raise ValueError(f"cores are {n_cores:g} and crowding {crowding:g}: must be above 0, and 1 at least")
        self.n_cores, self.busy_s = n_cores, 0.0
        self._env, self._crowding = env, crowding
        self._single = Lane()  # pieces with a thread each
        self._threads: dict[str, Lane] = defaultdict(Lane)
        self._n_threads = 0  # with work
        self._since_s, self._order, self._version = env.now, count(), 0

    def run(self, work_s: float, thread: str = "") -> Event:
        """Succeeds when so many core-seconds are done. thread: shares its core with all of this name; "": its own."""
        done = self._env.event()
        if work_s <= 0:
            return done.succeed()
        self.settle()
        lane = self._threads[thread] if thread else self._single
        heapq.heappush(lane.pieces, (lane.served + work_s, next(self._order), done))
        self._n_threads += not thread or not lane.n_pieces
        lane.n_pieces += 1
        self._plan()
        return done

    def call_off(self, done: Event) -> None:
        """Nobody wants this any more, which has a thread of its own; it succeeds now, unless it has."""
        if not done.triggered:
            self.settle()
            done.succeed()
            self._single.n_pieces -= 1
            self._n_threads -= 1
            self._plan()

    def settle(self) -> None:
        """Brings all up to now."""
        passed_s, self._since_s = self._env.now - self._since_s, self._env.now
        if not passed_s or not self._n_threads:
            return
        self.busy_s += passed_s * min(self._n_threads, self.n_cores)
        had_s = passed_s * self._rate()
        self._single.served += had_s
        for lane in self._threads.values():
            if lane.n_pieces:
                lane.served += had_s / lane.n_pieces

    def _rate(self) -> float:
        """Of each thread: work a second."""
        busy = min(self._n_threads, self.n_cores)
        share = (busy - 1) / (self.n_cores - 1) if busy > 1 else 0.0
        return busy / self._n_threads / (1 + (self._crowding - 1) * share)

    def _plan(self) -> None:
        """Wakes when the next piece of work is done, unless something changes before."""
        self._version += 1
        if not self._n_threads:
            return
        left = [lane.left * lane.n_pieces for lane in self._threads.values() if lane.n_pieces]
        if self._single.n_pieces:
            left.append(self._single.left)
        wake = self._env.timeout(max(0.0, min(left) / self._rate()), self._version)
        wake.callbacks.append(self._finish)

    def _finish(self, wake: Any) -> None:
        if wake.value != self._version:
            return
        self.settle()
        tolerance_s = 1e-9 * max(1.0, self._env.now)
        for lane in (self._single, *self._threads.values()):
            while lane.n_pieces and lane.left <= tolerance_s:
                heapq.heappop(lane.pieces)[2].succeed()
                lane.n_pieces -= 1
                self._n_threads -= lane is self._single or not lane.n_pieces
        self._plan()
