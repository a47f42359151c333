"""Request bodies of a bounded size, counted while they arrive, which they have to do in time."""

from __future__ import annotations

import asyncio
import time

from fastapi import Request
from starlette.types import Message

from server.problems import Problem
from server.settings import Settings

FORM_OVERHEAD_BYTES = 10_000  # what boundaries and part headers add to a file of just the allowed size


def max_body_bytes(settings: Settings) -> int:
    """Of a request with a file of just the allowed size."""
    return round(settings.max_upload_mb * 1e6) + FORM_OVERHEAD_BYTES


class LimitedBody:
    """A request whose body ends in a problem: `too_large` or `upload_timeout`, as soon as it is either."""

    def __init__(self, request: Request, settings: Settings) -> None:
        self.request = Request(request.scope, self._receive)
        self._original = request
        self._settings = settings
        self._idle_timeout_s = settings.idle_timeout_s
        self._upload_timeout_s = settings.upload_timeout_s
        self._started_s = time.monotonic()
        self._n_bytes = 0

    def check_announced_size(self) -> None:
        """Refuses what says that it is too large, before any of it is read."""
        announced = self._original.headers.get("content-length", "")
        if announced.isdecimal():
            self._check(int(announced))

    async def _receive(self) -> Message:
        left_s = self._started_s + self._upload_timeout_s - time.monotonic()
        try:
            async with asyncio.timeout(min(left_s, self._idle_timeout_s)):
                message = await self._original.receive()
        except TimeoutError:
            raise Problem("upload_timeout", headers={"Connection": "close"}) from None
        self._n_bytes += len(message.get("body", b""))
        self._check(self._n_bytes)
        return message

    def _check(self, n_bytes: int) -> None:
        if n_bytes > max_body_bytes(self._settings):
            accepted = f"{self._settings.max_upload_mb:g} MB"
            raise Problem("too_large", f"The request is larger than the {accepted} that are accepted.")
