"""`cost`: a million songs of a catalogue, and of a day's traffic, at prices that are inputs."""

from __future__ import annotations

from functools import partial

from tests.load.table import markdown
from tests.planning.cost import HOUR_S, MILLION, Cost, Prices, cores_to_feed, gpu_songs_per_hour, of_catalogue, of_day
from tests.planning.gpu import windows_per_s_of_song
from tests.planning.job import Job, figures_of
from tests.planning.job_report import song_times
from tests.planning.replications import replicated
from tests.planning.server_report import day_of, disturbance, plans
from tests.planning.service_times import TWO, ServiceTimes
from tests.planning.tables import measured_on
from tests.planning.traffic import Traffic


def report(
    times: ServiceTimes, job: Job, traffic: Traffic, prices: Prices, n_replications: int, first_seed: int
) -> str:
    """All of it."""
    songs = song_times(times, traffic)
    of_job = replicated(partial(figures_of, job, songs), n_replications, first_seed)
    rows = [
        _row("catalogue, cores that are never idle", songs.mean_s * MILLION / HOUR_S,
             of_catalogue(songs.mean_s * job.songs / HOUR_S, job.songs, songs.bytes, prices)),
        _row(f"catalogue, {job.nodes} nodes as simulated", of_job["core_h"].mean / job.songs * MILLION,
             of_catalogue(of_job["core_h"].mean, job.songs, songs.bytes, prices)),
    ]  # fmt: skip
    if not times.is_disturbed:
        rows.append(_of_day(times, traffic, prices, n_replications, first_seed))
    head = ["a million songs", "core-hours", "cores", "reads", "a month's storage", "traffic to the internet"]
    return "\n\n".join([
        f"From service times of {measured_on(times)}; {n_replications} replications.",
        price_table(prices),
        markdown(head, rows),
        "Traffic to the internet of a catalogue is what it costs once where the songs lie in another region or cloud; "
        "in their own it is nothing. Clients' uploads cost nothing, answers do.",
        *([disturbance(times)] if times.is_disturbed else []),
        gpu_text(times, traffic, prices),
    ])  # fmt: skip


def _of_day(times: ServiceTimes, traffic: Traffic, prices: Prices, n_replications: int, first_seed: int) -> list[str]:
    """By the fleet that is shipped."""
    day = day_of(plans(times, traffic)[-1], n_replications, first_seed)
    core_h, n_songs, scaling = day.figures["core_h"].mean, day.figures["songs"].mean, day.plan.scaling
    cost = of_day(core_h, n_songs, times.answer_bytes(traffic.mean_s), prices)
    name = f"a day of {n_songs:,.0f} songs, {scaling.least} to {scaling.most} replicas, as simulated"
    return _row(name, core_h / n_songs * MILLION, cost)


def _row(name: str, core_h: float, cost: Cost) -> list[str]:
    dollars = (cost.cores, cost.reads, cost.storage_month, cost.egress)
    return [name, f"{core_h:,.0f}", *(f"${value:,.2f}" for value in dollars)]


def price_table(prices: Prices) -> str:
    """Each with the option that sets it."""
    words = {
        "core_hour": "a core for an hour", "gpu_hour": "a GPU for an hour", "gb_month": "a GB stored for a month",
        "egress_gb": "a GB to the internet or another region", "million_reads": "a million reads of the store",
    }  # fmt: skip
    rows = [[words[name], f"${price:g}", f"`--price-{name.replace('_', '-')}`"] for name, price in vars(prices).items()]
    return markdown(["price, assumed in November 2026", "US dollars", "set by"], rows)


def gpu_text(times: ServiceTimes, traffic: Traffic, prices: Prices) -> str:
    """Measured where there was one; else what one would have to do, and the formula."""
    mean_s = traffic.mean_s
    windows = mean_s * windows_per_s_of_song()
    feeding_s = sum(times.stage(stage, TWO)(mean_s) for stage in ("decode_s", "log_mel_s", "rest_s"))
    network_s = times.stage("network_s", TWO)(mean_s)
    formula = (
        f"A GPU that runs W windows a second hears 3600·W / {windows:.1f} songs of {mean_s:.0f} s an hour, if "
        f"{feeding_s:.3f} core-seconds a song are spent beside it on decoding and features; it saves the "
        f"{network_s:.3f} that the network takes on a core."
    )
    worth = prices.gpu_hour / prices.core_hour * HOUR_S / network_s if prices.core_hour else float("nan")
    needed = (
        f"At these prices it pays from {worth:,.0f} songs an hour on, {worth * windows / HOUR_S:,.0f} windows a "
        f"second, which {cores_to_feed(worth, feeding_s):,.0f} cores would have to feed."
    )
    if times.network["is_gpu"]:
        rate = gpu_songs_per_hour(times.network["windows_per_s"], windows)
        fed = cores_to_feed(rate, feeding_s)
        first = f"Measured on {times.network['device']}: {rate:,.0f} songs an hour, fed by {fed:,.0f} cores."
    else:
        first = (
            "There was no GPU, so songs an hour of one are not measured; where there is one, `measure` does. "
            f"One core alone runs {times.network['windows_per_s']:,.0f} windows a second."
        )
    return f"{first} {formula} {needed}"
