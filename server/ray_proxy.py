"""What Ray Serve's HTTP proxies are given of ours: the patience of our connections, our limits and our shape of errors.

Each proxy calls `middlewares` when it starts, where RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH names it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import HTTP_PROTOCOLS, Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from server.body import LimitedBody, max_body_bytes
from server.connection import patient
from server.headers import SecurityHeaders
from server.other_origins import OtherOrigins
from server.problems import RETRY_AFTER_S, Problem, problem_response
from server.request_ids import RequestIds
from server.settings import Settings, read_settings

OF_THE_PROXY = "/-/"  # its own health and routes
OURS = "Content-Security-Policy"  # a header that all answers of the application have, and none of the proxy's
# By the status that the proxy gives: there is no application (yet); too many wait for it, or no replica is left.
CODES = {404: "model_not_ready", 429: "busy", 503: "busy"}


def middlewares() -> list[Middleware]:
    """From the innermost to the outermost; the proxy's connections are ours from now on."""
    settings = read_settings()
    # Serve has no option for it, and leaves uvicorn the choice: this is what it chooses.
    protocols: dict[str, Any] = HTTP_PROTOCOLS
    protocols["auto"] = type("ProxyConnection", (Nameless, patient(settings)), {})
    origins = [Middleware(OtherOrigins, settings.allowed_origins)] if settings.allowed_origins else []
    return [Middleware(FrontDoor, settings), *origins, Middleware(SecurityHeaders), Middleware(RequestIds)]


class Nameless(H11Protocol):
    """Connections of a server that does not say what it is."""

    def __init__(self, config: Config, server_state: ServerState, *others: Any, **more: Any) -> None:
        for holder, name in ((config, "encoded_headers"), (server_state, "default_headers")):
            setattr(holder, name, [header for header in getattr(holder, name) if header[0] != b"server"])
        super().__init__(config, server_state, *others, **more)


class FrontDoor:
    """ASGI app around a proxy's."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes in no more than a replica would, and answers as it would where none has."""
        if scope["type"] != "http" or scope["path"].startswith(OF_THE_PROXY):
            await self._app(scope, receive, send)
            return
        try:
            LimitedBody(Request(scope), self._settings).check_announced_size()
        except Problem as problem:
            await problem_response(problem)(scope, receive, send)
            return
        has_answer, code = False, "internal_error"

        async def send_ours(message: Message) -> None:
            nonlocal has_answer, code
            if message["type"] == "http.response.start":
                has_answer = OURS in Headers(raw=message["headers"])
                code = CODES.get(message["status"], code)
            if has_answer:
                await send(message)

        await self._app(scope, _no_more_than(max_body_bytes(self._settings), receive), send_ours)
        if not has_answer:
            headers = {"Retry-After": str(RETRY_AFTER_S)} if code in CODES.values() else None
            await problem_response(Problem(code, headers=headers))(scope, receive, send)


def _no_more_than(max_bytes: int, receive: Receive) -> Receive:
    """The proxy keeps what a replica has not fetched yet. Beyond the limit it reads no more: the replica refuses it."""
    n_bytes = 0

    async def receive_what_fits() -> Message:
        nonlocal n_bytes
        if n_bytes > max_bytes:
            await asyncio.Event().wait()  # until the answer is sent, which ends this
        message = await receive()
        n_bytes += len(message.get("body", b""))
        return message

    return receive_what_fits
