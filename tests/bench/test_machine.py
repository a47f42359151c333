"""What the bench says of the machine."""

from __future__ import annotations

import os

import pytest

from tests.bench.machine import machine, parallel_gain


def test_the_cores_that_we_may_use_are_counted() -> None:
    assert machine()["n_cores"] == len(os.sched_getaffinity(0))


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: there is nothing to gain")
def test_on_one_core_nothing_is_gained_by_working_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.sched_getaffinity(0)
    monkeypatch.setattr("tests.bench.machine.usable_cores", lambda: 2)
    os.sched_setaffinity(0, {min(mine)})
    try:
        assert parallel_gain() < 1.5
    finally:
        os.sched_setaffinity(0, mine)
