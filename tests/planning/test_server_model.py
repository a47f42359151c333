"""tests/planning/server_model.py: where the model is one that theory knows, it does what theory says.

M/M/c and M/M/c/c (Erlang 1917): songs come by chance, each takes one core for an exponential time.
"""

from __future__ import annotations

import math
import random

import pytest
from simpy import Environment

from tests.load.figures import summary
from tests.planning.closed_loop import closed_loop
from tests.planning.server_model import Limits, ModelServer, Process, Refusal, Work

N_SONGS = 5_000
MANY = 10**9


def one_core_work(dice: random.Random) -> Work:
    return Work(0, 0, (dice.expovariate(1),))


def open_server(limits: Limits, songs_per_s: float, seed: int = 0) -> tuple[ModelServer, list[float]]:
    """After many songs of one core-second on average that came by chance, and the times of those heard."""
    env, dice, times_s = Environment(), random.Random(seed), list[float]()
    server = ModelServer(env, limits)

    def song() -> Process:
        began_s = env.now
        if (yield from server.ask(one_core_work(dice), Refusal())):
            times_s.append(env.now - began_s)

    def come() -> Process:
        for _ in range(N_SONGS):
            yield env.timeout(dice.expovariate(songs_per_s))
            env.process(song())

    env.process(come())
    env.run()
    return server, times_s


def erlang_b(n_cores: int, offered: float) -> float:
    """The share that finds no core."""
    terms = [offered**k / math.factorial(k) for k in range(n_cores + 1)]
    return terms[-1] / sum(terms)


def mean_time_s(n_cores: int, songs_per_s: float) -> float:
    """Of M/M/c with songs of one core-second, by Erlang's C."""
    blocked, load = erlang_b(n_cores, songs_per_s), songs_per_s / n_cores
    waits = blocked / (1 - load * (1 - blocked))
    return 1 + waits / (n_cores - songs_per_s)


@pytest.mark.parametrize(("n_cores", "songs_per_s"), [(1, 0.5), (2, 1.4), (4, 3.0)])
def test_times_are_those_of_theory(n_cores: int, songs_per_s: float) -> None:
    _, times_s = open_server(Limits(n_cores, n_cores, MANY), songs_per_s)
    assert len(times_s) == N_SONGS
    assert sum(times_s) / N_SONGS == pytest.approx(mean_time_s(n_cores, songs_per_s), rel=0.08)


def test_refusals_are_those_of_theory() -> None:
    server, times_s = open_server(Limits(2, 2, 0), 1.5)
    assert server.n_refused + len(times_s) == N_SONGS
    assert server.n_refused / N_SONGS == pytest.approx(erlang_b(2, 1.5), rel=0.07)


def test_songs_inside_are_rate_times_time() -> None:
    """Little's law; what is integrated over time and what songs took are counted apart."""
    server, times_s = open_server(Limits(2, 2, 3), 1.9)
    assert server.n_inside == 0
    assert server.n_inside_s == pytest.approx(sum(times_s)) == pytest.approx(server.inside_s)


@pytest.mark.parametrize(
    ("work", "took_s"),
    [
        (Work(0, 0, (2, 1)), 2),  # side by side
        (Work(0, 0, (2, 1), alone=1.0), 3),
        (Work(0, 0, (2, 1), alone=0.5), 2.5),
        (Work(0, 0, (1, 1, 1)), 1.5),  # on two cores
        (Work(1, 2, (1,), idle_s=0.5, upload_s=4), 7.5),
    ],
)
def test_stages_overlap_but_for_what_does_not(work: Work, took_s: float) -> None:
    answers, _ = closed_loop(Limits(2, 2), lambda _: work, Refusal(), 1, 0.1, 0)
    assert [answer.took_s for answer in answers] == pytest.approx([took_s])


def test_those_without_a_place_are_told_to_come_back_later() -> None:
    limits = Limits(2, 2, 3)
    answers, _ = closed_loop(limits, lambda _: Work(0, 0, (1,)), Refusal(0, 0.01), 8, 0.1, 0)
    assert [answer.retry_after_s for answer in answers if answer.is_refusal] == [2.0] * 3
    assert summary(answers).n_right == 5
    assert [answer.ended_s for answer in answers if answer.is_right] == pytest.approx([1, 1, 2, 2, 3], abs=0.1)


def test_what_clients_do_on_our_cores_takes_from_ours() -> None:
    apart = closed_loop(Limits(1, 1), lambda _: Work(0, 0, (1,)), Refusal(), 4, 50, 0)[0]
    beside = closed_loop(Limits(1, 1), lambda _: Work(1, 0, (1,)), Refusal(), 4, 50, 0)[0]
    assert summary(apart).songs_per_s == pytest.approx(1)
    assert summary(beside).songs_per_s == pytest.approx(0.5, rel=0.07)


@pytest.mark.parametrize("limits", [{"n_cores": 0}, {"max_analyses": 0}, {"max_waiting": -1}])
def test_a_server_that_can_hear_nothing_is_named(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a server needs a core"):
        Limits(**limits)
