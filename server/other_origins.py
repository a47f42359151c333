"""Pages of other sites that may send songs here: CORS, for the origins that the operator names and for no other."""

from __future__ import annotations

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

# What such a page asks for: whether songs are taken here, and a song's genres. The rest is nobody else's business.
SHARED = {"/openapi.json", "/predict"}


class OtherOrigins:
    """ASGI app around another one. Cookies and the like are never asked for: there are none."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=tuple(origins),
            allow_methods=("GET", "POST"),
            expose_headers=("Retry-After", "X-Request-ID"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what browsers ask before they send a song, and tells them who may read the answers."""
        is_shared = scope["type"] == "http" and scope["path"] in SHARED
        await (self._shared if is_shared else self._app)(scope, receive, send)
