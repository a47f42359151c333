"""Where a catalogue lies, or what is heard of it: a folder of this machine, or of an object store, as pyarrow has them.

Credentials, region and another endpoint than the store's own (AWS_ENDPOINT_URL) come from the environment, as for the
store's own tools.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.fs as fs

from genrescope.errors import CommandError, SourceError
from model.whole_files import stand_in

STORES = ("s3", "gs")
FRESH = ".genrescope-"  # how names begin of what model.whole_files had not put into its place yet
USUAL_REGION = "us-east-1"  # of stores that know none


class StoreError(SourceError):
    """What is there cannot be read: the store may be the reason, and not the song."""

    def __init__(self, detail: str) -> None:
        super().__init__("unreadable", detail)


@dataclass(frozen=True)
class Place:
    """A file or folder, which need not be there. store: its name as in URIs, "" for this machine."""

    filesystem: Any
    path: str
    store: str = ""

    def __str__(self) -> str:
        return f"{self.store}://{self.path}" if self.store else self.path

    def __truediv__(self, name: str) -> Place:
        return replace(self, path=f"{self.path.rstrip('/')}/{name}")

    @property
    def parent(self) -> Place:
        return replace(self, path=self.path.rstrip("/").rpartition("/")[0] or "/")

    def is_file(self) -> bool:
        """Raises CommandError where the store does not answer."""
        return bool(self._type() == fs.FileType.File)

    def is_folder(self) -> bool:
        """Raises CommandError where the store does not answer."""
        return bool(self._type() == fs.FileType.Directory)

    def _type(self) -> Any:
        try:
            return self.filesystem.get_file_info(self.path).type
        except OSError as error:
            raise CommandError(f"{self} cannot be looked at: {_reason(error)}") from error

    def entries(self) -> list[Any]:
        """What lies in this folder, by name; nothing where there is none. Raises CommandError."""
        try:
            found = self.filesystem.get_file_info(fs.FileSelector(self.path, allow_not_found=True))
        except OSError as error:
            raise CommandError(f"{self} cannot be looked at: {_reason(error)}") from error
        return sorted(found, key=lambda entry: str(entry.base_name))

    def read(self) -> bytes:
        """Raises CommandError."""
        try:
            with self.filesystem.open_input_file(self.path) as file:
                return bytes(file.read())
        except OSError as error:
            raise CommandError(f"{self} cannot be read: {_reason(error)}") from error

    def write(self, content: bytes) -> None:
        """All of it or nothing, in place of what is there. Raises CommandError."""
        try:
            if self.store:
                with self.filesystem.open_output_stream(self.path) as stream:  # is there from the end of this on
                    stream.write(content)
                return
            path = Path(self.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            with stand_in(path) as fresh:
                fresh.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{self} cannot be written: {_reason(error)}") from error

    def delete(self) -> None:
        """Whether or not it is there. Raises CommandError."""
        try:
            if self._type() == fs.FileType.File:
                self.filesystem.delete_file(self.path)
        except OSError as error:
            raise CommandError(f"{self} cannot be deleted: {_reason(error)}") from error

    def forget_unfinished(self) -> None:
        """Of this folder: what a killed process had not put into its place."""
        if not self.store:
            for path in Path(self.path).glob(f"{FRESH}*"):
                with suppress(FileNotFoundError):
                    path.unlink()


def place_of(typed: str) -> Place:
    """Of a path, or of s3://bucket/name or gs://bucket/name. Raises CommandError for other URIs and odd settings."""
    store, separator, path = typed.partition("://")
    if not separator:
        return Place(fs.LocalFileSystem(), os.path.abspath(typed))  # noqa: PTH100 - names that are no UTF-8, too
    if store.lower() not in STORES:
        raise CommandError(f"{typed}: of addresses, only those that begin with s3:// or gs:// can be read and written")
    if not path.strip("/"):
        raise CommandError(f"{typed} names no bucket")
    try:
        filesystem = _s3(path.partition("/")[0]) if store.lower() == "s3" else _gs()
    except OSError as error:
        raise StoreError(f"{typed} cannot be reached: {_reason(error)}") from error
    return Place(filesystem, path.rstrip("/"), store.lower())


@cache
def _gs() -> Any:
    return fs.GcsFileSystem()


@cache
def _s3(bucket: str) -> Any:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region is None:
        region = USUAL_REGION if endpoint else fs.resolve_s3_region(bucket)
    return fs.S3FileSystem(region=region, endpoint_override=endpoint, allow_delayed_open=True)  # a part is one request


def walk(folder: Place, below: str = "") -> Iterator[str]:
    """Names of all files below a store's folder, at any depth, but for hidden ones: one folder in memory at a time."""
    for entry in folder.entries():
        name = str(entry.base_name)
        if not name or name.startswith("."):
            continue
        if entry.type == fs.FileType.Directory:
            yield from walk(folder / name, f"{below}{name}/")
        else:
            yield f"{below}{name}"


def _reason(error: OSError) -> str:
    return str(error.strerror or error)
