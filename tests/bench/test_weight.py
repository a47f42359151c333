"""Counting what comes through the line between browser and server."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from tests.bench.weight import CountingProxy, Exchange, Weight, each_once, up_to_worker


def test_a_visit_is_files_and_revalidations() -> None:
    exchanges = [Exchange("/", 200, 1000), Exchange("/a.js", 304, 150), Exchange("/gone", 404, 90)]
    assert Weight.of(exchanges) == Weight(n_files=2, file_bytes=1090, n_revalidations=1, all_bytes=1240)
    assert Weight.of([]) == Weight(0, 0, 0, 0)


def test_files_that_every_worker_fetched_count_once() -> None:
    exchanges = [Exchange("/a.js", 200, 10), Exchange("/b.js", 200, 5), Exchange("/a.js", 200, 10)]
    assert Weight.of(each_once(exchanges)) == Weight(n_files=2, file_bytes=15, n_revalidations=0, all_bytes=15)


def test_what_is_fetched_for_working_offline_is_no_part_of_the_visit() -> None:
    visit = [Exchange("/", 200, 10), Exchange("/static/app.js", 200, 5)]
    kept = [Exchange("/service-worker.js", 200, 3), Exchange("/static/app.js", 200, 5)]
    assert up_to_worker(visit + kept) == (visit, kept)
    assert up_to_worker(visit) == (visit, [])


def test_answers_pass_unchanged_and_are_counted_as_sent(server_url: str) -> None:
    ask = {"Accept-Encoding": "gzip"}
    with CountingProxy(server_url) as proxy:
        straight, passed = (
            urllib.request.urlopen(urllib.request.Request(f"{url}/static/style.css", headers=ask))
            for url in (server_url, proxy.url)
        )
        compressed = straight.read()
        assert passed.read() == compressed
        assert passed.headers["Content-Encoding"] == "gzip"
        assert passed.headers["Content-Security-Policy"] == straight.headers["Content-Security-Policy"]
        (exchange,) = proxy.take()
        assert (exchange.path, exchange.status) == ("/static/style.css", 200)
        assert 0 < exchange.n_bytes - len(compressed) < 2000  # the headers
        assert proxy.take() == []


def test_a_revalidation_costs_only_headers(server_url: str) -> None:
    with CountingProxy(server_url) as proxy:
        etag = urllib.request.urlopen(f"{proxy.url}/static/style.css").headers["ETag"]
        again = urllib.request.Request(f"{proxy.url}/static/style.css", headers={"If-None-Match": etag})
        with pytest.raises(urllib.error.HTTPError, match="304"):
            urllib.request.urlopen(again)
        weight = Weight.of(proxy.take())
    assert (weight.n_files, weight.n_revalidations) == (1, 1)
    assert weight.all_bytes - weight.file_bytes < 2000
