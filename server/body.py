"""Request bodies of a bounded size, counted while they arrive."""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.types import Message

from server.problems import Problem

FORM_OVERHEAD_BYTES = 10_000  # what boundaries and part headers add to a file of just the allowed size
DRAIN_S = 2.0


class LimitedBody:
    """A request whose body ends in the problem `too_large` as soon as it is larger than allowed."""

    def __init__(self, request: Request, max_file_bytes: int) -> None:
        self.request = Request(request.scope, self._receive)
        self._original = request
        self._max_file_bytes = max_file_bytes
        self._n_bytes = 0
        self._complete = False

    def check_announced_size(self) -> None:
        """Refuses what says that it is too large, before any of it is read."""
        announced = self._original.headers.get("content-length", "")
        if announced.isdecimal():
            self._check(int(announced))

    async def drain(self) -> None:
        """Reads on for a moment. A server that hangs up on a client that still sends is not heard by it."""
        if self._complete or "expect" in self._original.headers:
            return
        try:
            async with asyncio.timeout(DRAIN_S):
                while not self._complete:
                    await self._receive_uncounted()
        except TimeoutError:
            pass

    async def _receive(self) -> Message:
        message = await self._receive_uncounted()
        self._n_bytes += len(message.get("body", b""))
        self._check(self._n_bytes)
        return message

    async def _receive_uncounted(self) -> Message:
        message = await self._original.receive()
        self._complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    def _check(self, n_bytes: int) -> None:
        if n_bytes > self._max_file_bytes + FORM_OVERHEAD_BYTES:
            accepted = f"{self._max_file_bytes / 1e6:g} MB"
            raise Problem("too_large", f"The file is larger than the {accepted} that are accepted.")
