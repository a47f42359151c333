"""Whether a request's client is still there, for whoever works for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect

from model.endings import Endings


class HangUp(Endings):
    """Set by the event loop when the client has gone."""

    def check(self) -> None:
        """Raises ClientDisconnect when nobody waits for an answer any more."""
        if self.is_set:
            raise ClientDisconnect


@asynccontextmanager
async def watch(request: Request) -> AsyncIterator[HangUp]:
    """Until the request is answered. Its body has been read."""
    gone = HangUp()
    watcher = asyncio.create_task(_set_when_gone(request, gone))
    try:
        yield gone
    finally:
        watcher.cancel()


async def _set_when_gone(request: Request, gone: HangUp) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    gone.set()
