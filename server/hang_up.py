"""Whether a request's client is still there, for whoever works for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect


class HangUp:
    """Set once, by the event loop, when the client has gone; ends then what is under way, in whichever thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._ends: list[Callable[[], None]] = []

    def set(self) -> None:
        """The client has gone."""
        with self._lock:
            self._is_set = True
            for end in self._ends:
                end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """What is done meanwhile is ended by `end`; at once, when the client has gone already."""
        with self._lock:
            self._ends.append(end)
            if self._is_set:
                end()
        try:
            yield
        finally:
            with self._lock:
                self._ends.remove(end)

    def check(self) -> None:
        """Raises ClientDisconnect when nobody waits for an answer any more."""
        if self._is_set:
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
