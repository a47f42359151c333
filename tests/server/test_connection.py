"""server/connection.py: clients that are slow for too long lose their connection; others never do."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.support import ServerProcess, ready_server_with

HEAD_TIMEOUT_S, IDLE_TIMEOUT_S, UPLOAD_TIMEOUT_S = 1.5, 1.0, 3.0
PATIENCE_S = 20  # of these tests: many times what it takes
UPLOAD = (
    b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
)


@pytest.fixture(scope="module")
def impatient() -> Iterator[ServerProcess]:
    with ready_server_with(
        GENRESCOPE_HEAD_TIMEOUT_S=str(HEAD_TIMEOUT_S),
        GENRESCOPE_IDLE_TIMEOUT_S=str(IDLE_TIMEOUT_S),
        GENRESCOPE_UPLOAD_TIMEOUT_S=str(UPLOAD_TIMEOUT_S),
    ) as process:
        yield process


@pytest.fixture
def connection(impatient: ServerProcess) -> Iterator[socket.socket]:
    url = httpx.URL(impatient.url)
    with socket.create_connection((url.host, url.port or 80), timeout=PATIENCE_S) as connection:
        yield connection


def drip(connection: socket.socket, data: bytes) -> bytes:
    """Sends a byte at a time until the server answers or hangs up; what it says."""
    connection.settimeout(0.2)
    started_s = time.monotonic()
    for byte in data:
        try:
            connection.sendall(bytes([byte]))
            return connection.recv(65536)
        except TimeoutError:
            assert time.monotonic() - started_s < PATIENCE_S
        except OSError:
            return b""
    raise AssertionError("all was sent")


def answer_of(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of the next answer."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read()


def test_who_sends_nothing_loses_the_connection(connection: socket.socket) -> None:
    started_s = time.monotonic()
    assert connection.recv(1) == b""
    assert time.monotonic() - started_s >= HEAD_TIMEOUT_S - 0.1


def test_who_sends_a_head_byte_by_byte_loses_the_connection(connection: socket.socket) -> None:
    assert drip(connection, b"GET / HTTP/1.1\r\nHost: " + b"x" * 1000) == b""


def test_so_does_who_begins_a_second_request(connection: socket.socket) -> None:
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer_of(connection)[0] == 200
    assert drip(connection, b"GET / HTTP/1.1\r\nHost: " + b"x" * 1000) == b""


def test_a_song_of_which_nothing_comes_is_given_up(connection: socket.socket) -> None:
    connection.sendall(UPLOAD)
    status, body = answer_of(connection)
    assert (status, json.loads(body)["code"]) == (408, "upload_timeout")
    assert connection.recv(1) == b""


def test_a_song_that_comes_byte_by_byte_is_given_up(connection: socket.socket) -> None:
    started_s = time.monotonic()
    connection.sendall(UPLOAD)
    assert drip(connection, b"x" * 1000).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - started_s >= UPLOAD_TIMEOUT_S - 0.1


def test_the_rest_of_a_refused_song_is_not_waited_for(connection: socket.socket) -> None:
    connection.sendall(UPLOAD.replace(b"100000", b"900000000"))
    assert answer_of(connection)[0] == 413
    assert drip(connection, b"x" * 1000) == b""


def test_who_takes_no_answer_loses_the_connection(impatient: ServerProcess, connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for _ in range(200):
        connection.sendall(b"GET /static/sample/medley.mp3 HTTP/1.1\r\nHost: x\r\n\r\n")
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        except OSError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the connection is still there")
    assert impatient.answers("/")


def test_who_takes_an_answer_slowly_has_it_all(impatient: ServerProcess, connection: socket.socket) -> None:
    """Longer than is waited for one that takes nothing, and less at a time than makes room for more."""
    whole = httpx.get(f"{impatient.url}/static/vendor/tfjs-core-4.22.0/tf-core.es2017.min.js").content
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for _ in range(8):
        connection.sendall(b"GET /static/vendor/tfjs-core-4.22.0/tf-core.es2017.min.js HTTP/1.1\r\nHost: x\r\n\r\n")
    taken, started_s = 0, time.monotonic()
    while taken < 8 * len(whole):
        piece = connection.recv(len(whole) // 8)
        assert piece, f"cut off after {taken} bytes"
        taken += len(piece)
        time.sleep(IDLE_TIMEOUT_S / 20)
    assert time.monotonic() - started_s > 2 * IDLE_TIMEOUT_S


def test_others_are_served_as_ever(impatient: ServerProcess) -> None:
    with httpx.Client(base_url=impatient.url) as client:
        assert client.get("/healthz").status_code == 200
        time.sleep(IDLE_TIMEOUT_S / 2)
        assert client.get("/static/sample/medley.mp3").status_code == 200
