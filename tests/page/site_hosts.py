"""Hosts of mere files, as the tests of a written site meet them: a plain one, and one that honours `_headers`."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit


class PlainHost:
    """`python -m http.server`: it sets no headers, and knows nothing of the page."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = cast("IO[str]", self._process.stdout).readline()
        self.url = re.findall(r"http://127\.0\.0\.1:\d+", said)[0]

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


def rules_in(headers_file: str) -> list[tuple[str, dict[str, str]]]:
    """What a `_headers` file says: a path, * for anything, and below it, indented, the headers of what is there."""
    rules: list[tuple[str, dict[str, str]]] = []
    for line in headers_file.splitlines():
        if line.startswith(" "):
            name, _, value = line.strip().partition(": ")
            rules[-1][1][name] = value
        else:
            rules.append((line, {}))
    return rules


def headers_of(path: str, rules: list[tuple[str, dict[str, str]]]) -> dict[str, str]:
    """As Cloudflare Pages has it: of all rules that meet, and of one header that several of them have, all values."""
    found: dict[str, str] = {}
    for pattern, headers in rules:
        if fnmatchcase(path, pattern):
            found |= {name: f"{found[name]}, {value}" if name in found else value for name, value in headers.items()}
    return found


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        rules = rules_in((Path(self.directory) / "_headers").read_text(encoding="utf-8"))
        for name, value in headers_of(urlsplit(self.path).path, rules).items():
            if name != "Content-Type":  # it has one of its own
                self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def host_that_honours_headers(folder: Path) -> Iterator[str]:
    """Gives its address."""
    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{host.server_port}"
    finally:
        host.shutdown()
        host.server_close()
