"""`measure`: service times, scaling, the load test's rows and a small job, all on this machine and close in time."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from model.cores import usable_cores
from server.settings import Settings
from tests.bench.machine import machine
from tests.bench.songs import Song, made_songs
from tests.load.measure import SONGS_FOLDER, server_of
from tests.planning.gpu import network_rate
from tests.planning.rows import RefusalCost, Row, refusal_cost, rows_of
from tests.planning.service_times import FREE, ONE, TWO, JobRun, ServiceTimes
from tests.planning.stages import Heard, Worker, heard_by, workers_on

JOB_SHARD_SONGS = 4


@dataclass(frozen=True)
class MeasurePlan:
    """lengths_s: of songs, load_lengths_s of those under load. at_least_s: of a song in a mode and a round."""

    lengths_s: tuple[int, ...] = (30, 120, 240, 600)
    load_lengths_s: tuple[int, ...] = (30, 240)
    n_rounds: int = 4
    at_least_s: float = 1.0
    level_s: float = 12.0
    n_job_songs: int = 60


FULL = MeasurePlan()


def measure(plan: MeasurePlan = FULL) -> ServiceTimes:
    """Needs two cores. Raises RuntimeError where there are fewer."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise RuntimeError(f"{usable_cores()} core is there, two are needed to measure what two do at once")
    songs = made_songs(SONGS_FOLDER, plan.lengths_s)
    here: dict[str, Any] = {**machine(), "when": time.strftime("%Y-%m-%d %H:%M"), "load_before": os.getloadavg()}
    with workers_on([cores[0]], [cores[1]], cores[:2]) as (first, second, free):
        modes = {ONE: [first], TWO: [first, second], FREE: [free]}
        heard = _heard(modes, songs, plan)
        jobs = [run_job(workers, songs[:3], plan.n_job_songs) for workers in ([first], [first, second])]
    rows, refusals, start_s = _under_load(
        [song for song in songs if round(song.duration_s) in plan.load_lengths_s], plan
    )
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _on_one_core, (cores[0],)) as pool:
        rate = pool.submit(network_rate).result()
    network = {"device": rate.device, "is_gpu": rate.is_gpu, "windows_per_s": round(rate.windows_per_s, 1)}
    return ServiceTimes(
        machine={**here, "load_after": os.getloadavg()},
        lengths_s={song.name: song.duration_s for song in songs},
        bytes={song.name: song.path.stat().st_size for song in songs},
        heard=heard,
        rows=rows,
        refusals=refusals,
        jobs=jobs,
        start_s=round(start_s, 2),
        network=network,
    )


def _on_one_core(core: int) -> None:
    os.sched_setaffinity(0, {core})


def _heard(
    modes: dict[str, list[Worker]], songs: Sequence[Song], plan: MeasurePlan
) -> dict[str, dict[str, list[Heard]]]:
    """Modes take turns, so that a machine that gets slower does so for all of them."""
    found: dict[str, dict[str, list[Heard]]] = {mode: {song.name: [] for song in songs} for mode in modes}
    for _ in range(plan.n_rounds):
        for song in songs:
            for mode, workers in modes.items():
                found[mode][song.name] += heard_by(workers, song.path, plan.at_least_s)
    return found


def run_job(workers: Sequence[Worker], songs: Sequence[Song], n_songs: int) -> JobRun:
    """Songs in turn, in shards; a worker that has done one takes the next."""
    names = [songs[n % len(songs)].name for n in range(n_songs)]
    paths = {song.name: song.path for song in songs}
    shards = deque(names[n : n + JOB_SHARD_SONGS] for n in range(0, n_songs, JOB_SHARD_SONGS))

    def work(worker: Worker) -> None:
        while True:
            try:
                shard = shards.popleft()
            except IndexError:
                return
            for name in shard:
                heard_by([worker], paths[name], 0)

    begin_s = time.perf_counter()
    with ThreadPoolExecutor(len(workers)) as pool:
        list(pool.map(work, workers))
    return JobRun(len(workers), JOB_SHARD_SONGS, tuple(names), round(time.perf_counter() - begin_s, 3))


def _under_load(songs: Sequence[Song], plan: MeasurePlan) -> tuple[list[Row], list[RefusalCost], float]:
    rows: list[Row] = []
    refusals: list[RefusalCost] = []
    settings = Settings()
    begin_s = time.perf_counter()
    with server_of(1) as server:
        start_s = time.perf_counter() - begin_s
        for song in songs:
            rows += rows_of(server, song, plan.level_s)
            refusals.append(refusal_cost(server, song, settings.max_analyses + settings.max_waiting))
    return rows, refusals, start_s
