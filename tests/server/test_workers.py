"""server/workers.py, server/serving.py: several processes on one socket, one that dies, and how all of them end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.workers import FIRST_PAUSE_S, LONGEST_PAUSE_S, SHORT_LIFE_S, Place
from tests.load.processes import workers_of
from tests.support import SONGS, ServerProcess, make_audio, ready_server_with

BLUES = (SONGS / "blues.mp3").read_bytes()
PATIENCE_S = 60  # many times what it takes
N_WORKERS = 2


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of two workers, both ready. The last test ends it."""
    folder = tmp_path_factory.mktemp("figures")
    with ready_server_with(GENRESCOPE_WORKERS=str(N_WORKERS), TMPDIR=str(folder)) as process:
        process.wait_for_workers(N_WORKERS)
        process.folder = folder
        yield process


@pytest.fixture(scope="module")
def answer(two: ServerProcess) -> Any:
    return predict(two).raise_for_status().json()


@pytest.fixture(scope="module")
def long_song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = make_audio(tmp_path_factory.mktemp("long") / "a.flac", source="anoisesrc=d=1200:r=8000:a=0.1:s=1")
    return path.read_bytes()


def predict(server: ServerProcess) -> httpx.Response:
    return httpx.post(f"{server.url}/predict", files={"file": BLUES}, timeout=PATIENCE_S)


def address(server: ServerProcess) -> tuple[str, int]:
    url = httpx.URL(server.url)
    return url.host, url.port or 80


def until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


class Begun:
    """A request on a connection of its own, of which the last byte is not sent."""

    def __init__(self, server: ServerProcess, song: bytes, accept: str = "*/*") -> None:
        body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%s\r\n--b--\r\n' % song
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nContent-Length: {len(body)}\r\n"
        head += "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        self._connection = socket.create_connection(address(server), timeout=PATIENCE_S)
        self._connection.sendall(head.encode() + body[:-1])
        self._answer = http.client.HTTPResponse(self._connection)

    def finish(self) -> http.client.HTTPResponse:
        """Its answer, up to the body."""
        self._connection.sendall(b"\n")
        self._answer.begin()
        assert self._answer.status == 200
        return self._answer

    def is_lost(self) -> bool:
        try:
            self.finish().read()
        except (OSError, http.client.HTTPException):
            return True
        return False


def is_refused(server: ServerProcess) -> bool:
    try:
        socket.create_connection(address(server), timeout=PATIENCE_S).close()
    except OSError:
        return True
    return False


def assert_it_ends_what_it_began(server: ServerProcess, answer: Any, long_song: bytes) -> None:
    begun = [Begun(server, BLUES) for _ in range(4)]
    streamed = Begun(server, long_song, "application/x-ndjson").finish()
    first = json.loads(streamed.readline())
    server.terminate()
    until(lambda: is_refused(server))
    assert [json.load(one.finish()) for one in begun] == [answer] * len(begun)
    *rows, last = map(json.loads, streamed)
    assert [first["kind"], *{row["kind"] for row in rows}, last["kind"]] == ["song", "row", "end"]
    assert (len(rows), last["duration_s"]) == (1200, 1200)
    assert server.wait(PATIENCE_S) == 0


def test_the_page_is_there_before_any_model(two: ServerProcess) -> None:
    assert len(workers_of(two)) == N_WORKERS
    assert two.output().count("/predict is ready") == N_WORKERS
    assert two.output().count("Genrescope is at") == 1


def test_figures_are_of_all_workers_whoever_is_asked(two: ServerProcess, answer: Any) -> None:
    heard = 'genrescope_songs_total{outcome="heard"}'
    before = two.figure(heard)
    begun = [Begun(two, BLUES) for _ in range(4)]
    until(lambda: two.figure("genrescope_requests") == 4)
    assert [json.load(one.finish()) for one in begun] == [answer] * 4
    until(lambda: two.figure("genrescope_requests") == 0)
    assert {two.figure(heard) for _ in range(8)} == {before + 4}
    device = httpx.get(f"{two.url}/readyz").json()["device"]
    assert two.figure(f'genrescope_device_info{{device="{device}"}}') == 1
    assert len(list(two.folder.glob("genrescope-figures-*/counter_*.db"))) == N_WORKERS


def test_a_worker_that_is_killed_costs_its_own_requests_and_comes_back(two: ServerProcess, answer: Any) -> None:
    begun = [Begun(two, BLUES) for _ in range(6)]
    until(lambda: two.figure("genrescope_requests") == 6)
    before = workers_of(two)
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    until(lambda: two.figure("genrescope_ready") == N_WORKERS - 1)
    n_of_the_other = two.figure("genrescope_requests")
    assert sum(one.is_lost() for one in begun) == len(begun) - n_of_the_other
    n_answers = 0
    while two.figure("genrescope_ready") < N_WORKERS:  # while it is away, nobody meets one that is not ready
        assert predict(two).json() == answer
        n_answers += 1
    assert n_answers
    assert victim not in workers_of(two)
    assert two.figure("genrescope_requests") == two.figure("genrescope_analyses") == 0
    assert [predict(two).json() for _ in range(6)] == [answer] * 6
    assert "a worker died" in two.output()


def test_two_workers_end_what_they_began(two: ServerProcess, answer: Any, long_song: bytes) -> None:
    assert_it_ends_what_it_began(two, answer, long_song)
    assert list(two.folder.iterdir()) == []
    assert "Traceback" not in two.output()


def test_one_process_ends_what_it_began(long_song: bytes) -> None:
    with ready_server_with() as server:
        assert_it_ends_what_it_began(server, predict(server).json(), long_song)


def test_workers_do_not_outlive_their_supervisor(tmp_path: Path) -> None:
    server = ServerProcess(GENRESCOPE_WORKERS="2", TMPDIR=str(tmp_path))
    try:
        server.wait_for_page()
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: is_refused(server))
    finally:
        server.stop()


def test_who_dies_young_again_and_again_comes_back_ever_later() -> None:
    place = Place(since_s=time.monotonic())
    pauses_s = [place.empty() for _ in range(9)]
    assert pauses_s[:4] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S, 8 * FIRST_PAUSE_S]
    assert pauses_s[-1] == LONGEST_PAUSE_S
    place.since_s -= SHORT_LIFE_S + 1
    assert place.empty() == 0
    place.since_s = time.monotonic()
    assert place.empty() == FIRST_PAUSE_S
