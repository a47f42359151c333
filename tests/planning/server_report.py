"""`simulate server`: the check against the load test, and days of a site on fleets of several kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tests.load.table import markdown, seconds
from tests.planning.calibration import song_work
from tests.planning.check import compared, settings_limits
from tests.planning.day import Callers, Plan, Scaling, figures_of
from tests.planning.replications import Interval, replicated
from tests.planning.service_times import ServiceTimes
from tests.planning.tables import check_table, measured_on
from tests.planning.traffic import Traffic

REPLICA_CORES = 2  # as many as were measured
FIXED = (2, 4)
LEAST = (1, 4)  # instead of the shipped autoscaler's, which is the last, and the one whose cost is told


@dataclass(frozen=True)
class DayRow:
    """A fleet's days: figures by name."""

    plan: Plan
    figures: Mapping[str, Interval]


def report(times: ServiceTimes, traffic: Traffic, n_replications: int, first_seed: int) -> str:
    """All of it."""
    seeds = f"{n_replications} replications, seeds {first_seed} to {first_seed + n_replications - 1}"
    parts = [
        f"From service times of {measured_on(times)}; {seeds}, ± is the 95 % interval of the mean.",
        check_table(compared(times, n_replications, first_seed)),
        "¹ What the model was calibrated on; the other rows are predicted.",
    ]
    if times.is_disturbed:
        return "\n\n".join([*parts, disturbance(times)])
    rows = [day_of(plan, n_replications, first_seed) for plan in plans(times, traffic)]
    return "\n\n".join([*parts, assumptions(rows[-1].plan), day_table(rows)])


def disturbance(times: ServiceTimes) -> str:
    """What is said instead of days, where what one client waited for was others' work."""
    return (
        f"Other work had up to {times.others_cores:.1f} of the {times.machine['n_cores']} cores while this load was "
        "measured, and the model knows nothing of it: core-seconds hold, but the clock is no check of the model, and "
        "days are not planned from it. Measure anew on a quiet machine."
    )


def plans(times: ServiceTimes, traffic: Traffic) -> list[Plan]:
    """A fleet each, the same songs at the same times for all."""
    limits = replace(settings_limits(REPLICA_CORES), crowding=times.crowding)
    work = song_work(times, settings_limits(REPLICA_CORES))
    shipped = replace(Scaling.shipped(), start_s=times.start_s)
    fixed = [replace(shipped, least=n, most=n) for n in FIXED]
    others = [replace(shipped, least=n) for n in LEAST]
    return [Plan(work, limits, fleet, traffic, Callers()) for fleet in (*fixed, *others, shipped)]


def day_of(plan: Plan, n_replications: int, first_seed: int) -> DayRow:
    """Many days of one fleet."""
    return DayRow(plan, replicated(partial(figures_of, plan), n_replications, first_seed))


def day_table(rows: Sequence[DayRow]) -> str:
    """A fleet a line."""
    lines = []
    for row in rows:
        found, scaling = row.figures, row.plan.scaling
        is_fixed = scaling.least == scaling.most
        lines.append([
            f"{scaling.least}, all day" if is_fixed else f"{scaling.least} to {scaling.most}",
            *(seconds(found[name].mean) for name in ("p50_s", "p95_s", "p99_s", "burst_p95_s")),
            *(found[name].text(2) for name in ("refused_percent", "gave_up_percent")),
            *(found[name].text(1) for name in ("most_replicas", "replica_h", "busy_percent")),
        ])  # fmt: skip
    head = ["replicas", "p50", "p95", "p99", "p95 in bursts", "refused at first, %", "gave up, %", "most replicas",
            "replica-hours", "cores busy, %"]  # fmt: skip
    return markdown(head, lines)


def assumptions(plan: Plan) -> str:
    """What nobody has measured here, and what was."""
    traffic, callers, scaling, limits = plan.traffic, plan.callers, plan.scaling, plan.limits
    rows = [
        ["songs a day", f"{traffic.songs:,.0f} and the bursts'", "assumed: 2 % of a million visitors send one"],
        ["over the day", "most at 21 h, least at 4 h, 9.9 to 1", "assumed, tests/planning/traffic.py"],
        ["bursts a day", f"{traffic.n_bursts}, {traffic.burst_s / 60:.0f} min at {traffic.burst_factor:g} times the "
         "rate, at any time", "assumed"],
        ["songs", f"median {traffic.median_s:.0f} s, log-normal by {traffic.spread:g}, {traffic.shortest_s:.0f} s to "
         f"{traffic.longest_s / 60:.0f} min, 192 kb/s MP3", "assumed"],
        ["a client's upload", f"median {callers.upload_bits_per_s / 1e6:.0f} Mbit/s, log-normal by {callers.spread:g}",
         "assumed"],
        ["who is refused", f"comes back after Retry-After, gives up after {callers.n_tries} tries", "assumed"],
        ["a replica", f"{limits.n_cores} cores, {limits.max_analyses} analyses at a time, {limits.max_waiting} more "
         "places", "the server's defaults"],
        ["core-seconds a song", "by its length, and crowding " f"{limits.crowding:.2f}", "measured"],
        ["a new replica", f"is scheduled after {scaling.schedule_s:.0f} s, and ready {scaling.start_s:.1f} s later",
         "assumed; measured"],
        ["autoscaling", f"to {100 * scaling.target:.0f} % of CPU; up by {100 * scaling.up_share:.0f} % within "
         f"{scaling.up_s:.0f} s, down by {scaling.down_pods} within {scaling.down_s:.0f} s and after "
         f"{scaling.stay_s / 60:.0f} min", "deploy/kubernetes/base/autoscaler.yaml"],
        ["its measurements", f"of the last {scaling.window_s:.0f} s, looked at every {scaling.interval_s:.0f} s",
         "Kubernetes' defaults"],
    ]  # fmt: skip
    return markdown(["what", "how much", "from where"], rows)
