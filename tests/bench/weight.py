"""How many bytes a page fetches: counted between the browser and the server, where no cache can hide anything."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

NOT_MODIFIED = 304
WORKER = "/service-worker.js"


@dataclass(frozen=True)
class Exchange:
    """A request that was answered. n_bytes: of the answer as it was sent, headers included."""

    path: str
    status: int
    n_bytes: int


@dataclass(frozen=True)
class Weight:
    """What a visit costs: files that were sent, and what of it all came through the line."""

    n_files: int
    file_bytes: int
    n_revalidations: int
    all_bytes: int

    @classmethod
    def of(cls, exchanges: Iterable[Exchange]) -> Weight:
        """An answer "not modified" is a revalidation; all others send a file."""
        every = list(exchanges)
        files = [exchange for exchange in every if exchange.status != NOT_MODIFIED]
        n_bytes = [sum(exchange.n_bytes for exchange in group) for group in (files, every)]
        return cls(len(files), n_bytes[0], len(every) - len(files), n_bytes[1])


def each_once(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """The first exchange of each path: what a visit costs where every worker has to fetch the same file anew."""
    return list({exchange.path: exchange for exchange in reversed(list(exchanges))}.values())


def up_to_worker(exchanges: Sequence[Exchange]) -> tuple[list[Exchange], list[Exchange]]:
    """What a visit costs, and what the page fetches for working without a network: from its service worker on, which it
    asks for after the first chart.
    """
    paths = [exchange.path for exchange in exchanges]
    at = paths.index(WORKER) if WORKER in paths else len(paths)
    return list(exchanges[:at]), list(exchanges[at:])


class CountingProxy:
    """A server on a free port that passes everything on to another one and back as it is, and counts."""

    def __init__(self, url: str) -> None:
        self._exchanges: list[Exchange] = []
        target = urlsplit(url).netloc
        handler = type("Handler", (_Handler,), {"target": target, "exchanges": self._exchanges})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self) -> list[Exchange]:
        """The exchanges since the last time."""
        taken = self._exchanges[:]
        del self._exchanges[: len(taken)]
        return taken


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target: str
    exchanges: list[Exchange]

    def do_GET(self) -> None:
        connection = http.client.HTTPConnection(self.target, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            connection.request("GET", self.path, headers=headers)
            answer = connection.getresponse()
            self._pass_on(answer, answer.read())
        finally:
            connection.close()

    def _pass_on(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [f"{name}: {value}" for name, value in answer.getheaders() if name.lower() != "connection"]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.exchanges.append(Exchange(self.path, answer.status, len(head) + len(body)))
        self.wfile.write(head + body)

    def log_message(self, *_: Any) -> None:
        """Says nothing of each request."""
