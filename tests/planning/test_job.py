"""tests/planning/job.py: every shard once whatever dies, and times that can be worked out."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.planning.job import HOUR_S, Job, JobRunner, SongTimes, figures_of

SONGS = SongTimes(mean_s=1.0, deviation_s=0.0, bytes=1e6)
EASY = Job(
    songs=8000, shard_songs=100, nodes=4, cores=5, mtbf_h=math.inf, ramp_s=0, shard_s=0, slow_share=0,
    store=1e12, node=1e12,
)  # fmt: skip


def job_with(**changes: float) -> Job:
    return replace(EASY, **changes)  # type: ignore[arg-type]


def test_an_easy_job_takes_its_work_by_its_cores() -> None:
    done = JobRunner(EASY, SONGS, 0).run()
    assert done.took_s == pytest.approx(8000 / 20)
    assert done.slot_s == pytest.approx(done.busy_s) == pytest.approx(done.computed_s) == pytest.approx(8000)


@pytest.mark.parametrize("seed", range(5))
def test_every_shard_is_committed_once_whatever_dies(seed: int) -> None:
    job = job_with(songs=20_030, mtbf_h=500 / HOUR_S, replace_s=50.0, ramp_s=100.0, slow_share=0.2, store=5e6)
    done = JobRunner(job, SONGS, seed).run()
    assert done.commits == [1] * len(job.shards)
    assert sum(job.shards) == 20_030
    assert done.songs_by_time[-1][1] == 20_030
    assert done.n_deaths > 0
    assert done.n_retries > 0
    assert 0 < done.lost_s < done.slot_s
    assert done.busy_s + done.lost_s <= done.slot_s + 1e-6


def test_a_store_that_gives_little_is_what_the_job_waits_for() -> None:
    done = JobRunner(job_with(store=5e6), SONGS, 0).run()
    assert done.took_s == pytest.approx(8000 * 1e6 / 5e6)
    assert done.computed_s == pytest.approx(8000)


def test_a_node_reads_no_faster_than_its_own_link() -> None:
    assert JobRunner(job_with(node=1e6), SONGS, 0).run().took_s == pytest.approx(8000 / 4)


def test_what_a_dead_node_read_is_read_no_further() -> None:
    alone = {"songs": 100, "shard_songs": 100, "nodes": 1, "cores": 1, "store": 1e6, "node": 1e6}
    done = JobRunner(job_with(**alone, mtbf_h=200 / HOUR_S, replace_s=10.0), SongTimes(0.0, 0.0, 1e6), 1).run()
    assert done.n_deaths > 0
    assert done.took_s == pytest.approx(done.lost_s + 10 * done.n_deaths + 100)


def test_waves_wait_for_their_last_shard_and_for_new_workers() -> None:
    done = JobRunner(job_with(wave_shards=30, wave_s=7.0), SONGS, 0).run()
    assert done.commits == [1] * 80
    assert done.took_s == pytest.approx(2 * (200 + 7) + 100)  # 30 shards on 20 cores are two rounds, the last 20 one


def test_large_shards_leave_cores_idle_in_the_end_and_lose_more() -> None:
    small, large = (job_with(shard_songs=n, mtbf_h=2000 / HOUR_S) for n in (20, 1000))
    found = [figures_of(job, SONGS, 1) for job in (small, large)]
    assert found[0]["hours"] < found[1]["hours"]
    assert found[0]["lost_percent"] < found[1]["lost_percent"]


def test_a_job_is_the_same_by_its_seed() -> None:
    job = job_with(mtbf_h=0.1)
    assert figures_of(job, SONGS, 7) == figures_of(job, SONGS, 7) != figures_of(job, SONGS, 8)


@pytest.mark.parametrize("change", [{"nodes": 0}, {"mtbf_h": 0.0}, {"slow_share": 2.0}, {"store": -1.0}])
def test_a_job_that_cannot_be_is_named(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be|share is"):
        job_with(**change)
