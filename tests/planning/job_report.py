"""`simulate job`: the small jobs that were run, and a hundred nodes with shards of several sizes."""

from __future__ import annotations

import json
import math
import random
import statistics
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.load.table import markdown
from tests.planning.job import Job, JobRunner, SongTimes, figures_of
from tests.planning.replications import Interval, replicated
from tests.planning.service_times import ONE, PAGE, TWO, JobRun, ServiceTimes
from tests.planning.tables import measured_on
from tests.planning.traffic import Traffic

RAY_COSTS = PAGE.with_name("catalogue.json")
SHARDS = (64, 500, 5000)
TAG_WAVE_SHARDS = 10_000  # of `genrescope tag --ray`, whose shards are of 64 songs unless said otherwise
N_DRAWN = 4000


def report(times: ServiceTimes, job: Job, n_replications: int, first_seed: int) -> str:
    """All of it."""
    songs = song_times(times, Traffic())
    seeds = f"{n_replications} replications, seeds {first_seed} to {first_seed + n_replications - 1}"
    found = {name: replicated(partial(figures_of, one, songs), n_replications, first_seed)
             for name, one in variants(job).items()}  # fmt: skip
    return "\n\n".join([
        f"From service times of {measured_on(times)}; {seeds}, ± is the 95 % interval of the mean.",
        check_table(times),
        *beside_ray(times),
        assumptions(job, songs),
        variant_table(found),
    ])  # fmt: skip


def variants(job: Job) -> dict[str, Job]:
    """What is changed of a job, one thing at a time, to see what it does."""
    as_it_is = {
        f"shards of 64, waves of {TAG_WAVE_SHARDS:,}": replace(job, shard_songs=64, wave_shards=TAG_WAVE_SHARDS)
    }
    by_shard = {f"shards of {n:,} songs": replace(job, shard_songs=n) for n in SHARDS}
    return (
        as_it_is
        | by_shard
        | {
            "no node dies": replace(job, mtbf_h=math.inf),
            "nodes die every 5 h": replace(job, mtbf_h=5.0),
            "no slow nodes": replace(job, slow_share=0.0),
            "a fifth of nodes slow": replace(job, slow_share=0.2),
            "a store of a quarter": replace(job, store=job.store / 4),
            "half the nodes": replace(job, nodes=max(1, job.nodes // 2)),
        }
    )


def song_times(times: ServiceTimes, traffic: Traffic) -> SongTimes:
    """Of songs of a catalogue: all lengths that a day's have, each core beside busy ones."""
    dice, cpu = random.Random(0), times.cpu(TWO)
    lengths_s = [traffic.length_s(dice) for _ in range(N_DRAWN)]
    drawn_s = [dice.choice(times.factors) * cpu(length_s) for length_s in lengths_s]
    bytes_per_s = statistics.fmean(times.bytes[name] / length_s for name, length_s in times.lengths_s.items())
    return SongTimes(statistics.fmean(drawn_s), statistics.stdev(drawn_s), bytes_per_s * statistics.fmean(lengths_s))


def simulated_run_s(times: ServiceTimes, run: JobRun) -> float:
    """How long a job that was run takes in the model: each song as long as songs of its length took on average.

    One worker left the other core idle; two did not.
    """
    heard = times.heard[ONE if run.n_workers == 1 else TWO]
    mean_s = {name: statistics.fmean(song.wall_s for song in songs) for name, songs in heard.items()}
    works_s = [
        sum(mean_s[name] for name in run.songs[n : n + run.shard_songs])
        for n in range(0, len(run.songs), run.shard_songs)
    ]
    small = Job(
        songs=len(run.songs), shard_songs=run.shard_songs, nodes=1, cores=run.n_workers, mtbf_h=math.inf,
        ramp_s=0, shard_s=0, slow_share=0, store=1e15, node=1e15,
    )  # fmt: skip
    return JobRunner(small, SongTimes(1.0, 0.0, 1.0), 0, works_s).run().took_s


def check_table(times: ServiceTimes) -> str:
    """Measured and simulated."""
    rows = []
    for run in times.jobs:
        simulated_s = simulated_run_s(times, run)
        rows.append([
            str(run.n_workers), str(len(run.songs)), str(run.shard_songs), f"{run.took_s:.2f} s",
            f"{simulated_s:.2f} s", f"{100 * (simulated_s / run.took_s - 1):+.1f} %",
        ])  # fmt: skip
    if len(times.jobs) == 2:
        one, two = times.jobs
        measured, simulated = one.took_s / two.took_s, simulated_run_s(times, one) / simulated_run_s(times, two)
        rows.append(["1 to 2", "", "", f"{measured:.2f} times", f"{simulated:.2f} times",
                     f"{100 * (simulated / measured - 1):+.1f} %"])  # fmt: skip
    return markdown(["workers", "songs", "a shard", "measured", "simulated", "error"], rows)


def beside_ray(times: ServiceTimes, path: Path = RAY_COSTS) -> list[str]:
    """What `python -m tests.catalogue costs` has measured of the same songs' stages, where it has."""
    if not path.exists():
        return []
    found, length_s = json.loads(path.read_text(encoding="utf-8")), 240.0
    theirs_s = sum(
        length_s / 60 * found[f"{stage}_core_s_per_audio_min"] + found[f"{stage}_core_s_per_song"]
        for stage in ("decode_mel", "inference")
    )
    ours_s = times.cpu(TWO)(length_s)
    return [
        f"Four minutes of song take {theirs_s:.3f} core-seconds by `genrescope tag --ray`'s own measurement "
        f"([evidence/catalogue.json](evidence/catalogue.json)), and {ours_s:.3f} by this one "
        f"({100 * (ours_s / theirs_s - 1):+.0f} %)."
    ]


def assumptions(job: Job, songs: SongTimes) -> str:
    """What nobody has measured here, and what was."""
    rows = [
        ["songs", f"{job.songs:,}, of the day's lengths, {songs.bytes / 1e6:.1f} MB each", "assumed"],
        ["core-seconds a song", f"{songs.mean_s:.3f}, standard deviation {songs.deviation_s:.3f}",
         "measured, both cores at work; lengths assumed"],
        ["nodes", f"{job.nodes} of {job.cores} cores, the last there after {job.ramp_s / 60:.0f} min", "assumed"],
        ["a node dies", f"every {job.mtbf_h:g} h, another is there after {job.replace_s / 60:.0f} min", "assumed"],
        ["slow nodes", f"{100 * job.slow_share:.0f} %, {job.slow_factor:g} times as long", "assumed"],
        ["the store", f"{job.store / 1e9:g} GB/s to all, {job.node / 1e9:g} GB/s to a node", "assumed"],
        ["a shard besides its songs", f"{job.shard_s:g} s: to be begun, and to be written", "assumed"],
        ["between waves, where there are any", f"{job.wave_s:g} s until workers are there", "measured, at a high load"],
        ["shards", f"{job.shard_songs:,} songs unless said otherwise", "chosen"],
    ]  # fmt: skip
    return markdown(["what", "how much", "from where"], rows)


def variant_table(found: Mapping[str, Mapping[str, Interval]]) -> str:
    """A variant a line."""
    rows = [
        [name, figures["hours"].text(2), f"{figures['songs_per_s'].mean:,.0f}",
         *(figures[one].text(1) for one in ("computing_percent", "tail_percent")), figures["lost_percent"].text(2),
         *(figures[one].text(1) for one in ("deaths", "retries")), f"{figures['core_h'].mean:,.0f}"]
        for name, figures in found.items()
    ]  # fmt: skip
    head = ["changed", "hours", "songs/s", "cores computing, %", "time for the last 1 %, %", "work lost, %", "deaths",
            "shards again", "core-hours"]  # fmt: skip
    return markdown(head, rows)
