"""What an operator watches: GET /metrics, in Prometheus' text format. No label has anything of a visitor in it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.exceptions import HTTPException

from server.problems import Problem

# Seconds: from a short song on a fast machine to the longest one on a busy machine.
BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
HEARD = "heard"
_END: Any = object()
Item = TypeVar("Item")


class Metrics:
    """One process's figures; as text, those of all workers of the server, also of dead ones what they counted."""

    def __init__(self, *, is_one_of_several: bool = False) -> None:
        self._is_one_of_several = is_one_of_several
        self._registry = registry = CollectorRegistry()

        def gauge(name: str, meaning: str, *labels: str, of_all: Literal["livesum", "livemax"] = "livesum") -> Gauge:
            return Gauge(name, meaning, labels, multiprocess_mode=of_all, registry=registry)

        self._stage_s = Histogram(
            "genrescope_stage_seconds",
            "Time that songs spend: receive (the upload), wait (for a core), decode (waiting for the decoder), "
            "hear (features and network)",
            ["stage"],
            buckets=BUCKETS_S,
            registry=registry,
        )
        self._songs = Counter(
            "genrescope_songs",
            f"Songs by what came of them: {HEARD}, hung_up, or the code of a problem",
            ["outcome"],
            registry=registry,
        )
        self._refusals = Counter(
            "genrescope_refusals", "Requests to /predict that were refused whole, by code", ["code"], registry=registry
        )
        self.audio_s = Counter("genrescope_audio_seconds", "Length of all songs that were heard", registry=registry)
        self.requests = gauge("genrescope_requests", "Requests with songs that have a place now")
        self.analyses = gauge("genrescope_analyses", "Songs that are being analysed now")
        self.ready = gauge("genrescope_ready", "1 when /predict can answer; of several workers, how many can")
        # No Info: of several processes prometheus_client loses it.
        self._device = gauge("genrescope_device_info", "What the network runs on", "device", of_all="livemax")

    @contextmanager
    def stage(self, stage: str) -> Iterator[None]:
        """Times what is done meanwhile, unless it fails."""
        clock = Stopwatch()
        with clock.running():
            yield
        self.took(stage, clock.elapsed_s)

    def took(self, stage: str, seconds: float) -> None:
        """A song has spent this long in a stage."""
        self._stage_s.labels(stage).observe(seconds)

    def song(self, outcome: str) -> None:
        """A song has ended."""
        self._songs.labels(outcome).inc()

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Counts the problem that ends a request in place of an answer. A song's own is counted as the song's."""
        try:
            yield
        except Problem as problem:
            self._refusals.labels(problem.code).inc()
            raise
        except HTTPException:  # a body that cannot be parsed
            self._refusals.labels("malformed_request").inc()
            raise

    def runs_on(self, device: str) -> None:
        """The model is loaded."""
        self._device.labels(device).set(1)
        self.ready.set(1)

    def text(self) -> bytes:
        """All of it in Prometheus' format."""
        if not self._is_one_of_several:
            return generate_latest(self._registry)
        of_all = CollectorRegistry()
        MultiProcessCollector(of_all)  # type: ignore[no-untyped-call]
        return generate_latest(of_all)


class Stopwatch:
    """Adds up the time that is spent within it."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Until the end of the block, however it ends."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.elapsed_s += time.perf_counter() - begin

    def timed(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, with the time that they are waited for."""
        remaining = iter(items)
        while True:
            with self.running():
                item = next(remaining, _END)
            if item is _END:
                return
            yield item


def metrics_routes(metrics: Metrics) -> APIRouter:
    """For Prometheus; who may ask for it is the proxy's affair."""
    router = APIRouter()

    @router.api_route("/metrics", methods=["GET", "HEAD"], include_in_schema=False)
    def text() -> Response:
        headers = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_LATEST}
        return Response(metrics.text(), headers=headers)

    return router
