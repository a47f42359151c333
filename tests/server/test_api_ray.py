"""The application on Ray Serve: uvicorn's own tests, and new replicas in place of old ones while songs are heard.

One cluster: first as it is shipped; then with another model and the low limits of test_predict's `strict`.
"""

from __future__ import annotations

import inspect
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import numpy as np
import pytest

from server.encodings import prepare
from tests.server import test_answers, test_connection, test_files, test_multi_label, test_operation, test_predict
from tests.server.ray_server import RayServer
from tests.support import SONGS, ServerProcess, ready_server_with

BLUES = SONGS / "blues.mp3"
PATIENCE_S = 120  # many times what it takes
pytestmark = pytest.mark.timeout(900)  # the first test has Ray's start, which takes minutes on a machine that is busy
N_CLIENTS = 3
# Not here, or not here in this way.
OF_ONE_PROCESS = {
    "test_log_tells_neither_names_nor_content",  # by lines for people, which the second replicas write
    "test_nothing_of_a_song_is_logged_or_counted",  # that each line of the output is ours: Ray's are between them
    "test_awkward_songs_get_an_answer_or_a_known_problem",  # of the decoder, which is the same, and many
}


def some_of(module: ModuleType, wanted: Callable[[str, set[str]], bool]) -> dict[str, Any]:
    """By name: those that are wanted by their names and the fixtures that they ask for."""
    tests = {name: test for name, test in vars(module).items() if name.startswith("test_")}
    return {name: test for name, test in tests.items() if wanted(name, set(inspect.signature(test).parameters))}


@pytest.fixture(scope="module")
def ray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RayServer]:
    prepare(test_files.PREPARED)
    uploads = tmp_path_factory.mktemp("uploads")
    server = RayServer(TMPDIR=str(uploads), GENRESCOPE_LOG="json", GENRESCOPE_HEAD_TIMEOUT_S="3")
    try:
        server.wait_until_ready()
        server.uploads = uploads
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def client(ray: RayServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=ray.url, timeout=PATIENCE_S) as client:
        yield client


@pytest.fixture(scope="module")
def right_answers() -> dict[str, Any]:
    """To BLUES, by the model's version: the first of each."""
    return {}


@pytest.fixture
def answer(client: httpx.Client, right_answers: dict[str, Any]) -> dict[str, Any]:
    """What a known good song is answered with."""
    answer = predict(client)
    return dict(right_answers.setdefault(answer["model"]["version"], answer))


@pytest.fixture(autouse=True)
def serves_on(request: pytest.FixtureRequest, client: httpx.Client, right_answers: dict[str, Any]) -> Iterator[None]:
    """After each test of test_predict the next good request is right."""
    yield
    if request.function.__module__ == test_predict.__name__:
        answer = predict(client)
        assert answer == right_answers.setdefault(answer["model"]["version"], answer)


@pytest.fixture
def whole(answer: dict[str, Any]) -> dict[str, Any]:
    return answer


@pytest.fixture(scope="module")
def server(ray: RayServer) -> ServerProcess:
    return ray


@pytest.fixture(scope="module")
def ready_server(ray: RayServer) -> ServerProcess:
    return ray


@pytest.fixture(scope="module")
def server_url(ray: RayServer) -> str:
    return ray.url


broken = test_answers.broken


def predict(client: httpx.Client, path: Path = BLUES) -> dict[str, Any]:
    response = client.post("/predict", files={"file": path.read_bytes()})
    return dict(response.raise_for_status().json())


# --- as it is shipped -----------------------------------------------------------------------------------------------


def test_uvicorn_says_the_same(client: httpx.Client) -> None:
    songs = sorted(SONGS.glob("*.mp3"))[:4]
    with ready_server_with() as plain, httpx.Client(base_url=plain.url, timeout=PATIENCE_S) as alone:
        for song in songs:
            ours, theirs = predict(client, song), predict(alone, song)
            np.testing.assert_allclose(ours.pop("probabilities"), theirs.pop("probabilities"), atol=1e-4)
            verdicts = [answer.pop("verdict") for answer in (ours, theirs)]
            shares = [list(verdict["probabilities"].values()) for verdict in verdicts]
            np.testing.assert_allclose(*shares, atol=1e-4)
            assert verdicts[0]["genre"] == verdicts[1]["genre"]
            assert ours == theirs


globals().update(some_of(test_answers, lambda *_: True))
globals().update(some_of(test_files, lambda *_: True))
globals().update(some_of(test_operation, lambda name, _: name not in OF_ONE_PROCESS))
globals().update(some_of(test_predict, lambda name, using: "strict" not in using and name not in OF_ONE_PROCESS))
test_who_sends_nothing_loses_the_connection = test_connection.test_who_sends_nothing_loses_the_connection


@pytest.fixture
def connection(ray: RayServer) -> Iterator[socket.socket]:
    url = httpx.URL(ray.url)
    with socket.create_connection((url.host, url.port or 80), timeout=test_connection.PATIENCE_S) as connection:
        yield connection


# --- another model, and low limits ----------------------------------------------------------------------------------


class Clients:
    """They send a song again and again, until told to stop."""

    def __init__(self, url: str) -> None:
        self.answers: list[tuple[int, str]] = []  # status, and the model's name or what was said instead
        self._url, self._over = url, threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(N_CLIENTS)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        song = BLUES.read_bytes()
        with httpx.Client(base_url=self._url, timeout=PATIENCE_S) as client:
            while not self._over.is_set():
                try:
                    response = client.post("/predict", files={"file": song})
                    said = response.json()["model"]["name"] if response.is_success else response.text
                    self.answers.append((response.status_code, said))
                except httpx.TransportError as error:
                    self.answers.append((0, repr(error)))


@pytest.fixture(scope="module")
def renewed(ray: RayServer, multi_label_model: Path) -> list[tuple[int, str]]:
    """Deploys in place of what runs, while clients send songs; all that these were answered."""
    with Clients(ray.url) as clients:
        ray.deploy(
            MODEL=str(multi_label_model),
            GENRESCOPE_LOG="text",
            GENRESCOPE_MAX_UPLOAD_MB="1",
            GENRESCOPE_MAX_DURATION_MIN="0.5",
            GENRESCOPE_DECODE_TIMEOUT_S="20",
            GENRESCOPE_MAX_ANALYSES="1",
            GENRESCOPE_IDLE_TIMEOUT_S="3",
        )
        until(lambda: [name for _, name in clients.answers[-4 * N_CLIENTS :]] == ["several"] * 4 * N_CLIENTS)
    return clients.answers


def until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def test_no_song_is_lost_while_another_model_is_deployed(renewed: list[tuple[int, str]]) -> None:
    assert {status for status, _ in renewed} == {200}
    names = [name for _, name in renewed]
    assert set(names) == {test_predict.CONTRACT["name"], "several"}
    assert names[0] == test_predict.CONTRACT["name"]


def test_the_other_model_is_the_one_that_is_told_of(client: httpx.Client, renewed: Any) -> None:
    assert renewed
    assert client.get("/readyz").json()["model"]["name"] == "several"
    assert client.get("/model/contract.json").json()["name"] == "several"


def test_several_genres_are_heard(client: httpx.Client, renewed: Any) -> None:
    assert renewed

    def ask(accept: str = "application/json", **query: Any) -> httpx.Response:
        files, headers = {"file": test_multi_label.SONG.read_bytes()}, {"Accept": accept}
        return client.post("/predict", files=files, headers=headers, params=query).raise_for_status()

    whole = dict(ask().json())
    test_multi_label.test_each_genre_is_heard_from_its_own_threshold_on(whole)
    test_multi_label.test_the_other_forms_tell_the_same(ask, whole)


@pytest.fixture
def strict(ray: RayServer, renewed: Any) -> RayServer:
    assert renewed
    return ray


def test_log_tells_neither_names_nor_content(client: httpx.Client, strict: RayServer, tmp_path: Path) -> None:
    test_predict.test_log_tells_neither_names_nor_content(client, strict, tmp_path)


globals().update(some_of(test_predict, lambda _, using: "strict" in using))


def test_a_song_of_which_nothing_comes_is_given_up(strict: RayServer, connection: Any) -> None:
    assert strict
    test_connection.test_a_song_of_which_nothing_comes_is_given_up(connection)
