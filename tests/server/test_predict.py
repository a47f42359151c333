"""POST /predict of a real server: answers, errors, hostile uploads, many at once. It serves on after each."""

from __future__ import annotations

import http.client
import json
import math
import select
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from server.schemas import Prediction
from server.settings import Settings
from tests.support import REPOSITORY, SONGS, ServerProcess, assert_problem, make_audio

CONTRACT = json.loads((REPOSITORY / "model" / "contract.json").read_text())
BLUES = SONGS / "blues.mp3"


@pytest.fixture(scope="module")
def client(ready_server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=ready_server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def answer(client: httpx.Client) -> dict:
    """What a known good song is answered with."""
    return predict(client, BLUES).raise_for_status().json()


@pytest.fixture(autouse=True)
def serves_on(client: httpx.Client, answer: dict) -> Iterator[None]:
    """After each test the next good request is right."""
    yield
    assert predict(client, BLUES).json() == answer


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with low limits and a folder of its own for temporary files."""
    folder = tmp_path_factory.mktemp("uploads")
    process = ServerProcess(
        TMPDIR=str(folder),
        GENRESCOPE_MAX_UPLOAD_MB="1",
        GENRESCOPE_MAX_DURATION_MIN="0.5",
        GENRESCOPE_DECODE_TIMEOUT_S="20",
        GENRESCOPE_MAX_ANALYSES="1",
    )
    try:
        process.wait_until_ready()
        process.uploads = folder
        yield process
    finally:
        process.stop()


def predict(client: httpx.Client, path: Path, name: str = "song.mp3") -> httpx.Response:
    with path.open("rb") as file:
        return client.post("/predict", files={"file": (name, file)})


def test_answer_has_the_documented_shape(answer: dict) -> None:
    Prediction.model_validate(answer, strict=True)
    assert set(answer) == set(Prediction.model_fields) - {"multi_label", "thresholds"}  # of several genres alone
    assert answer["model"] == {"name": CONTRACT["name"], "version": CONTRACT["version"]}
    assert answer["genres"] == CONTRACT["genres"]
    assert answer["step_s"] == 1.0


def test_one_row_per_second_each_adding_up_to_one(answer: dict) -> None:
    assert len(answer["probabilities"]) == math.ceil(answer["duration_s"])
    for row in answer["probabilities"]:
        assert len(row) == len(answer["genres"])
        assert sum(row) == pytest.approx(1, abs=1e-4)
    assert answer["unsure"] == [max(row) < CONTRACT["rows"]["unsure_below"] for row in answer["probabilities"]]
    verdict = answer["verdict"]
    assert verdict["unsure"] is (verdict["confidence"] < CONTRACT["rows"]["verdict_unsure_below"])
    assert list(verdict["probabilities"]) == answer["genres"]
    assert verdict["confidence"] == max(verdict["probabilities"].values()) == verdict["probabilities"][verdict["genre"]]


@pytest.mark.parametrize("path", sorted((SONGS / "formats").iterdir()), ids=lambda path: path.name)
def test_formats(client: httpx.Client, path: Path) -> None:
    response = predict(client, path)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"


def test_log_tells_neither_names_nor_content(client: httpx.Client, ready_server: ServerProcess, tmp_path: Path) -> None:
    tagged = make_audio(tmp_path / "a.mp3", "-metadata", "title=WhispersOfTheHeart")
    assert predict(client, tagged, "WhispersOfTheHeart.mp3").status_code == 200
    broken = tmp_path / "WhispersOfTheHeart.mp3"
    broken.write_text("WhispersOfTheHeart")
    assert predict(client, broken, broken.name).status_code == 415
    assert "Whispers" not in ready_server.output()
    assert "outcome=heard" in ready_server.output()


def test_many_at_once_are_answered_as_one_by_one(client: httpx.Client) -> None:
    songs = sorted(SONGS.glob("*.mp3"))
    one_by_one = [predict(client, song).json() for song in songs]
    with ThreadPoolExecutor(max_workers=len(songs)) as pool:
        at_once = [response.json() for response in pool.map(lambda song: predict(client, song), songs)]
    assert at_once == one_by_one


BOUNDARY = {"Content-Type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b""),
        ({"Content-Type": "application/json"}, b'{"file": "x"}'),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"file=x"),
        ({"Content-Type": "audio/mpeg"}, BLUES.read_bytes()),
        ({"Content-Type": "multipart/form-data"}, PART % (b"file", b'; filename="a"', b"x")),
        (BOUNDARY, b""),
        (BOUNDARY, b"no multipart at all"),
        (BOUNDARY, b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut off'),
        (BOUNDARY, PART % (b"song", b'; filename="a"', b"x")),
        (BOUNDARY, PART % (b"file", b"", b"a text, no file")),
        (BOUNDARY, b"--b\r\n\r\nno name\r\n--b--\r\n"),
        (
            BOUNDARY,
            (PART % (b"file", b'; filename="a"', b"x"))[:-4] + b"\r\n" + PART % (b"file", b'; filename="b"', b"x"),
        ),
    ],
)
def test_malformed(client: httpx.Client, headers: dict[str, str], body: bytes) -> None:
    response = client.post("/predict", content=body, headers=headers)
    assert_problem(response, 400, "malformed_request")


def test_truncated_song_is_analysed_as_far_as_it_goes(client: httpx.Client, answer: dict, tmp_path: Path) -> None:
    half = tmp_path / "half.mp3"
    half.write_bytes(BLUES.read_bytes()[: BLUES.stat().st_size // 2])
    result = predict(client, half).raise_for_status().json()
    assert 0.4 * answer["duration_s"] < result["duration_s"] < 0.6 * answer["duration_s"]
    assert len(result["probabilities"]) == math.ceil(result["duration_s"])


def test_too_long(strict: ServerProcess, tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.flac", source="anullsrc=duration=31")
    problem = assert_problem(predict(httpx.Client(base_url=strict.url, timeout=60), path), 422, "too_long")
    assert "30 seconds" in str(problem["detail"])


def test_too_large_by_its_own_account(strict: ServerProcess) -> None:
    response = httpx.post(f"{strict.url}/predict", files={"file": bytes(3_000_000)})
    problem = assert_problem(response, 413, "too_large")
    assert "1 MB" in str(problem["detail"])


def test_client_that_only_listens_after_sending_hears_why(strict: ServerProcess) -> None:
    connection = http.client.HTTPConnection(*address(strict), timeout=30)
    connection.request("POST", "/predict", body=bytes(50_000_000), headers=BOUNDARY)
    assert connection.getresponse().status == 413


def test_too_large_is_found_while_it_arrives(strict: ServerProcess) -> None:
    """A song without end, of no announced length, from a client that listens while it sends."""
    with socket.create_connection(address(strict), timeout=10) as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        )
        data = (PART % (b"file", b'; filename="a"', b""))[:-9]
        n_sent = 0
        while n_sent < 50_000_000 and not select.select([connection], [], [], 0)[0]:
            connection.sendall(b"%x\r\n%s\r\n" % (len(data), data))
            n_sent += len(data)
            data = bytes(65536)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert (response.status, json.load(response)["code"]) == (413, "too_large")
    assert n_sent < 50_000_000


def test_refused_before_it_is_sent(strict: ServerProcess) -> None:
    """As curl does it: the body waits for "100 Continue", and 413 comes instead."""
    with socket.create_connection(address(strict)) as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 500000000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        )
        connection.settimeout(10)
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_no_upload_outlives_its_request(strict: ServerProcess, tmp_path: Path) -> None:
    client = httpx.Client(base_url=strict.url, timeout=60)
    (tmp_path / "a.mp3").write_text("<!doctype html><title>Song not found</title>")
    assert [predict(client, path).status_code for path in (BLUES, tmp_path / "a.mp3")] == [200, 415]
    client.post("/predict", files={"file": bytes(3_000_000)})
    client.post("/predict", content=b"x", headers=BOUNDARY)
    assert list(strict.uploads.iterdir()) == []
    client.get("/healthz")  # has a connection again: the last answer or a pause may have closed the one before
    before = strict.n_descriptors
    for _ in range(5):  # what each of them left open would stay; a connection of before may still be closed meanwhile
        predict(client, BLUES)
    deadline = time.monotonic() + 10
    while (after := strict.n_descriptors) > before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert after <= before


def test_no_more_songs_are_taken_in_than_there_is_room_for(strict: ServerProcess) -> None:
    head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    head += b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    client = httpx.Client(base_url=strict.url, timeout=60)
    deadline = time.monotonic() + 30
    connections = [socket.create_connection(address(strict)) for _ in range(1 + Settings().max_waiting)]
    for connection in connections:
        connection.sendall(head)  # and then no more

    def response_to_nothing() -> httpx.Response:  # at once, of any machine: 400 where there is room for a request
        return client.post("/predict", headers=BOUNDARY)

    while (response := response_to_nothing()).status_code == 400 and time.monotonic() < deadline:
        for connection in connections:
            connection.sendall(b".")  # else it is given up, on a slow machine before all have come
        time.sleep(0.05)
    assert_problem(response, 503, "busy")
    assert int(response.headers["retry-after"]) > 0
    assert predict(client, BLUES).status_code == 503
    for connection in connections:
        connection.close()
    deadline = time.monotonic() + 30
    while (response := predict(client, BLUES)).status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert response.status_code == 200


def test_client_that_hangs_up_costs_nothing_more(strict: ServerProcess, tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.flac", source="anullsrc=duration=29:sample_rate=192000")
    body = PART % (b"file", b'; filename="a"', path.read_bytes())
    head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n" % len(body)
    head += b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    before = strict.output().count("outcome=heard")
    for sent in (len(body) // 2, len(body)):  # while uploading; while waiting for the answer
        connections = [socket.create_connection(address(strict)) for _ in range(5)]
        for connection in connections:
            connection.sendall(head + body[:sent])
        for connection in connections:
            connection.close()
    assert predict(httpx.Client(base_url=strict.url, timeout=60), BLUES).status_code == 200
    deadline = time.monotonic() + 10
    while strict.children and time.monotonic() < deadline:
        time.sleep(0.05)
    assert strict.children == []
    analysed = strict.output().count("outcome=heard") - before - 1
    assert analysed <= 1  # perhaps the first, before it was noticed
    assert "Traceback" not in strict.output()


def address(server: ServerProcess) -> tuple[str, int]:
    url = httpx.URL(server.url)
    return url.host, url.port or 80


def test_awkward_songs_get_an_answer_or_a_known_problem(client: httpx.Client, other_peoples_songs: Path) -> None:
    for path in sorted((other_peoples_songs / "awkward" / "derived").iterdir()):
        response = predict(client, path, path.name)
        if response.status_code != 200:
            assert_problem(response, response.status_code, response.json()["code"])
            assert response.status_code in (415, 422), path.name
