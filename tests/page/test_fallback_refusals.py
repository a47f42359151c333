"""static/fallback/server-error.js: what the server refuses, or cannot do, is said in words."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from selenium import webdriver

from tests.page.browser import Page
from tests.page.fallback import ALERT, ask, say_yes
from tests.support import ServerProcess


def test_a_server_that_is_stopped_in_between(chromium: webdriver.Chrome, foreign: Path) -> None:
    server = ServerProcess()
    try:
        server.wait_for_page()
        page = Page(chromium, server.url)
        ask(page, foreign / "song.wma")
    finally:
        server.stop()
    page.find("#fallback-yes").click()
    page.wait_for(ALERT)
    assert "cannot be reached" in page.text("#fallback-alert")
    server = ServerProcess("--port", server.url.rpartition(":")[2])
    try:
        server.wait_for_page()
        page.find("#fallback-yes").click()
        page.wait_for(f"analyses.length || {ALERT}.includes('still starting')")
        if page.text("#fallback-alert"):  # with a time after which to try again
            assert "Try again in about 2 s." in page.text("#fallback-alert")
            server.wait_until_ready()
            say_yes(page)
        assert page.text("#title") == "song"
    finally:
        server.stop()


def test_what_the_server_refuses_is_said_in_words(chromium: webdriver.Chrome, foreign: Path, tmp_path: Path) -> None:
    server = ServerProcess(
        GENRESCOPE_MAX_UPLOAD_MB="1",
        GENRESCOPE_MAX_ANALYSES="1",
        GENRESCOPE_MAX_WAITING="1",
        GENRESCOPE_MAX_DURATION_MIN="0.1",
    )
    server.wait_until_ready()
    try:
        page = Page(chromium, server.url)
        broken = tmp_path / "broken.caf"
        broken.write_bytes((foreign / "song.caf").read_bytes()[:3000])
        with HeldPlace(server.url), HeldPlace(server.url):  # one that is analysed, one that waits
            assert "The server is busy with other songs. Try again in about 2 s." in refusal(page, foreign / "song.wma")
            assert page.find("#fallback-yes").is_displayed()
        assert "The song is too long for the server. This plays longer than" in refusal(page, foreign / "song.wma")
        assert not page.find("#fallback-yes").is_displayed()
        assert "larger than the 1 MB that are accepted" in refusal(page, foreign / "song.caf")
        assert "The song is too short to hear a genre." in refusal(page, broken)
    finally:
        server.stop()


def refusal(page: Page, song: Path) -> str:
    ask(page, song)
    page.find("#fallback-yes").click()
    page.wait_for(ALERT)
    return page.text("#fallback-alert")


class HeldPlace:
    """One of the server's places for songs, taken by a client that does not send its song to the end."""

    def __init__(self, url: str) -> None:
        self._address = url.removeprefix("http://").split(":")

    def __enter__(self) -> None:
        self._client = socket.create_connection((self._address[0], int(self._address[1])))
        head = (
            "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\nContent-Type: multipart/form-data; boundary=b"
        )
        self._client.sendall(f"{head}\r\n\r\n--b\r\n".encode())

    def __exit__(self, *_: object) -> None:
        self._client.close()


@pytest.mark.parametrize(
    ("code", "words"),
    [("internal_error", "Something in the server failed."), ("odd", "something else than genres (418)")],
)
def test_every_problem_has_its_words(module_page: Page, code: str, words: str) -> None:
    script = """
    const { errorOfAnswer } = await load("fallback/server-error.js");
    const { serverErrorInWords } = await load("messages.js");
    return serverErrorInWords(errorOfAnswer(418, { code: args[0] }, null));
    """
    assert words in module_page.run(script, code)


def test_the_servers_problems_are_all_known(module_page: Page) -> None:
    from server.problems import KINDS

    script = """
    const { errorOfAnswer } = await load("fallback/server-error.js");
    const { serverErrorInWords } = await load("messages.js");
    return args[0].map((code) => serverErrorInWords(errorOfAnswer(400, { code, detail: "D." }, "3")));
    """
    told = dict(zip(KINDS, module_page.run(script, list(KINDS)), strict=True))
    unknown = {code for code, words in told.items() if "something else than genres" in words}
    assert unknown == {"malformed_request", "method_not_allowed", "bad_parameter", "bad_range"}  # our page makes none
    assert json.dumps(told).count("undefined") == 0


def test_a_song_that_took_too_long_to_arrive_can_be_sent_again(module_page: Page) -> None:
    script = """
    const { errorOfAnswer } = await load("fallback/server-error.js");
    const { serverErrorInWords } = await load("messages.js");
    const error = errorOfAnswer(408, { code: "upload_timeout", detail: "D." }, null);
    return [error.is_passing, serverErrorInWords(error)];
    """
    is_passing, words = module_page.run(script)
    assert is_passing  # or there would be no button to send it again with
    assert words.startswith("The song took too long to reach the server.")
