"""How a real server sends files: compressed forms, validators, parts, HEAD, and the headers of every kind of answer."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import brotli
import httpx
import pytest

from server.encodings import prepare
from server.headers import SECURITY_HEADERS
from tests.support import REPOSITORY, SONGS, assert_problem

CONTRACT = json.loads((REPOSITORY / "model" / "contract.json").read_text())
SCRIPT = "/static/app.js"
SONG = "/static/sample/medley.mp3"
FILTERS = "/model/" + CONTRACT["signal_chain"]["mel_filters"]
NEVER_PREPARED = "/model/" + CONTRACT["golden"]
PREPARED = [REPOSITORY / "static" / "app.js", REPOSITORY / FILTERS.removeprefix("/")]
MADE = ["/", "/service-worker.js", "/model/contract.json"]  # while the server runs
COMPRESSED = [*MADE, SCRIPT, FILTERS]
ALL = [*COMPRESSED, SONG]
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}


@pytest.fixture(scope="module")
def client(server_url: str) -> Iterator[httpx.Client]:
    prepare(PREPARED)
    with httpx.Client(base_url=server_url, timeout=30) as client:
        yield client


def ask(client: httpx.Client, path: str, method: str = "GET", **headers: str) -> tuple[httpx.Response, bytes]:
    """The answer and its body as it was sent. headers: with _ for -; no encoding is accepted unless one says so."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream(method, path, headers={"accept-encoding": "identity", **given}) as response:
        return response, b"".join(response.iter_raw())


@pytest.mark.parametrize("coding", ["br", "gzip"])
@pytest.mark.parametrize("path", COMPRESSED)
def test_text_and_numbers_are_compressed_for_who_can(client: httpx.Client, path: str, coding: str) -> None:
    packed, body = ask(client, path, accept_encoding=coding)
    plain, content = ask(client, path)
    assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == (coding, None)
    assert DECODERS[coding](body) == content
    assert len(body) < 0.8 * len(content)
    assert packed.headers["content-length"] == str(len(body))
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["content-type"] == plain.headers["content-type"]


def test_every_form_has_its_own_strong_tag(client: httpx.Client) -> None:
    for path in COMPRESSED:
        tags = [ask(client, path, accept_encoding=coding)[0].headers["etag"] for coding in DECODERS]
        assert len(set(tags)) == 3, path
        assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_browsers_get_the_smallest_form_and_who_refuses_gets_none(client: httpx.Client) -> None:
    assert ask(client, SCRIPT, accept_encoding="gzip, deflate, br, zstd")[0].headers["content-encoding"] == "br"
    assert "content-encoding" not in ask(client, SCRIPT, accept_encoding="gzip;q=0, br;q=0")[0].headers
    assert ask(client, SCRIPT, accept_encoding="*;q=0.5, br;q=0")[0].headers["content-encoding"] == "gzip"


def test_what_was_not_prepared_is_sent_as_gzip(client: httpx.Client) -> None:
    response, body = ask(client, NEVER_PREPARED, accept_encoding="gzip")
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == (REPOSITORY / NEVER_PREPARED.removeprefix("/")).read_bytes()


def test_a_song_has_one_form(client: httpx.Client) -> None:
    response, body = ask(client, SONG, accept_encoding="gzip, br")
    assert body == (REPOSITORY / SONG.removeprefix("/")).read_bytes()
    assert not {"content-encoding", "vary"} & set(response.headers)
    assert response.headers["etag"] == ask(client, SONG)[0].headers["etag"]


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize("path", ALL)
def test_what_the_client_has_is_not_sent_again(client: httpx.Client, path: str, coding: str) -> None:
    first, _ = ask(client, path, accept_encoding=coding)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again, body = ask(client, path, accept_encoding=coding, if_none_match=known)
        assert (again.status_code, body) == (304, b""), known
        for name in ("etag", "cache-control", "vary"):
            assert again.headers.get(name) == first.headers.get(name)
    assert ask(client, path, accept_encoding=coding, if_none_match='"other"')[0].status_code == 200


def test_another_forms_tag_is_not_this_ones(client: httpx.Client) -> None:
    tag = ask(client, SCRIPT, accept_encoding="gzip")[0].headers["etag"]
    assert ask(client, SCRIPT, accept_encoding="br", if_none_match=tag)[0].status_code == 200


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("bytes=100-199", 100, 200), ("bytes=0-0", 0, 1), ("bytes=50-", 50, None), ("bytes=-50", -50, None)],
)
def test_a_part(client: httpx.Client, path: str, asked: str, begin: int, end: int | None) -> None:
    """Of the plain bytes, also for browsers that would take others."""
    _, whole = ask(client, path)
    response, part = ask(client, path, range=asked, accept_encoding="gzip, br")
    assert (response.status_code, part) == (206, whole[begin:end])
    first = begin % len(whole)
    assert response.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert response.headers["content-length"] == str(len(part))
    assert response.headers["etag"] == ask(client, path)[0].headers["etag"]
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize("path", ["/", SCRIPT, SONG])
@pytest.mark.parametrize("asked", ["bytes=100-199,300-399", "bytes=200-100", "items=1-2", "bytes=a-b", "bytes"])
def test_several_parts_and_what_is_no_range_are_the_whole(client: httpx.Client, path: str, asked: str) -> None:
    response, body = ask(client, path, range=asked)
    assert (response.status_code, body) == (200, ask(client, path)[1])
    assert response.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("path", ALL)
def test_a_part_beyond_the_end(client: httpx.Client, path: str) -> None:
    n_bytes = len(ask(client, path)[1])
    response = client.get(path, headers={"Range": f"bytes={n_bytes}-"})
    assert_problem(response, 416, "bad_range")
    assert response.headers["content-range"] == f"bytes */{n_bytes}"


@pytest.mark.parametrize("path", ["/", SCRIPT, SONG])
def test_a_part_of_the_version_that_the_client_has(client: httpx.Client, path: str) -> None:
    first, whole = ask(client, path)
    part, _ = ask(client, path, range="bytes=1-2", if_range=first.headers["etag"])
    assert part.status_code == 206
    for other in ('"other"', f"W/{first.headers['etag']}", "Thu, 01 Jan 2026 00:00:00 GMT"):
        response, body = ask(client, path, range="bytes=1-2", if_range=other)
        assert (response.status_code, body) == (200, whole)
    beyond, body = ask(client, path, range="bytes=99999999-", if_range='"other"')
    assert (beyond.status_code, body) == (200, whole)


def test_a_compressed_download_that_goes_on_starts_over(client: httpx.Client) -> None:
    first, packed = ask(client, SCRIPT, accept_encoding="gzip")
    again, body = ask(client, SCRIPT, accept_encoding="gzip", range="bytes=9-", if_range=first.headers["etag"])
    assert (again.status_code, body) == (200, packed)


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize("path", [*ALL, "/healthz", "/metrics", "/openapi.json"])
def test_head_is_get_without_the_body(client: httpx.Client, path: str, coding: str) -> None:
    got, _ = ask(client, path, accept_encoding=coding)
    head, body = ask(client, path, "HEAD", accept_encoding=coding, range="bytes=1-2")  # which only GET knows
    assert (head.status_code, body) == (200, b"")
    varying = {"date", "x-request-id", *(["content-length"] if path == "/metrics" else [])}
    assert {name: value for name, value in head.headers.items() if name not in varying} == {
        name: value for name, value in got.headers.items() if name not in varying
    }


def test_head_of_what_the_client_has(client: httpx.Client) -> None:
    tag = client.head(SONG).headers["etag"]
    assert client.head(SONG, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["/nowhere", "/static/none.js", "/model/none.bin"])
def test_head_of_nothing(client: httpx.Client, path: str) -> None:
    response = client.head(path)
    assert (response.status_code, response.content) == (404, b"")


BLUES = {"file": (SONGS / "blues.mp3").read_bytes()}
ANSWERS = {
    "page": (200, "GET", "/", {}),
    "page, compressed": (200, "GET", "/", {"headers": {"Accept-Encoding": "br"}}),
    "static": (200, "GET", SCRIPT, {}),
    "model": (200, "GET", FILTERS, {}),
    "HEAD": (200, "HEAD", SONG, {}),
    "304": (304, "GET", SCRIPT, {"headers": {"If-None-Match": "*"}}),
    "206": (206, "GET", SONG, {"headers": {"Range": "bytes=0-9"}}),
    "416": (416, "GET", SONG, {"headers": {"Range": "bytes=99999999-"}}),
    "404": (404, "GET", "/nowhere", {}),
    "404 of a folder": (404, "GET", "/static/none.js", {}),
    "405": (405, "GET", "/predict", {}),
    "OpenAPI": (200, "GET", "/openapi.json", {}),
    "alive": (200, "GET", "/healthz", {}),
    "ready": (200, "GET", "/readyz", {}),
    "metrics": (200, "GET", "/metrics", {}),
    "a song": (200, "POST", "/predict", {"files": BLUES}),
    "a song in lines": (200, "POST", "/predict", {"files": BLUES, "headers": {"Accept": "application/x-ndjson"}}),
    "no song": (415, "POST", "/predict", {"files": {"file": b"no song"}}),
    "malformed": (400, "POST", "/predict", {"content": b"x"}),
}


@pytest.mark.usefixtures("ready_server")
@pytest.mark.parametrize("kind", ANSWERS)
def test_security_headers_are_on_every_answer(client: httpx.Client, kind: str) -> None:
    status, method, path, given = ANSWERS[kind]
    response = client.request(method, path, **given)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert len(response.headers.get_list("content-security-policy")) == 1
    assert "x-request-id" in response.headers
    assert not {"server", "x-powered-by"} & set(response.headers)
