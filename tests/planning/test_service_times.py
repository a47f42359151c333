"""tests/planning: what is drawn from measured songs, and what songs and requests are measured to take."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from tests.bench.songs import Song
from tests.planning.calibration import calibrated
from tests.planning.check import settings_limits
from tests.planning.closed_loop import closed_loop
from tests.planning.gpu import network_rate
from tests.planning.rows import Row, refusal_cost, rows_of
from tests.planning.server_model import Refusal
from tests.planning.service_times import FREE, ONE, TWO, Line, ServiceTimes, ServiceTimesError, fitted
from tests.planning.stages import STAGES, Heard, Listener
from tests.support import SONGS, ServerProcess

BLUES = Song("blues", SONGS / "blues.mp3", 14.7, 44_100)


def test_a_line_goes_through_what_lies_on_one() -> None:
    line = fitted({30.0: 0.05, 60.0: 0.08, 600.0: 0.62})
    assert (line.fixed, line.per_s) == pytest.approx((0.02, 0.001))
    assert fitted({30.0: 0.0, 240.0: 0.01})(240.0) == pytest.approx(0.01)
    assert Line(-1.0, 0.001)(10) == 0


def test_songs_differ_as_measured_ones_did_and_mean_the_same() -> None:
    times = ServiceTimes.read()
    assert statistics.fmean(times.factors) == pytest.approx(1)
    assert len(times.factors) == sum(map(len, times.heard[ONE].values()))


def test_crowding_is_how_much_more_songs_took_side_by_side() -> None:
    times = ServiceTimes.read()
    alone = {name: [Heard(0.1, 0.1, 0.1, 0.1, 1.0)] for name in times.lengths_s}
    beside = {name: [Heard(0.12, 0.12, 0.12, 0.12, 1.0)] for name in times.lengths_s}
    assert replace(times, heard={ONE: alone, TWO: beside, FREE: alone}).crowding == pytest.approx(1.2)


@pytest.mark.parametrize("p50_s", [0.06, 0.09, 0.5])
def test_one_client_waits_in_the_model_as_it_did(p50_s: float) -> None:
    """0.5 s is more than all work one after the other: something idle is waited for."""
    times = ServiceTimes.read()
    heard = {mode: {name: [Heard(0.04, 0.02, 0.03, 0.0, 0.1)] for name in times.lengths_s} for mode in (ONE, TWO, FREE)}
    row = Row("30 s", 1, 10.0, 100, 0, 0, 10.0, p50_s, p50_s, 9.5, 0.4, 0.0, 4000)
    limits = settings_limits(2)
    work = calibrated(replace(times, heard=heard, rows=[row]), "30 s", limits).work
    assert work.receive_s == pytest.approx(0.005)
    assert work.stages_s == pytest.approx((0.04, 0.02, 0.03))
    assert (work.idle_s > 0) == (p50_s == 0.5)
    answers, _ = closed_loop(replace(limits, crowding=1.0), lambda _: work, Refusal(), 1, 0.1, 0)
    assert answers[0].took_s == pytest.approx(p50_s, rel=0.02)


def test_a_row_that_was_not_measured_is_named() -> None:
    with pytest.raises(ServiceTimesError, match="no load of 7 clients with a song of 30 s"):
        ServiceTimes.read().row("30 s", 7)


def test_each_stage_of_a_song_takes_some_time() -> None:
    listener = Listener()
    listener.hear(BLUES.path)
    heard = listener.hear(BLUES.path)
    assert min(getattr(heard, stage) for stage in STAGES) > 0
    assert heard.cpu_s < 2.5 * heard.wall_s  # of two cores


def test_the_network_runs_alone_at_some_rate() -> None:
    assert network_rate(0.1).windows_per_s > 1


def test_requests_cost_both_sides_something_and_leave_their_places(ready_server: ServerProcess) -> None:
    limits = settings_limits(2)
    cost = refusal_cost(ready_server, BLUES, limits.max_analyses + limits.max_waiting)
    assert cost.server_cpu_s > 0
    assert cost.clients_cpu_s > 0
    row = next(rows_of(ready_server, BLUES, level_s=0.3))
    assert (row.n_clients, row.n_refused, row.n_other) == (1, 0, 0)
    assert row.n_right > 0
    assert row.server_cpu_s > cost.server_cpu_s
