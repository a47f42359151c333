"""What is measured of a server under load: how much it does, what it holds, and what a killed worker costs."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from tests.bench.songs import Song
from tests.load.clients import Load, send
from tests.load.figures import Growth, Summary, growth, summary
from tests.load.processes import MemorySamples, workers_of
from tests.support import REPOSITORY, ServerProcess, ready_server_with

SONGS_FOLDER = REPOSITORY / "runs" / "bench-songs"
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Plan:
    """How much is measured. n_clients: at once, while memory is watched or a worker killed, kill_after_s of kill_s."""

    clients: tuple[int, ...] = (1, 8, 32, 128)
    workers: tuple[int, ...] = (1, 2)
    lengths_s: tuple[int, ...] = (30, 240)
    level_s: float = 20.0
    n_requests: int = 1000
    n_clients: int = 8
    kill_s: float = 30.0
    kill_after_s: float = 5.0


FULL = Plan()
QUICK = Plan(lengths_s=(30,), level_s=5.0, n_requests=200, kill_s=15.0)


@contextmanager
def server_of(n_workers: int) -> Iterator[ServerProcess]:
    """A server of our own, all workers ready."""
    with ready_server_with(GENRESCOPE_WORKERS=str(n_workers)) as server:
        server.wait_for_workers(n_workers)
        yield server


def by_clients(url: str, song: Song, plan: Plan) -> dict[int, Summary]:
    """Number of clients at once to what they met."""
    load = Load.of(url, song.path.read_bytes())
    return {n: summary(send(load, n, seconds=plan.level_s)) for n in plan.clients}


def memory_of(server: ServerProcess, song: Song, plan: Plan) -> Growth:
    """The server's memory in MB, over so many requests: while the first tenth was answered, and the last."""
    load = Load.of(server.url, song.path.read_bytes())
    with MemorySamples(server) as samples:
        send(load, plan.n_clients, n_answers=plan.n_requests)
    return growth(samples.mb)


@dataclass(frozen=True)
class Kill:
    """What came of a worker's end. back_s: until as many answer as before; silent_s: longest time without an answer."""

    met: Summary
    back_s: float
    silent_s: float


def kill_of(server: ServerProcess, song: Song, plan: Plan) -> Kill:
    """Kills a worker while clients are served; they go on until it is there again, and longer."""
    load = Load.of(server.url, song.path.read_bytes())
    n_workers = len(workers_of(server))
    back_s = [float("nan")]

    def kill() -> None:
        os.kill(workers_of(server)[0], signal.SIGKILL)
        begin_s = time.monotonic()
        wait_for_ready(server, n_workers - 1)
        wait_for_ready(server, n_workers)
        back_s[0] = time.monotonic() - begin_s

    timer = threading.Timer(plan.kill_after_s, kill)
    timer.start()
    answers = send(load, plan.n_clients, seconds=plan.kill_s)
    timer.join()
    ends_s = [answer.ended_s for answer in answers if answer.is_right]
    silent_s = max(after - before for before, after in pairwise(ends_s))
    return Kill(summary(answers), back_s[0], silent_s)


def wait_for_ready(server: ServerProcess, n_workers: int) -> None:
    """Until so many say that they can answer. Raises TimeoutError."""
    deadline_s = time.monotonic() + PATIENCE_S
    while server.figure("genrescope_ready") != n_workers:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"there are not {n_workers} workers within {PATIENCE_S:g} s")
        time.sleep(0.05)
