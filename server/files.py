"""Files over HTTP: right types, validators, and compression once per file instead of once per request."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

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
COMPRESSIBLE = {*MEDIA_TYPES, ".html", ".css", ".svg", ".txt", ".md"}
MAX_CACHED_BYTES = 16 * 2**20  # per file; larger ones are streamed from disk as they are

REVALIDATE = "no-cache"  # may be kept, but is asked for each time: answered by 304 when unchanged
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Body:
    """A response body in both encodings."""

    plain: bytes
    gzipped: bytes
    sha256: str


@lru_cache(maxsize=256)
def compressed(content: bytes) -> Body:
    """Both encodings of a body; the last few are remembered."""
    return Body(content, gzip.compress(content, mtime=0), hashlib.sha256(content).hexdigest())


@lru_cache(maxsize=256)
def _compressed_file(path: Path, _mtime_ns: int, _size: int) -> Body:
    return compressed.__wrapped__(path.read_bytes())


def body_response(body: Body, headers: Mapping[str, str], media_type: str, cache_control: str) -> Response:
    """Answers with a body as the request's headers ask: compressed, or 304 when the client has it."""
    gzipped = "gzip" in headers.get("accept-encoding", "")
    answer = {
        "Cache-Control": cache_control,
        "ETag": f'"{body.sha256[:32]}{"-gz" if gzipped else ""}"',
        "Vary": "Accept-Encoding",
    }
    if _is_known(headers, answer["ETag"]):
        return Response(status_code=304, headers=answer)
    if gzipped:
        answer["Content-Encoding"] = "gzip"
    return Response(body.gzipped if gzipped else body.plain, headers=answer, media_type=media_type)


def file_response(path: Path, headers: Mapping[str, str], cache_control: str) -> Response:
    """Answers with a file, by its type from memory or streamed from disk. Ranges work for the latter."""
    media_type = MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or OCTETS
    stat = path.stat()
    if path.suffix in COMPRESSIBLE and stat.st_size <= MAX_CACHED_BYTES:
        body = _compressed_file(path, stat.st_mtime_ns, stat.st_size)
        return body_response(body, headers, media_type, cache_control)
    keep = {"Cache-Control": cache_control}
    answer = FileResponse(path, stat_result=stat, media_type=media_type, headers=keep)
    if _is_known(headers, answer.headers["etag"]):
        return Response(status_code=304, headers=keep | {"ETag": answer.headers["etag"]})
    return answer


class Files(StaticFiles):
    """The files of a folder; revalidated, because their names do not change with their content."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,  # noqa: ARG002
        scope: Scope,
        status_code: int = 200,  # noqa: ARG002
    ) -> Response:
        """Replaces Starlette's, which neither compresses nor revalidates."""
        return file_response(Path(full_path), Headers(scope=scope), REVALIDATE)


def _is_known(headers: Mapping[str, str], etag: str) -> bool:
    known = headers.get("if-none-match", "")
    return known == "*" or etag in (part.strip().removeprefix("W/") for part in known.split(","))
