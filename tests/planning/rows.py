"""The load test's rows anew, close in time to the service times, and what its requests cost both sides of the loop."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.bench.songs import Song
from tests.load.clients import HEADERS, Load, send
from tests.load.figures import summary
from tests.support import ServerProcess

CLIENTS = (1, 8, 32, 128)
N_REFUSALS = 25
PLACE_PATIENCE_S = 10.0  # server/settings.py: who has a place and sends nothing is let wait for 20 s
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Row:
    """Of some clients at once, for so long. CPU in core-seconds of all its requests; others_cores: busy for others.

    answer_bytes: of one.
    """

    song: str
    n_clients: int
    level_s: float
    n_right: int
    n_refused: int
    n_other: int
    songs_per_s: float
    p50_s: float
    p95_s: float
    server_cpu_s: float
    clients_cpu_s: float
    others_cores: float
    answer_bytes: int


@dataclass(frozen=True)
class RefusalCost:
    """Of one request that is refused: core-seconds of the clients' side and of the server's."""

    song: str
    clients_cpu_s: float
    server_cpu_s: float


def rows_of(server: ServerProcess, song: Song, level_s: float) -> Iterator[Row]:
    """Of the server as it is, one worker."""
    load = Load.of(server.url, song.path.read_bytes())
    for n_clients in CLIENTS:
        with Meter(server) as meter:
            met = summary(send(load, n_clients, seconds=level_s))
        yield Row(
            song.name, n_clients, level_s, met.n_right, met.n_refused, met.n_lost + met.n_wrong, met.songs_per_s,
            met.p50_s, met.p95_s, meter.server_s, meter.clients_s, meter.others_cores, len(load.right_answer),
        )  # fmt: skip


def refusal_cost(server: ServerProcess, song: Song, n_places: int) -> RefusalCost:
    """Measured while all places are held by requests of which nothing comes. Raises TimeoutError where one is free."""
    load = Load.of(server.url, song.path.read_bytes())
    with places_held(server, n_places), httpx.Client(timeout=60, trust_env=False) as client, Meter(server) as meter:
        for _ in range(N_REFUSALS):
            answer = client.post(f"{load.url}/predict", content=load.body, headers=HEADERS)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise TimeoutError(f"a full server answered {answer.status_code}, must be 503")
    return RefusalCost(song.name, meter.clients_s / N_REFUSALS, meter.server_s / N_REFUSALS)


@contextmanager
def places_held(server: ServerProcess, n_places: int) -> Iterator[None]:
    """So many requests have begun, and send no more than their heads."""
    where = urlsplit(server.url)
    head = (
        f"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: {HEADERS['Content-Type']}\r\nContent-Length: 9999\r\n\r\n"
    )
    with ExitStack() as until_closed:
        for _ in range(n_places):
            connection = until_closed.enter_context(socket.create_connection((where.hostname, where.port)))
            connection.sendall(head.encode())
        deadline_s = time.monotonic() + PLACE_PATIENCE_S
        while server.figure("genrescope_requests") < n_places:
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"{n_places} requests have no place each within {PLACE_PATIENCE_S:g} s")
            time.sleep(0.01)
        yield


class Meter:
    """CPU time of a server with its decoders, of this process, and of everybody else, as long as it is entered."""

    def __init__(self, server: ServerProcess) -> None:
        self._pid = server.pid
        self.server_s = self.clients_s = self.others_cores = 0.0

    def __enter__(self) -> Meter:
        self._begin = (time.perf_counter(), process_cpu_s(self._pid), time.process_time(), machine_cpu_s())
        return self

    def __exit__(self, *_: object) -> None:
        began_s, server_s, clients_s, machine_s = self._begin
        self.server_s = process_cpu_s(self._pid) - server_s
        self.clients_s = time.process_time() - clients_s
        others_s = machine_cpu_s() - machine_s - self.server_s - self.clients_s
        self.others_cores = max(0.0, others_s / (time.perf_counter() - began_s))


def process_cpu_s(pid: int) -> float:
    """Of a process and of its children that have ended. Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS_PER_S


def machine_cpu_s() -> float:
    """Of all processes, and what the host kept from us (steal). Linux only."""
    return _busy(Path("/proc/stat").read_text().splitlines()[0].split()[1:]) / TICKS_PER_S


def _busy(fields: Iterable[str]) -> int:
    user, nice, system, _idle, _iowait, irq, softirq, steal = list(map(int, fields))[:8]
    return user + nice + system + irq + softirq + steal
