"""What the bench says of the machine."""

from __future__ import annotations

import os

import pytest

from tests.bench.machine import machine, parallel_gain


def test_the_cores_that_we_may_use_are_counted() -> None:
    assert machine()["n_cores"] == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("seconds_for_four", "gain"), [(1.0, 4), (2.0, 2), (4.0, 1)])
def test_gain_is_the_work_of_all_cores_in_those_of_one(
    monkeypatch: pytest.MonkeyPatch, seconds_for_four: float, gain: float
) -> None:
    monkeypatch.setattr("tests.bench.machine.usable_cores", lambda: 4)
    monkeypatch.setattr("tests.bench.machine._seconds", lambda _, n: {1: 1.0, 4: seconds_for_four}[n])
    assert parallel_gain() == gain


def test_gain_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.machine.LOOP", 1000)
    assert parallel_gain() > 0
