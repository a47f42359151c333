"""Clients that hang up: nothing is done for them any more, and what they had is there for others. A real server."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support import SONGS, ServerProcess, make_audio, ready_server_with

BLUES = SONGS / "blues.mp3"
N_HANG_UPS = 5  # more than there are places
PATIENCE_S = 60


@pytest.fixture(scope="module")
def narrow() -> Iterator[ServerProcess]:
    """One song at a time, and one request that waits."""
    with ready_server_with(GENRESCOPE_MAX_ANALYSES="1", GENRESCOPE_MAX_WAITING="1") as process:
        yield process


@pytest.fixture(scope="module")
def long_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_audio(tmp_path_factory.mktemp("long") / "a.flac", source="anoisesrc=d=2400:r=8000:a=0.1:s=1")


@pytest.fixture(autouse=True)
def all_is_there_again(narrow: ServerProcess) -> Iterator[None]:
    before = narrow.n_descriptors
    yield
    deadline_s = time.monotonic() + PATIENCE_S
    while (answer := send(narrow)).status_code == 503 and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert answer.status_code == 200
    while narrow.n_descriptors > before and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert narrow.n_descriptors <= before
    assert narrow.figure("genrescope_requests") == narrow.figure("genrescope_analyses") == 0
    assert "Traceback" not in narrow.output()


def send(server: ServerProcess) -> httpx.Response:
    return httpx.post(f"{server.url}/predict", files={"file": BLUES.read_bytes()}, timeout=PATIENCE_S)


def request(*songs: bytes) -> bytes:
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%s\r\n'
    body = b"".join(part % song for song in songs) + b"--b--\r\n"
    head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n" % len(body)
    return head + b"Content-Type: multipart/form-data; boundary=b\r\n\r\n" + body


def hang_up_after(server: ServerProcess, content: bytes, seconds: float) -> None:
    url = httpx.URL(server.url)
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(content)
        time.sleep(seconds)


def test_in_the_middle_of_the_rows(narrow: ServerProcess, long_song: Path) -> None:
    for _ in range(N_HANG_UPS):
        with httpx.Client(timeout=PATIENCE_S) as client, long_song.open("rb") as file:
            accept = {"Accept": "application/x-ndjson"}
            with client.stream("POST", f"{narrow.url}/predict", files={"file": file}, headers=accept) as answer:
                if answer.status_code == 200:
                    next(answer.iter_raw())


def test_while_a_song_is_heard_or_waits_for_its_turn(narrow: ServerProcess, long_song: Path) -> None:
    content = request(long_song.read_bytes())
    for _ in range(N_HANG_UPS):
        hang_up_after(narrow, content, 0.3)


def test_songs_that_nobody_waits_for_are_not_begun(narrow: ServerProcess) -> None:
    before = narrow.figure('genrescope_songs_total{outcome="not_audio"}')
    n_songs = 30
    hang_up_after(narrow, request(*[b"no song"] * n_songs), 0.1)
    assert send(narrow).status_code == 200
    assert narrow.figure('genrescope_songs_total{outcome="not_audio"}') - before < n_songs / 2


def test_a_song_of_silence_without_end_is_ended(narrow: ServerProcess, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.flac", source="anullsrc=duration=5000")
    started_s = time.monotonic()
    hang_up_after(narrow, request(song.read_bytes()), 0.2)
    assert send(narrow).status_code == 200
    assert time.monotonic() - started_s < PATIENCE_S / 2
