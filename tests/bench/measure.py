"""All measurements, one after the other; one that fails does not cost the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from model.contract import load_contract
from server.settings import read_settings
from tests.bench import memory, page_runs, server_runs
from tests.bench.machine import machine, parallel_gain
from tests.bench.songs import Song, nearest
from tests.page.browsers import BROWSERS, Browser
from tests.support import ServerProcess, seconds_to_page

LONG_S = 600  # songs above it are measured fewer times


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    lengths_s: tuple[int, ...]
    n_pairs: int
    n_long_pairs: int
    n_visits: int


FULL = Plan((30, 240, 3600), n_pairs=5, n_long_pairs=2, n_visits=3)
QUICK = Plan((30, 240), n_pairs=3, n_long_pairs=1, n_visits=1)


class Bench:
    """Measures, and goes on when one thing cannot be measured: what was wrong stands in the notes."""

    def __init__(self, songs: Sequence[Song], plan: Plan) -> None:
        self.songs, self.plan = songs, plan
        self.notes: list[str] = []

    def attempt(self, what: str, work: Callable[[], Any], otherwise: Any) -> Any:
        """The work's result. What goes wrong in a browser or server is as manifold as they are: all is caught."""
        print(f"bench: {what}", file=sys.stderr, flush=True)
        try:
            return work()
        except (Exception, pytest.fail.Exception) as error:
            self.notes.append(f"{what}: {type(error).__name__}: {error}".split("\n")[0])
            return otherwise

    def server(self, url: str) -> dict[str, Any]:
        """Everything about the server."""
        plan, song = self.plan, self.whole_song
        starts = [self.attempt("server start", seconds_to_page, None) for _ in range(plan.n_visits)]
        result = {"start_s": [seconds for seconds in starts if seconds is not None]}
        result |= self.attempt("/predict", lambda: server_runs.predict_pairs(url, song, plan.n_pairs), {})
        result |= self.attempt("/predict, 4 at once", lambda: server_runs.concurrency(url, song, plan.n_visits), {})
        level_percent = self.attempt("level", lambda: server_runs.level(url, song), {})
        return {**result, "level_percent": level_percent}

    @property
    def whole_song(self) -> Song:
        """The one that most goals speak of."""
        return nearest(self.songs, 240)

    @property
    def short_song(self) -> Song:
        """For what does not depend on the length."""
        return nearest(self.songs, 0)

    def browser(self, browser: Browser, url: str) -> dict[str, Any]:
        """Everything about the page in one browser."""
        name, short, whole = browser.name, self.short_song, self.whole_song

        def visit() -> float:
            return page_runs.first_visit_ms(browser, url, short)

        def explained() -> list[float]:
            return page_runs.explained_ms(browser, url, short)

        def one_thread() -> list[float]:
            return page_runs.one_thread_ms(browser, url, whole, self.plan.n_pairs)

        visits = [self.attempt(f"{name}, first visit", visit, None) for _ in range(self.plan.n_visits)]
        weights = self.attempt(f"{name}, weight", lambda: page_runs.weights(browser, url, short), {})
        if not browser.keeps_cache:
            self.notes.append(
                f"{name}: its driven sessions keep no cache: each file counts once, and there is no second visit"
            )
        return {
            "version": self.attempt(f"{name}, version", lambda: page_runs.version(browser), "of unknown version"),
            "first_visit_ms": [first_row_ms for first_row_ms in visits if first_row_ms is not None],
            "visits": {visit: asdict(weight) for visit, weight in weights.items()},
            "explained_ms": self.attempt(f"{name}, why", explained, []),
            "one_thread_ms": {whole.name: self.attempt(f"{name}, one thread", one_thread, [])},
            "songs": {song.name: self.song(browser, url, song) for song in self.songs},
        }

    def song(self, browser: Browser, url: str, song: Song) -> dict[str, Any]:
        """Everything about one song in one browser."""
        what = f"{browser.name}, {song.name}"
        n_pairs = self.plan.n_pairs if song.duration_s < LONG_S else self.plan.n_long_pairs
        found = self.attempt(what, lambda: page_runs.pairs(browser, url, song, n_pairs, self.short_song), {})
        if memory.can_measure():
            found |= self.attempt(f"{what}, memory", lambda: page_runs.memory_mb(browser, url, song), {})
        return dict(found)


def measure(bench: Bench, names: Sequence[str]) -> dict[str, Any]:
    """All measurements, one after the other."""
    contract = load_contract(read_settings().model)
    result: dict[str, Any] = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "model": {"name": contract.name, "version": contract.version},
        "songs": [{**asdict(song), "path": song.path.name} for song in bench.songs],
    }
    server = ServerProcess()
    gains = []
    try:
        server.wait_until_ready()
        gains.append(parallel_gain())
        result["server"] = bench.server(server.url)
        result["browsers"] = {}
        for name in names:
            gains.append(parallel_gain())
            if reason := BROWSERS[name].why_not():
                bench.notes.append(f"{name} was not measured: {reason}")
            else:
                result["browsers"][name] = bench.browser(BROWSERS[name], server.url)
    finally:
        server.stop()
    return {**result, "parallel_gain": [*gains, parallel_gain()], "notes": bench.notes}
