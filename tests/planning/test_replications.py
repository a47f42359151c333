"""tests/planning/replications.py: what is told of several runs."""

from __future__ import annotations

import math
import random

import pytest

from tests.planning.replications import Interval, replicated


def thrown(seed: int) -> dict[str, float]:
    return {"seed": float(seed), "dice": random.Random(seed).gauss(5, 1)}


def test_an_interval_is_students() -> None:
    found = Interval.of([1, 2, 3, 4, 5])
    assert (found.mean, found.half) == pytest.approx((3, 1.9632), abs=1e-4)
    assert found.text() == "3.00 ± 1.96"


def test_intervals_hold_the_mean_as_often_as_they_say() -> None:
    dice = random.Random(1)
    found = [Interval.of([dice.gauss(5, 1) for _ in range(20)]) for _ in range(2000)]
    share = sum(abs(one.mean - 5) <= one.half for one in found) / len(found)
    assert share == pytest.approx(0.95, abs=0.015)


def test_what_was_not_there_is_left_out() -> None:
    assert Interval.of([math.nan, 2.0]).text() == "2.00"
    assert Interval.of([math.nan]).text() == "–"


def test_seeds_follow_one_another_and_give_the_same_again() -> None:
    found = replicated(thrown, 5, first_seed=10)
    assert found["seed"].mean == 12
    assert found == replicated(thrown, 5, first_seed=10)
    assert found != replicated(thrown, 5, first_seed=11)


def test_one_replication_is_no_interval() -> None:
    with pytest.raises(ValueError, match="1 replications: an interval needs 2"):
        replicated(thrown, 1)
