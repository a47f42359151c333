"""tests/planning/day.py, traffic.py: no song is lost, and replicas come and go as their rules say."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest

from tests.planning.calibration import SongWork
from tests.planning.day import AUTOSCALER, Callers, Fleet, Plan, Scaling, figures_of
from tests.planning.server_model import Limits, Refusal
from tests.planning.service_times import Line
from tests.planning.traffic import DAY_S, Traffic

NOTHING = Line(0, 0)
A_SECOND = SongWork((1.0,), (Line(1.0, 0),), NOTHING, NOTHING, NOTHING, Refusal())
QUIET = Traffic(songs=2000, n_bursts=0)
FAST = Callers(upload_bits_per_s=1e12)
PLAN = Plan(A_SECOND, Limits(1, 1, 2), Scaling(1, 1), QUIET, FAST)
BURSTS = replace(PLAN, traffic=Traffic(songs=2000, n_bursts=2, burst_factor=60))


def test_a_day_has_the_songs_that_it_is_said_to_have() -> None:
    came = list(Traffic(songs=20_000).arrivals(random.Random(0), []))
    assert len(came) == pytest.approx(20_000, abs=3 * 20_000**0.5)
    assert came == sorted(came)
    assert 0 < came[0] < came[-1] < DAY_S
    by_night, in_the_evening = (sum(h <= at_s / 3600 < h + 3 for at_s in came) for h in (2, 19))
    assert in_the_evening > 5 * by_night


def test_bursts_have_so_many_times_the_rate() -> None:
    traffic, begin_s = Traffic(songs=20_000, burst_factor=10), 12 * 3600.0
    came = list(traffic.arrivals(random.Random(0), [begin_s]))
    before, within = (sum(at <= at_s < at + 600 for at_s in came) for at in (begin_s - 600, begin_s))
    assert within == pytest.approx(10 * before, rel=0.3)
    assert traffic.rate(begin_s, [begin_s]) == pytest.approx(10 * traffic.rate(begin_s, []))


def test_who_comes_is_heard_or_gives_up() -> None:
    day = Fleet(BURSTS, 1).run()
    assert len(day.waits_s) + day.n_gave_up == day.n_came
    assert day.n_gave_up > 0
    assert day.n_refused_first >= day.n_gave_up
    assert 0 < len(day.burst_waits_s) < len(day.waits_s)


def test_songs_inside_are_rate_times_time() -> None:
    """Little's law, over all replicas, those that are gone, too."""
    day = Fleet(replace(BURSTS, scaling=Scaling(1, 8)), 1).run()
    assert day.n_inside_s == pytest.approx(day.inside_s)
    assert day.inside_s >= len(day.waits_s)


def test_replicas_come_for_a_burst_and_go_afterwards() -> None:
    fixed, scaled = (Fleet(replace(BURSTS, scaling=scaling), 1).run() for scaling in (Scaling(1, 1), Scaling(1, 8)))
    assert fixed.replica_s == pytest.approx(DAY_S, rel=1e-3)
    assert max(n for _, n in scaled.n_replicas) > 1
    assert DAY_S < scaled.replica_s < 1.2 * DAY_S
    assert scaled.n_gave_up < fixed.n_gave_up
    assert scaled.n_came == fixed.n_came  # the same songs, whatever the replicas do


def test_replicas_come_and_go_no_faster_than_they_may() -> None:
    scaling = Scaling(1, 8, up_share=1.0, up_s=120, down_pods=1, down_s=240)
    traffic = Traffic(songs=2000, n_bursts=3, burst_factor=200)
    day = Fleet(replace(PLAN, scaling=scaling, traffic=traffic), 1).run()
    assert max(n for _, n in day.n_replicas) >= 4
    for (before_s, before), (after_s, after) in combinations(day.n_replicas, 2):
        if after_s - before_s < 120:
            assert after <= 2 * before
        if after_s - before_s < 240:
            assert after >= before - 1


def test_the_shipped_autoscaler_is_the_one_that_is_planned_with() -> None:
    text = AUTOSCALER.read_text()
    shipped = Scaling.shipped()
    assert f"minReplicas: {shipped.least}\n" in text
    assert f"maxReplicas: {shipped.most}\n" in text
    assert f"averageUtilization: {shipped.target * 100:.0f}\n" in text
    assert f"stabilizationWindowSeconds: {shipped.stay_s}\n" in text


def test_nobody_is_sent_to_a_replica_before_it_is_ready() -> None:
    never = replace(BURSTS, scaling=Scaling(1, 8, start_s=2 * DAY_S))
    late, fixed = Fleet(never, 1).run(), Fleet(BURSTS, 1).run()
    assert late.n_gave_up == fixed.n_gave_up
    assert late.replica_s > fixed.replica_s


def test_a_day_is_the_same_by_its_seed() -> None:
    few = replace(PLAN, traffic=Traffic(songs=300, n_bursts=1))
    assert figures_of(few, 5) == figures_of(few, 5) != figures_of(few, 6)


@pytest.mark.parametrize("change", [{"songs": 0}, {"burst_factor": 0.5}, {"n_bursts": -1}, {"burst_s": DAY_S}])
def test_traffic_that_cannot_be_is_named(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a day has songs above 0"):
        Traffic(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"least": 0}, {"least": 5}, {"target": 0.0}])
def test_scaling_that_cannot_be_is_named(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="1 <= least <= most"):
        Scaling(**({"least": 1, "most": 4} | change))  # type: ignore[arg-type]
