"""The server as it is, as a model: places, a limit of analyses, and stages that share the machine's cores.

A request has a place from its head to its answer (server/uploads.py: max_analyses + max_waiting), else it is refused
with Retry-After. Its song is received by the event loop's one thread, waits until fewer than max_analyses are analysed
(first come, first served), and is then decoded by one thread while others make features and run the network, but for a
share that nothing overlaps: the decoder's start and the last window. Clients on the same machine share its cores.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from simpy import Environment, Resource

from tests.planning.cores import Cores

Process = Generator[Any, Any, Any]


@dataclass(frozen=True)
class Work:
    """What a song takes, in core-seconds of an otherwise idle machine.

    send_s: of the client's thread, 0 where that is elsewhere. stages_s: of the analysis, side by side but for `alone`,
    the share of each that nothing overlaps. idle_s: what passes besides, with no core busy for it. upload_s: what the
    song's way through the client's network takes, refused or not.
    """

    send_s: float
    receive_s: float
    stages_s: tuple[float, ...]
    alone: float = 0.0
    idle_s: float = 0.0
    upload_s: float = 0.0

    @property
    def server_s(self) -> float:
        """All of the server's."""
        return self.receive_s + sum(self.stages_s)


@dataclass(frozen=True)
class Refusal:
    """What it takes to be told to come back later, core-seconds: the client sends its whole song first."""

    send_s: float = 0.0
    receive_s: float = 0.0


@dataclass(frozen=True)
class Limits:
    """server/settings.py's, and the cores that there are. crowding: see cores.py."""

    n_cores: int = 2
    max_analyses: int = 2
    max_waiting: int = 16
    crowding: float = 1.0

    def __post_init__(self) -> None:
        if min(self.n_cores, self.max_analyses) < 1 or self.max_waiting < 0:
            raise ValueError(
                f"a server needs a core and an analysis at a time at least, and no fewer waiting than 0: {self}"
            )


class ModelServer:
    """One, with cores of its own. n_inside_s: songs inside, integrated over time; inside_s: the sum of their times."""

    def __init__(self, env: Environment, limits: Limits) -> None:
        self._env, self.limits = env, limits
        self.cores = Cores(env, limits.n_cores, limits.crowding)
        self._turns = Resource(env, limits.max_analyses)
        self.n_inside = self.n_served = self.n_refused = 0
        self.n_inside_s = self.inside_s = 0.0
        self._changed_s = env.now

    def ask(self, work: Work, refusal: Refusal) -> Process:
        """A request's way; its value is whether the song was heard."""
        if self.n_inside >= self.limits.max_analyses + self.limits.max_waiting:
            self.n_refused += 1
            yield from self._arrive(work.upload_s, refusal.send_s, refusal.receive_s)
            return False
        began_s = self._env.now
        self._count(1)
        yield from self._arrive(work.upload_s, work.send_s, work.receive_s)
        with self._turns.request() as turn:
            yield turn
            if work.idle_s:
                yield self._env.timeout(work.idle_s)
            yield self.cores.run(work.alone * sum(work.stages_s))
            yield from [self.cores.run((1 - work.alone) * stage_s) for stage_s in work.stages_s]
        self.inside_s += self._env.now - began_s
        self.n_served += 1
        self._count(-1)
        return True

    def _arrive(self, upload_s: float, send_s: float, receive_s: float) -> Process:
        """What the clients' side and ours do, side by side."""
        if upload_s:
            yield self._env.timeout(upload_s)
        yield from [self.cores.run(send_s, thread="clients"), self.cores.run(receive_s, thread="event loop")]

    def _count(self, change: int) -> None:
        now_s = self._env.now
        self.n_inside_s += self.n_inside * (now_s - self._changed_s)
        self._changed_s = now_s
        self.n_inside += change
