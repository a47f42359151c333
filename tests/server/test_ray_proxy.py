"""server/ray_proxy.py: what a proxy of Serve says where no replica of ours has answered, and what it takes in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import HTTP_PROTOCOLS

from server.body import max_body_bytes
from server.connection import PatientConnection
from server.headers import SECURITY_HEADERS
from server.ray_proxy import middlewares
from server.settings import Settings, read_settings
from tests.support import assert_problem

ORIGIN = "https://songs.example.org"
SETTINGS = {"GENRESCOPE_MAX_UPLOAD_MB": "1", "GENRESCOPE_ALLOWED_ORIGINS": ORIGIN}


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Callable[[ASGIApp], ASGIApp]:
    """Puts before an app what a proxy has."""
    monkeypatch.setitem(HTTP_PROTOCOLS, "auto", HTTP_PROTOCOLS["auto"])
    for variable, value in SETTINGS.items():
        monkeypatch.setenv(variable, value)

    def around(app: ASGIApp) -> ASGIApp:
        for one in middlewares():
            app = one.cls(app, *one.args, **one.kwargs)
        return app

    return around


def ask(app: ASGIApp, path: str = "/predict", **request: object) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(path, **request)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("said", "code"),
    [(404, "model_not_ready"), (429, "busy"), (503, "busy"), (500, "internal_error"), (None, "internal_error")],
)
def test_what_the_proxy_says_itself_has_our_shape(
    through: Callable[[ASGIApp], ASGIApp], said: int | None, code: str
) -> None:
    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        if said is not None:  # else as Serve's proxy does where a replica has failed: nothing
            await PlainTextResponse("Request dropped due to backpressure", said)(scope, receive, send)

    response = ask(through(proxy))
    assert_problem(response, 500 if code == "internal_error" else 503, code)
    assert ("retry-after" in response.headers) is (code != "internal_error")
    assert all(response.headers[name] == value for name, value in SECURITY_HEADERS.items())
    assert len(response.headers.get_list("x-request-id")) == 1


def test_pages_of_other_sites_may_read_what_the_proxy_says(through: Callable[[ASGIApp], ASGIApp]) -> None:
    response = ask(through(PlainTextResponse("Request dropped", 503)), headers={"Origin": ORIGIN})
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "Retry-After" in response.headers["access-control-expose-headers"]


def test_what_a_replica_says_is_passed_on(through: Callable[[ASGIApp], ASGIApp]) -> None:
    headers = {**SECURITY_HEADERS, "X-Request-ID": "1", "X-Own": "2"}
    response = ask(through(PlainTextResponse("gone", 503, headers)))
    assert (response.status_code, response.text, response.headers["x-own"]) == (503, "gone", "2")


def test_the_proxys_own_addresses_stay_its_own(through: Callable[[ASGIApp], ASGIApp]) -> None:
    assert ask(through(PlainTextResponse("no", 503)), "/-/healthz").text == "no"


def test_too_much_is_refused_before_it_comes(through: Callable[[ASGIApp], ASGIApp]) -> None:
    async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("a replica was asked")

    assert_problem(ask(through(never), content=bytes(2_000_000)), 413, "too_large")


def test_no_more_is_kept_than_a_song_may_have(through: Callable[[ASGIApp], ASGIApp]) -> None:
    """A song of no announced length: the proxy reads on only while a replica would."""
    n_sent = 0

    async def song() -> AsyncIterator[bytes]:
        nonlocal n_sent
        while n_sent < 5_000_000:
            n_sent += 65536
            yield bytes(65536)

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                while (await receive())["type"] == "http.request":
                    pass
        await Response(headers=SECURITY_HEADERS)(scope, receive, send)

    assert ask(through(proxy), content=song()).status_code == 200
    assert n_sent - max_body_bytes(read_settings(SETTINGS)) < 2 * 65536


def test_its_connections_are_ours(through: Callable[[ASGIApp], ASGIApp]) -> None:
    through(PlainTextResponse(""))
    assert issubclass(HTTP_PROTOCOLS["auto"], PatientConnection)
    assert HTTP_PROTOCOLS["auto"].head_timeout_s == Settings().head_timeout_s
