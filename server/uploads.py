"""The songs of a request: taken in within the limits, kept in files without names, and given back."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
from fastapi import Request
from starlette.datastructures import UploadFile

from server.body import LimitedBody
from server.metrics import Metrics
from server.problems import RETRY_AFTER_S, Problem
from server.settings import Settings

MAX_OTHER_FIELDS = 16  # ignored; a client may send a few, not thousands


class Uploads:
    """As many requests' songs at a time as there is room for: each keeps its space on disk until it is answered."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._places = threading.BoundedSemaphore(settings.max_analyses + settings.max_waiting)

    @asynccontextmanager
    async def receive(self, request: Request) -> AsyncIterator[list[UploadFile]]:
        """The request's songs, in order. Raises Problem and HTTPException."""
        body = LimitedBody(request, self._settings)
        with self._place():
            body.check_announced_size()
            if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
                raise Problem("malformed_request")
            with self._metrics.stage("receive"):
                form = await body.request.form(max_files=self._settings.max_files, max_fields=MAX_OTHER_FIELDS)
            try:
                yield _songs_of(form.getlist("file"))
            finally:
                with anyio.CancelScope(shield=True):  # else the songs of a client that has gone stay
                    await form.close()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Problem("busy", headers={"Retry-After": str(RETRY_AFTER_S)})
        try:
            with self._metrics.requests.track_inprogress():
                yield
        finally:
            self._places.release()


def path_of(upload: UploadFile) -> Path:
    """A path to the upload. Its file was deleted when it was opened, so nothing can be left over."""
    descriptor = upload.file.fileno()  # also moves a small upload from memory into a file
    upload.file.flush()
    return Path(f"/dev/fd/{descriptor}")


def _songs_of(fields: list[UploadFile | str]) -> list[UploadFile]:
    songs = [field for field in fields if isinstance(field, UploadFile)]
    if len(songs) < len(fields):
        raise Problem("malformed_request", "The field 'file' must be a file: its part has no file name.")
    if not songs:
        raise Problem("malformed_request")
    return songs
