"""What an operator sees of a real server: ids of requests, metrics, logs, the device."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support import SONGS, ServerProcess, ready_server_with

BLUES = SONGS / "blues.mp3"


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ready_server_with(GENRESCOPE_LOG="json") as process:
        yield process


@pytest.fixture
def client(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def figures(client: httpx.Client) -> dict[tuple[str, ...], float]:
    """(name, values of its labels) to value."""
    answer = client.get("/metrics").raise_for_status()
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def send(client: httpx.Client, *contents: bytes, **headers: str) -> httpx.Response:
    files = [("file", ("WhispersOfTheHeart.mp3", content)) for content in contents]
    return client.post("/predict", files=files, headers=headers)


def records(server: ServerProcess) -> list[dict[str, object]]:
    return [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]


def test_every_answer_has_an_id_and_two_have_two(client: httpx.Client) -> None:
    ids = [client.get(path).headers["x-request-id"] for path in ("/healthz", "/", "/nowhere", "/static/app.js")]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)
    assert len(set(ids)) == len(ids)


def test_a_proxys_id_is_kept_and_stands_in_the_log(client: httpx.Client, server: ServerProcess) -> None:
    answer = send(client, BLUES.read_bytes(), **{"X-Request-ID": "edge-42.a_b"})
    assert answer.headers["x-request-id"] == "edge-42.a_b"
    (line,) = [record for record in records(server) if record.get("request_id") == "edge-42.a_b"]
    assert (line["event"], line["outcome"], line["level"]) == ("song", "heard", "info")
    assert float(str(line["audio_s"])) > 5


@pytest.mark.parametrize("forged", ["a b", "x" * 65, '{"level":"error"}', ""])
def test_an_id_that_could_forge_a_line_is_replaced(client: httpx.Client, forged: str) -> None:
    assert re.fullmatch(
        "[0-9a-f]{32}", client.get("/healthz", headers={"X-Request-ID": forged}).headers["x-request-id"]
    )


def test_songs_and_refusals_are_counted_by_what_came_of_them(client: httpx.Client) -> None:
    before = figures(client)
    send(client, BLUES.read_bytes())
    send(client, b"no song")
    send(client, b"no song", BLUES.read_bytes())
    client.post("/predict", content=b"nothing")
    client.post("/predict", content=b"x", headers={"Content-Type": "multipart/form-data; boundary=b"})
    after = figures(client)
    gained = {name: value - before.get(name, 0) for name, value in after.items()}
    assert gained["genrescope_songs_total", "heard"] == 2
    assert gained["genrescope_songs_total", "not_audio"] == 2
    assert gained["genrescope_refusals_total", "malformed_request"] == 2
    assert gained["genrescope_audio_seconds_total",] == pytest.approx(2 * 14.68, abs=0.1)
    assert gained["genrescope_stage_seconds_count", "receive"] == 3
    for stage in ("decode", "hear"):
        assert gained["genrescope_stage_seconds_count", stage] == 2
        assert gained["genrescope_stage_seconds_sum", stage] > 0
    assert after["genrescope_requests",] == after["genrescope_analyses",] == 0
    assert after["genrescope_ready",] == 1


def test_the_device_is_told(client: httpx.Client) -> None:
    device = client.get("/readyz").json()["device"]
    assert re.search("[CG]PU:0$", device)
    assert figures(client)["genrescope_device_info", device] == 1


def test_nothing_of_a_song_is_logged_or_counted(client: httpx.Client, server: ServerProcess) -> None:
    send(client, b"WhispersOfTheHeart")
    send(client, BLUES.read_bytes())
    assert "Whispers" not in server.output() + client.get("/metrics").text
    assert all({"event", "level", "timestamp"} <= set(record) for record in records(server))
    lines = server.output().splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("{"))
    assert all(line.startswith("{") for line in lines[first:]), "a line that is no JSON"
