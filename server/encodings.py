"""Compressed forms of what is served, made ahead of time: see prepare.py.

They are files in .cache/encodings, named by the SHA-256 of what they decode to, so that none can be stale and only what
has changed is made again. The server only reads them; of a file that has none it makes the gzip itself, the first time
that it is asked for.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli

from model.cores import usable_cores
from model.whole_files import stand_in
from server.settings import REPOSITORY

PREPARED = REPOSITORY / ".cache" / "encodings"
MAX_BYTES = 16 * 2**20  # of a file; a larger one is streamed from disk as it is
COMPRESSIBLE = {
    ".js", ".mjs", ".json", ".map", ".wasm", ".html", ".css", ".svg", ".txt", ".md", ".f32", ".s16",
    ".bin",
}  # fmt: skip
IDENTITY = "identity"
# As Accept-Encoding names them, best first.
ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=11),
    "gzip": lambda content: gzip.compress(content, mtime=0),
}


@dataclass(frozen=True)
class Content:
    """What is served at an address: by coding, its bytes or the file to stream them from; always as "identity"."""

    sha256: str
    n_bytes: int
    forms: Mapping[str, bytes | Path]


@lru_cache(maxsize=64)
def content_of(plain: bytes) -> Content:
    """Something small that is made while the server runs, in all its forms; the last few are remembered."""
    forms = {coding: encode(plain) for coding, encode in ENCODERS.items()}
    return Content(hashlib.sha256(plain).hexdigest(), len(plain), {**forms, IDENTITY: plain})


def content_in(path: Path) -> Content:
    """A file as it is now. Raises OSError."""
    sha256 = file_sha256(path)
    if not _is_compressible(path):
        return Content(sha256, path.stat().st_size, {IDENTITY: path})
    return _content_in(path, sha256, PREPARED.stat().st_mtime_ns if PREPARED.is_dir() else 0)


@lru_cache(maxsize=1024)
def _content_in(path: Path, sha256: str, _prepared_ns: int) -> Content:
    plain = path.read_bytes()
    made = {coding: _prepared(sha256, coding) for coding in ENCODERS}
    forms = {coding: file.read_bytes() for coding, file in made.items() if file.exists()}
    return Content(sha256, len(plain), {**(forms or {"gzip": ENCODERS["gzip"](plain)}), IDENTITY: plain})


def file_sha256(path: Path) -> str:
    """Hex digest of a file, read again when its date or size has changed. Raises OSError."""
    stat = path.stat()
    return _file_sha256(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)
def _file_sha256(path: Path, _mtime_ns: int, _n_bytes: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def prepare(paths: Iterable[Path]) -> dict[str, int]:
    """Makes what is not there yet. Returns the bytes of all files together, by coding."""
    PREPARED.mkdir(parents=True, exist_ok=True)
    files = [path for path in paths if _is_compressible(path)]
    with ThreadPoolExecutor(usable_cores()) as pool:  # the encoders release the interpreter's lock
        sizes = list(pool.map(_prepare, sorted(files, key=lambda path: -path.stat().st_size)))
    plain_bytes = sum(path.stat().st_size for path in files)
    return {IDENTITY: plain_bytes} | {coding: sum(size[coding] for size in sizes) for coding in ENCODERS}


def _prepare(path: Path) -> dict[str, int]:
    sha256 = file_sha256(path)
    for coding, encode in ENCODERS.items():
        if not _prepared(sha256, coding).exists():
            with stand_in(_prepared(sha256, coding)) as fresh:  # a server may be reading, another command writing
                fresh.write_bytes(encode(path.read_bytes()))
                fresh.chmod(0o644)
    return {coding: _prepared(sha256, coding).stat().st_size for coding in ENCODERS}


def _prepared(sha256: str, coding: str) -> Path:
    return PREPARED / f"{sha256}.{coding}"


def _is_compressible(path: Path) -> bool:
    return path.suffix in COMPRESSIBLE and path.stat().st_size <= MAX_BYTES
