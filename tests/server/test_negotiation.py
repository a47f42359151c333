"""server/negotiation.py: what the headers of a request ask for."""

from __future__ import annotations

import pytest

from server.negotiation import UnsatisfiableRange, coding_asked_for, is_known, part_asked_for


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ([], "identity"),
        ([""], "identity"),
        (["gzip, deflate, br, zstd"], "br"),
        (["gzip, deflate"], "gzip"),
        (["deflate"], "identity"),
        (["GZIP"], "gzip"),
        (["gzip", "br"], "br"),  # two header lines
        (["gzip;q=0"], "identity"),
        (["gzip;q=0.000, br;q=0"], "identity"),
        (["br;q=0, gzip"], "gzip"),
        (["br; q=0.5, gzip; q=0.8"], "gzip"),
        (["gzip;q=0.5, br;q=0.5"], "br"),
        (["gzip;q=0.5, identity"], "identity"),
        (["*"], "br"),
        (["*;q=0"], "identity"),
        (["br;q=0, *"], "gzip"),
        (["gzip;q=0.1, *;q=0"], "gzip"),
        (["identity;q=0, gzip;q=0.1"], "gzip"),
        (["identity;q=0"], "identity"),  # nothing that the client takes: better than nothing
        (["identity"], "identity"),
        (["gzip;q=2"], "identity"),
        (["gzip;q=x, br;level=1"], "identity"),
        (["notgzip, gzipped"], "identity"),
        ([",,gzip,"], "gzip"),
    ],
)
def test_coding(accept_encoding: list[str], coding: str) -> None:
    assert coding_asked_for(accept_encoding, ["br", "gzip", "identity"]) == coding


def test_a_coding_that_there_is_not_is_not_chosen() -> None:
    assert coding_asked_for(["br, gzip"], ["gzip", "identity"]) == "gzip"
    assert coding_asked_for(["br, gzip, *"], ["identity"]) == "identity"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("Bytes=10-19", (10, 20)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=20-10", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes", None),
        ("", None),
        ("bytes=a-b", None),
        ("bytes=+1-2", None),
        ("bytes=1 - 2", None),
        ("bytes=٠-٩", None),
        ("items=0-5", None),
        ("bytes=0-1,5-6", None),
        ("bytes=" + "0-1," * 10_000 + "0-1", None),
    ],
)
def test_part(header: str, part: tuple[int, int] | None) -> None:
    assert part_asked_for(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", f"bytes={10**30}-"])
def test_part_beyond_the_end(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        part_asked_for(header, 100)


def test_part_of_nothing() -> None:
    with pytest.raises(UnsatisfiableRange):
        part_asked_for("bytes=-5", 0)


@pytest.mark.parametrize(
    ("if_none_match", "known"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("", False), ("a", False)],
)
def test_known(if_none_match: str, known: bool) -> None:
    assert is_known(if_none_match, '"a"') is known
