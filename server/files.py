"""Files over HTTP: right types, validators that follow the content, compressed forms, parts, and HEAD."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.encodings import IDENTITY, Content, content_in
from server.negotiation import UnsatisfiableRange, coding_asked_for, is_known, part_asked_for
from server.problems import Problem

OCTETS = "application/octet-stream"
# What the operating system's own tables may have wrong or lack.
MEDIA_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".f32": OCTETS,
    ".s16": OCTETS,
    ".bin": OCTETS,
}
BLOCK_BYTES = 2**18

REVALIDATE = "no-cache"  # may be kept, but is asked for each time: answered by 304 when unchanged
FOREVER = "public, max-age=31536000, immutable"


def content_response(content: Content, request: Request, media_type: str, cache_control: str) -> Response:
    """Answers as the request's headers ask: whole, compressed or in part, or 304 when the client has it.

    A part is always one of the plain bytes: few clients know what to do with part of a compressed form. Raises Problem.
    """
    part = _part(content, request)
    accepted = request.headers.getlist("accept-encoding")
    coding = IDENTITY if part else coding_asked_for(accepted, content.forms)
    headers = {"Cache-Control": cache_control, "ETag": _etag(content, coding), "Accept-Ranges": "bytes"}
    if len(content.forms) > 1:
        headers["Vary"] = "Accept-Encoding"
    if is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    if part:
        headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{content.n_bytes}"
    return _sent(content.forms[coding], part, request, headers, media_type)


def _sent(
    form: bytes | Path, part: tuple[int, int] | None, request: Request, headers: dict[str, str], media_type: str
) -> Response:
    begin, end = part or (0, form.stat().st_size if isinstance(form, Path) else len(form))
    status = 206 if part else 200
    headers["Content-Length"] = str(end - begin)
    if request.method == "HEAD":
        return Response(None, status, headers, media_type)
    if isinstance(form, Path):
        return StreamingResponse(_blocks(form, begin, end), status, headers, media_type)
    return Response(form[begin:end], status, headers, media_type)


def file_response(path: Path, request: Request, cache_control: str) -> Response:
    """Answers with a file, by its type. Raises OSError and Problem."""
    media_type = MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or OCTETS
    return content_response(content_in(path), request, media_type, cache_control)


class Files(StaticFiles):
    """The files of a folder; revalidated, because their names do not change with their content."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,  # noqa: ARG002
        scope: Scope,
        status_code: int = 200,  # noqa: ARG002
    ) -> Response:
        """Replaces Starlette's, which neither compresses nor revalidates, and refuses ranges that it should ignore."""
        return file_response(Path(full_path), Request(scope), REVALIDATE)


def _etag(content: Content, coding: str) -> str:
    """Strong, and another for each form: by the content, so that several servers of one version agree."""
    return f'"{content.sha256[:32]}{"" if coding == IDENTITY else f"-{coding}"}"'


def _part(content: Content, request: Request) -> tuple[int, int] | None:
    """None: the whole. HEAD knows no parts, and one of another version than the client's would fit nothing."""
    asked, version = request.headers.get("range"), request.headers.get("if-range")
    if asked is None or request.method != "GET" or version not in (None, _etag(content, IDENTITY)):
        return None
    try:
        return part_asked_for(asked, content.n_bytes)
    except UnsatisfiableRange:
        detail = f"The range {asked} begins beyond the end: there are {content.n_bytes} bytes."
        raise Problem("bad_range", detail, headers={"Content-Range": f"bytes */{content.n_bytes}"}) from None


def _blocks(path: Path, begin: int, end: int) -> Iterator[bytes]:
    """Opened for each anew: a client that hangs up between two leaves nothing open."""
    for at in range(begin, end, BLOCK_BYTES):
        with path.open("rb") as file:
            file.seek(at)
            yield file.read(min(BLOCK_BYTES, end - at))
