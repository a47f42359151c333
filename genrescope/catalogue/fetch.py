"""A song of a catalogue as a file of this machine: where it lies, or a copy of bounded size that is gone afterwards."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.fs as fs

from genrescope.catalogue.places import Place, StoreError
from genrescope.download import MOST_BYTES
from genrescope.errors import SourceError

CHUNK_BYTES = 2**20
# Of one file, whatever else may be read beside it: not what a disk or a network says that has gone.
OF_THE_FILE = {errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ENXIO}


@dataclass(frozen=True)
class SongFile:
    """size_bytes, modified_ns: of the song where it lies."""

    path: Path
    size_bytes: int
    modified_ns: int | None


@contextmanager
def song_file(place: Place) -> Iterator[SongFile]:
    """Raises SourceError, of which StoreError is one kind."""
    if not place.store:
        yield _local(Path(place.path))
        return
    info = _info(place)
    if info.size > MOST_BYTES:
        raise SourceError("too_large", f"This is larger than {MOST_BYTES // 10**6} MB.")
    with tempfile.NamedTemporaryFile(prefix="genrescope-") as copy:
        try:
            with place.filesystem.open_input_stream(place.path) as stream:
                while copy.tell() <= MOST_BYTES and (chunk := stream.read(CHUNK_BYTES)):
                    copy.write(chunk)
                copy.flush()
        except OSError as error:
            raise _unreadable(error) from error
        yield SongFile(Path(copy.name), info.size, info.mtime_ns)


def _local(path: Path) -> SongFile:
    try:
        status = path.stat()
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except FileNotFoundError:
        raise SourceError("unreadable", "There is no such file.") from None
    except OSError as error:
        found = _unreadable(error)
        raise SourceError(found.code, str(found)) if error.errno in OF_THE_FILE else found from error
    if not path.is_file():
        raise SourceError("unreadable", "This is no file.")
    return SongFile(path, status.st_size, status.st_mtime_ns)


def _info(place: Place) -> Any:
    try:
        info = place.filesystem.get_file_info(place.path)
    except OSError as error:
        raise _unreadable(error) from error
    if info.type != fs.FileType.File:
        raise SourceError("unreadable", "There is no such file.")
    return info


def _unreadable(error: OSError) -> StoreError:
    return StoreError(f"This file cannot be read: {error.strerror or error}.")
