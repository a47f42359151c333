"""Ray that is one command's own, on this machine, and whether there is one elsewhere. Ray is imported when used."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

EMBEDDED = "local"  # in place of an address
SHORT_FOLDER = os.environ.get("RAY_TMPDIR", "/tmp")  # noqa: S108 - names of sockets are 107 bytes long at most
PREFIX = "genrescope-ray-"
SURELY_LOCKED_S = 10.0  # after it was made
LONGEST_WAIT_S = 10.0  # for a cluster's answer
MOST_STARTS, TOO_SLOW = 5, "timed out during startup"  # Ray gives its own processes 30 s, however busy all is


def keep_a_secret() -> None:
    """Ray's ports are open to the network, and who has its secret may run any program: it is in our environment alone.

    Else Ray would take one from a file of the user's (~/.ray/auth_token), or put one there that all may read.
    """
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


@contextmanager
def own_ray(**options: Any) -> Iterator[None]:
    """As long as this is entered; options: more for `ray.init`. Raises RuntimeError where it does not start.

    It is tried again where the machine is too busy for the time that Ray gives its own processes.
    """
    import ray

    keep_a_secret()
    with own_folder() as folder:
        try:
            for start in range(1, MOST_STARTS + 1):
                try:
                    ray.init(EMBEDDED, include_dashboard=False, _temp_dir=str(folder), **options)
                    break
                except Exception as error:  # of no class of its own
                    ray.shutdown()
                    if TOO_SLOW not in str(error) or start == MOST_STARTS:
                        raise RuntimeError(f"it does not start: {error}") from error
            yield
        finally:
            ray.shutdown()


@contextmanager
def own_folder() -> Iterator[Path]:
    """For Ray's files. In the usual folder a command that looks for the machine's Ray would find it.

    It is locked as long as this process lives: what one that was killed has left is deleted by the next.
    """
    for left in Path(SHORT_FOLDER).glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's
            _delete_what_is_left(left)
    made = tempfile.TemporaryDirectory(prefix=PREFIX, dir=SHORT_FOLDER, ignore_cleanup_errors=True)
    with made as folder, _locked(Path(folder)):
        yield Path(folder)


def _delete_what_is_left(folder: Path) -> None:
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return
    with _locked(folder):
        if time.time() - folder.stat().st_mtime > SURELY_LOCKED_S:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Raises BlockingIOError where it is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def check_address(address: str) -> None:
    """Raises ConnectionError where nobody answers at host:port: Ray itself would wait for many minutes."""
    host, separator, port = address.removeprefix("ray://").rpartition(":")
    if separator and port.isdecimal():
        try:
            socket.create_connection((host.strip("[]"), int(port)), LONGEST_WAIT_S).close()
        except (OSError, OverflowError, UnicodeError) as error:
            raise ConnectionError(str(error)) from error
