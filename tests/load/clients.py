"""Clients that send one song again and again, all at once, each on its own connection: a closed loop.

locust would be another way; it brings 18 packages (gevent, which rewires Python's sockets, and a web server among
them) and rounds its percentiles, and all that matters here, which answers are exactly right, how soon a refusal comes
and what a killed worker costs, would be ours to write there, too. httpx is what the other tests use.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

TIMEOUT_S = 180.0
BOUNDARY = "a-boundary-that-no-song-has-in-it"
HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
LOST = 0  # in place of a status: the connection ended without an answer


@dataclass(frozen=True)
class Load:
    """What is sent to a server, and the answer that is right."""

    url: str
    body: bytes
    right_answer: bytes

    @classmethod
    def of(cls, url: str, song: bytes) -> Load:
        """Asks once, alone, for what is right."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        body = head.encode() + song + f"\r\n--{BOUNDARY}--\r\n".encode()
        answer = httpx.post(f"{url}/predict", content=body, headers=HEADERS, timeout=TIMEOUT_S)
        return cls(url, body, answer.raise_for_status().content)


@dataclass(frozen=True)
class Answer:
    """status: of HTTP, or LOST. Times in seconds; ended_s since the clients' start. retry_after_s: of a refusal."""

    status: int
    began_s: float
    ended_s: float
    is_right: bool = False
    retry_after_s: float | None = None

    @property
    def took_s(self) -> float:
        """From the first byte sent to the last received."""
        return self.ended_s - self.began_s

    @property
    def is_refusal(self) -> bool:
        """The documented one: come back later."""
        return self.status == httpx.codes.SERVICE_UNAVAILABLE and self.retry_after_s is not None


def send(load: Load, n_clients: int, *, seconds: float = float("inf"), n_answers: float = float("inf")) -> list[Answer]:
    """All answers, in order of their ends: no request is begun after so long or so many, those under way are ended.

    Who is told to come back later does, some of the clients a little later than others.
    """
    return asyncio.run(_send(load, n_clients, lambda now_s, n: now_s < seconds and n < n_answers))


async def _send(load: Load, n_clients: int, goes_on: Callable[[float, int], bool]) -> list[Answer]:
    answers: list[Answer] = []
    start_s, n_good = time.perf_counter(), 0

    async def be_client(client: httpx.AsyncClient) -> None:
        nonlocal n_good
        wait_s = 0.0
        while goes_on(time.perf_counter() - start_s + wait_s, n_good):
            await asyncio.sleep(wait_s)
            answers.append(answer := await _ask(client, load, start_s))
            n_good += not answer.is_refusal
            wait_s = (answer.retry_after_s or 0) * random.uniform(1, 1.5)

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=TIMEOUT_S, trust_env=False) as client:
        await asyncio.gather(*(be_client(client) for _ in range(n_clients)))
    return answers


async def _ask(client: httpx.AsyncClient, load: Load, start_s: float) -> Answer:
    began_s = time.perf_counter() - start_s
    try:
        response = await client.post(f"{load.url}/predict", content=load.body, headers=HEADERS)
    except httpx.TransportError:
        return Answer(LOST, began_s, time.perf_counter() - start_s)
    ended_s = time.perf_counter() - start_s
    retry_after = response.headers.get("retry-after")
    is_right = response.status_code == httpx.codes.OK and response.content == load.right_answer
    return Answer(response.status_code, began_s, ended_s, is_right, float(retry_after) if retry_after else None)
