"""server/other_origins.py: pages of the named origins may send songs, all others may not; a real server is asked."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.support import ServerProcess

NAMED, STRANGE = "https://songs.example.org", "https://elsewhere.example.org"
ALLOWS = "access-control-allow-origin"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    process = ServerProcess(GENRESCOPE_ALLOWED_ORIGINS=f"https://first.example.org,{NAMED}")
    try:
        process.wait_for_page()
        with httpx.Client(base_url=process.url, timeout=30) as client:
            yield client
    finally:
        process.stop()


def asked_before(client: httpx.Client, origin: str, path: str = "/predict") -> httpx.Response:
    """What browsers ask before a page sends a song to another origin."""
    return client.options(path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})


def test_a_named_origin_may_send_songs_and_read_every_answer(client: httpx.Client) -> None:
    before = asked_before(client, NAMED)
    assert (before.status_code, before.headers[ALLOWS]) == (200, NAMED)
    assert "POST" in before.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in before.headers
    refused = client.post("/predict", headers={"Origin": NAMED}, files={"wrong": b"no song"})
    assert refused.is_error  # the model is being loaded still, or there is no song in this
    assert refused.headers[ALLOWS] == NAMED
    assert "Retry-After" in refused.headers["access-control-expose-headers"]
    assert client.get("/openapi.json", headers={"Origin": NAMED}).headers[ALLOWS] == NAMED


@pytest.mark.parametrize("origin", [STRANGE, "null", f"{NAMED}.evil.example", NAMED.replace("https", "http")])
def test_no_other_origin_may(client: httpx.Client, origin: str) -> None:
    assert ALLOWS not in asked_before(client, origin).headers
    assert ALLOWS not in client.get("/openapi.json", headers={"Origin": origin}).headers


@pytest.mark.parametrize("path", ["/", "/metrics", "/readyz", "/model/contract.json"])
def test_nothing_else_is_shared(client: httpx.Client, path: str) -> None:
    assert ALLOWS not in client.get(path, headers={"Origin": NAMED}).headers


def test_by_default_no_origin_is_named(server_url: str) -> None:
    with httpx.Client(base_url=server_url, timeout=30) as client:
        assert asked_before(client, NAMED).status_code == 405
        assert ALLOWS not in client.get("/openapi.json", headers={"Origin": NAMED}).headers
