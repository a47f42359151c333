"""Request bodies of a bounded size, counted while they arrive."""

from __future__ import annotations

from fastapi import Request
from starlette.types import Message

from server.problems import Problem

FORM_OVERHEAD_BYTES = 10_000  # what boundaries and part headers add to a file of just the allowed size


class LimitedBody:
    """A request whose body ends in the problem `too_large` as soon as it is larger than allowed."""

    def __init__(self, request: Request, max_file_bytes: int) -> None:
        self.request = Request(request.scope, self._receive)
        self._original = request
        self._max_file_bytes = max_file_bytes
        self._n_bytes = 0

    def check_announced_size(self) -> None:
        """Refuses what says that it is too large, before any of it is read."""
        announced = self._original.headers.get("content-length", "")
        if announced.isdecimal():
            self._check(int(announced))

    async def _receive(self) -> Message:
        message = await self._original.receive()
        self._n_bytes += len(message.get("body", b""))
        self._check(self._n_bytes)
        return message

    def _check(self, n_bytes: int) -> None:
        if n_bytes > self._max_file_bytes + FORM_OVERHEAD_BYTES:
            accepted = f"{self._max_file_bytes / 1e6:g} MB"
            raise Problem("too_large", f"The file is larger than the {accepted} that are accepted.")
