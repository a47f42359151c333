"""Ray that is one command's own, on this machine, and whether there is one elsewhere. Ray itself is not imported."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EMBEDDED = "local"  # in place of an address
SHORT_FOLDER = os.environ.get("RAY_TMPDIR", "/tmp")  # noqa: S108 - names of sockets are 107 bytes long at most
LONGEST_WAIT_S = 10.0  # for a cluster's answer


def keep_a_secret() -> None:
    """Ray's ports are open to the network, and who has its secret may run any program: it is in our environment alone.

    Else Ray would take one from a file of the user's (~/.ray/auth_token), or put one there that all may read.
    """
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


@contextmanager
def own_folder(purpose: str) -> Iterator[dict[str, Any]]:
    """What `ray.init` is to be told. In the usual folder a command that looks for the machine's Ray would find it."""
    with tempfile.TemporaryDirectory(
        prefix=f"genrescope-{purpose}-", dir=SHORT_FOLDER, ignore_cleanup_errors=True
    ) as folder:
        yield {"include_dashboard": False, "_temp_dir": folder}


def check_address(address: str) -> None:
    """Raises ConnectionError where nobody answers at host:port: Ray itself would wait for many minutes."""
    host, separator, port = address.removeprefix("ray://").rpartition(":")
    if separator and port.isdecimal():
        try:
            socket.create_connection((host.strip("[]"), int(port)), LONGEST_WAIT_S).close()
        except (OSError, OverflowError, UnicodeError) as error:
            raise ConnectionError(str(error)) from error
