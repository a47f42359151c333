"""tests/planning/cores.py: fair shares, exactly where they can be worked out, and by theory where they cannot."""

from __future__ import annotations

import random

import pytest
from simpy import Environment

from tests.planning.cores import Cores
from tests.planning.server_model import Process


def ends_of(cores: Cores, env: Environment, *works: tuple[float, float, str]) -> list[float]:
    """When pieces of work end: when each begins, its core-seconds, its thread."""
    ends = [0.0] * len(works)

    def be(n: int, begin_s: float, work_s: float, thread: str) -> Process:
        yield env.timeout(begin_s)
        yield cores.run(work_s, thread)
        ends[n] = env.now

    for n, work in enumerate(works):
        env.process(be(n, *work))
    env.run()
    return ends


@pytest.mark.parametrize(
    ("n_cores", "crowding", "works", "ends"),
    [
        (1, 1.0, [(0, 1, ""), (0, 3, "")], [2, 4]),
        (1, 1.0, [(0, 2, ""), (1, 0.5, "")], [2.5, 2]),
        (2, 1.0, [(0, 1, ""), (0, 3, "")], [1, 3]),
        (2, 1.0, [(0, 1, ""), (0, 1, ""), (0, 1, "")], [1.5, 1.5, 1.5]),
        (2, 1.25, [(0, 1, ""), (0, 1, "")], [1.25, 1.25]),
        (2, 1.25, [(0, 1, "")], [1]),
        (2, 1.0, [(0, 1, "loop"), (0, 2, "loop"), (1, 3, "")], [2, 3, 4]),
        (2.5, 1.0, [(0, 1, "")] * 5, [2] * 5),
        (1, 1.0, [(0, 0, "")], [0]),
    ],
)
def test_cores_are_shared_fairly(
    n_cores: float, crowding: float, works: list[tuple[float, float, str]], ends: list[float]
) -> None:
    env = Environment()
    assert ends_of(Cores(env, n_cores, crowding), env, *works) == pytest.approx(ends)


def test_who_calls_off_leaves_its_share_to_others() -> None:
    env = Environment()
    cores = Cores(env, 1)
    unwanted = cores.run(5)

    def call_off() -> Process:
        yield env.timeout(2)
        cores.call_off(unwanted)
        cores.call_off(unwanted)

    env.process(call_off())
    assert ends_of(cores, env, (0, 3, ""), (4, 1, "")) == pytest.approx([4, 5])
    assert cores.busy_s == pytest.approx(5)


@pytest.mark.parametrize("kind", ["exponential", "two lengths"])
def test_waiting_under_processor_sharing_is_as_in_theory(kind: str) -> None:
    """M/G/1-PS: the mean time is E[S] / (1 - load), however the lengths are spread; Kleinrock 1976, 4.4."""
    env, dice, times_s, load = Environment(), random.Random(3), list[float](), 0.6
    cores = Cores(env, 1)

    def song() -> Process:
        began_s = env.now
        yield cores.run(dice.expovariate(1) if kind == "exponential" else dice.choice((0.2, 1.8)))
        times_s.append(env.now - began_s)

    def come() -> Process:
        for _ in range(6_000):
            yield env.timeout(dice.expovariate(load))
            env.process(song())

    env.process(come())
    env.run()
    assert sum(times_s) / len(times_s) == pytest.approx(1 / (1 - load), rel=0.07)
    assert cores.busy_s / env.now == pytest.approx(load, rel=0.04)


def test_no_core_is_no_machine() -> None:
    with pytest.raises(ValueError, match="cores are 0 and crowding 1"):
        Cores(Environment(), 0)
