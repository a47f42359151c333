"""A day of a site: songs come as tests/planning/traffic.py says, to replicas of the server that are added and removed.

How many there are follows Kubernetes' HorizontalPodAutoscaler as deploy/kubernetes has it: every 15 s it wants as many
replicas as would be busy to a target share with what was used lately, goes up and down no faster than its policies
allow, and down to no fewer than it wanted at some time of the last minutes. A new replica serves once it is scheduled
and its model is loaded. Each request goes to any ready one by chance, as a Service's does. Who is refused comes back
when Retry-After says so.

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from __future__ import annotations

import math
import random
import statistics
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from simpy import Environment

from server.problems import RETRY_AFTER_S
from tests.load.figures import percentile
from tests.planning.calibration import SongWork
from tests.planning.closed_loop import LATER
from tests.planning.server_model import Limits, ModelServer, Process
from tests.planning.traffic import DAY_S, Traffic
from tests.support import REPOSITORY

AUTOSCALER = REPOSITORY / "deploy" / "kubernetes" / "base" / "autoscaler.yaml"
BYTES_PER_S = 24_000  # of a song: 192 kb/s
ROUNDING = 1e-9  # of a quotient that is a whole number


@dataclass(frozen=True)
class Scaling:
    """least == most: as many all day. start_s: until a scheduled replica is ready, as measured.

    Up by up_share of the replicas at most within up_s, down by down_pods within down_s, to what was wanted in stay_s.
    """

    least: int
    most: int
    start_s: float = 12.0
    schedule_s: float = 20.0
    target: float = 0.7
    interval_s: float = 15.0
    window_s: float = 60.0
    up_share: float = 1.0
    up_s: float = 30.0
    down_pods: int = 1
    down_s: float = 60.0
    stay_s: float = 300.0

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most or not 0 < self.target <= 1:
            raise ValueError(f"1 <= least <= most and 0 < target <= 1 must hold: {self}")

    @classmethod
    def shipped(cls, path: Path = AUTOSCALER) -> Scaling:
        """As the Kubernetes base has it. Raises KeyError and ValueError where that is of another kind."""
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
        (metric,), behavior = spec["metrics"], spec["behavior"]
        (up,), (down,) = (behavior[way]["policies"] for way in ("scaleUp", "scaleDown"))
        if (up["type"], down["type"]) != ("Percent", "Pods"):
            raise ValueError(f"{path} must go up by a policy of Percent and down by one of Pods")
        return cls(
            spec["minReplicas"],
            spec["maxReplicas"],
            target=metric["resource"]["target"]["averageUtilization"] / 100,
            up_share=up["value"] / 100,
            up_s=up["periodSeconds"],
            down_pods=down["value"],
            down_s=down["periodSeconds"],
            stay_s=behavior["scaleDown"]["stabilizationWindowSeconds"],
        )

    def n_looks(self, long_s: float) -> int:
        """How often the autoscaler looks in so long."""
        return max(1, round(long_s / self.interval_s))


@dataclass(frozen=True)
class Callers:
    """upload_bits_per_s: of the median client, log-normal by spread. n_tries: then a client gives up."""

    upload_bits_per_s: float = 20e6
    spread: float = 0.8
    n_tries: int = 6

    def upload_s(self, length_s: float, dice: random.Random) -> float:
        """Of a song."""
        return 8 * BYTES_PER_S * length_s / (self.upload_bits_per_s * math.exp(dice.gauss(0, self.spread)))


@dataclass(frozen=True)
class Plan:
    """A day: what comes, to what."""

    work: SongWork
    limits: Limits
    scaling: Scaling
    traffic: Traffic
    callers: Callers


@dataclass
class Replica:
    """server: gets work once it is ready, until it is to go. seen_busy_s: when the autoscaler last looked."""

    server: ModelServer
    since_s: float
    ready_s: float
    is_leaving: bool = False
    seen_busy_s: float = 0.0


@dataclass
class Day:
    """What came of one. waits_s: of the songs heard, from the first try to the answer; burst_waits_s: of those."""

    n_came: int = 0
    n_refused_first: int = 0
    n_gave_up: int = 0
    waits_s: list[float] = field(default_factory=list)
    burst_waits_s: list[float] = field(default_factory=list)
    replica_s: float = 0.0
    busy_s: float = 0.0
    n_replicas: list[tuple[float, int]] = field(default_factory=list)  # since when, how many that stay
    n_inside_s: float = 0.0
    inside_s: float = 0.0

    def figures(self, n_cores: int) -> dict[str, float]:
        """By name."""
        return {
            "songs": float(self.n_came),
            "p50_s": percentile(self.waits_s, 0.5),
            "p95_s": percentile(self.waits_s, 0.95),
            "p99_s": percentile(self.waits_s, 0.99),
            "burst_p95_s": percentile(self.burst_waits_s, 0.95),
            "refused_percent": 100 * self.n_refused_first / self.n_came,
            "gave_up_percent": 100 * self.n_gave_up / self.n_came,
            "most_replicas": float(max(n for _, n in self.n_replicas)),
            "replica_h": self.replica_s / 3600,
            "core_h": n_cores * self.replica_s / 3600,
            "busy_percent": 100 * self.busy_s / (n_cores * self.replica_s),
        }


def figures_of(plan: Plan, seed: int) -> dict[str, float]:
    """Of one day."""
    return Fleet(plan, seed).run().figures(plan.limits.n_cores)


class Fleet:
    """All of it."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self._plan, self._env, self.day = plan, Environment(), Day()
        # Dice of their own: the same songs come, whatever the replicas do.
        self._arrivals, self._clients = random.Random(f"arrivals {seed}"), random.Random(f"clients {seed}")
        self._bursts = plan.traffic.bursts(self._arrivals)
        self._replicas: list[Replica] = []
        self._came_s: list[float] = []
        self._left_s: list[float] = []
        scaling = plan.scaling
        self._used = deque[float](maxlen=scaling.n_looks(scaling.window_s))
        self._wanted = deque[int](maxlen=scaling.n_looks(scaling.stay_s))

    def run(self) -> Day:
        """From midnight to midnight; who is inside then is answered."""
        for _ in range(self._plan.scaling.least):
            self._add(ready_s=0.0)
        self._env.process(self._come())
        if self._plan.scaling.most > self._plan.scaling.least:
            self._env.process(self._scale())
        self._env.run()
        for replica in self._replicas:
            self._count(replica, max(DAY_S, self._env.now))
        return self.day

    def _come(self) -> Process:
        for at_s in self._plan.traffic.arrivals(self._arrivals, self._bursts):
            yield self._env.timeout(max(0.0, at_s - self._env.now))
            self._env.process(self._be_client())

    def _be_client(self) -> Process:
        dice, callers, began_s = self._clients, self._plan.callers, self._env.now
        length_s = self._plan.traffic.length_s(dice)
        work = replace(self._plan.work(length_s, dice), upload_s=callers.upload_s(length_s, dice))
        self.day.n_came += 1
        for n_before in range(callers.n_tries):
            is_heard = yield from self._ready(dice).server.ask(work, self._plan.work.refusal)
            if is_heard:
                self.day.waits_s.append(self._env.now - began_s)
                if self._plan.traffic.is_burst(began_s, self._bursts):
                    self.day.burst_waits_s.append(self._env.now - began_s)
                return
            self.day.n_refused_first += n_before == 0
            yield self._env.timeout(RETRY_AFTER_S * dice.uniform(*LATER))
        self.day.n_gave_up += 1

    def _ready(self, dice: random.Random) -> Replica:
        return dice.choice([one for one in self._replicas if one.ready_s <= self._env.now and not one.is_leaving])

    def _scale(self) -> Process:
        scaling = self._plan.scaling
        while self._env.now < DAY_S:
            yield self._env.timeout(scaling.interval_s)
            self._used.append(sum(map(self._newly_busy_s, self._replicas)) / scaling.interval_s)
            self._let_go()
            used = statistics.fmean(self._used)
            wanted = math.ceil(used / (scaling.target * self._plan.limits.n_cores) - ROUNDING)
            self._wanted.append(min(scaling.most, max(scaling.least, wanted)))
            self._have(self._wanted[-1], max(self._wanted))

    def _have(self, at_least: int, at_most: int) -> None:
        """No fewer than are wanted now, no more than were wanted lately."""
        scaling, staying = self._plan.scaling, [one for one in self._replicas if not one.is_leaving]
        n_before = len(staying) - self._n_lately(self._came_s, scaling.up_s)
        for _ in range(min(at_least, math.floor(n_before * (1 + scaling.up_share))) - len(staying)):
            self._add(ready_s=self._env.now + scaling.schedule_s + scaling.start_s)
            self._came_s.append(self._env.now)
        may_go = scaling.down_pods - self._n_lately(self._left_s, scaling.down_s)
        for replica in staying[at_most:][: max(0, may_go)]:
            replica.is_leaving = True
            self._left_s.append(self._env.now)
            self._note_number()

    def _n_lately(self, times_s: list[float], within_s: float) -> int:
        return sum(self._env.now - at_s < within_s for at_s in times_s)

    def _add(self, ready_s: float) -> None:
        self._replicas.append(Replica(ModelServer(self._env, self._plan.limits), self._env.now, ready_s))
        self._note_number()

    def _note_number(self) -> None:
        self.day.n_replicas.append((self._env.now, sum(not one.is_leaving for one in self._replicas)))

    def _let_go(self) -> None:
        """Of those that are to go, who has nobody inside."""
        for replica in [one for one in self._replicas if one.is_leaving and not one.server.n_inside]:
            self._replicas.remove(replica)
            self._count(replica, self._env.now)

    def _newly_busy_s(self, replica: Replica) -> float:
        before_s, replica.seen_busy_s = replica.seen_busy_s, self._busy_s(replica)
        return replica.seen_busy_s - before_s

    def _busy_s(self, replica: Replica) -> float:
        replica.server.cores.settle()
        return replica.server.cores.busy_s

    def _count(self, replica: Replica, until_s: float) -> None:
        self.day.replica_s += until_s - replica.since_s
        self.day.busy_s += self._busy_s(replica)
        self.day.n_inside_s += replica.server.n_inside_s
        self.day.inside_s += replica.server.inside_s
