"""static/fallback/upload.js: a song on its way to the server, its progress, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.page.fallback import ALERT, ASKED, WORDS, ask, say_yes, slow_down
from tests.support import SONGS, ServerProcess


@pytest.fixture
def slow_page(page: Page) -> Iterator[Page]:
    yield page
    slow_down(page, -1)


def test_the_upload_shows_its_progress_and_can_be_cancelled(
    slow_page: Page, ready_server: ServerProcess, foreign: Path
) -> None:
    page = slow_page
    assert ready_server.url == page.url
    ask(page, foreign / "song.caf")
    slow_down(page, 400_000)
    page.find("#fallback-yes").click()
    page.wait_for("document.querySelector('#fallback-progress').value > 0.05")
    assert page.text("#fallback-words") == "Sending the song …"
    assert page.text("#fallback-share").endswith("%")
    assert page.state == "loading"
    assert page.driver.execute_script("return document.activeElement.id") == "fallback-cancel"
    page.find("#fallback-cancel").click()
    page.wait_for(ASKED)
    assert page.state == "error"
    assert page.driver.execute_script("return document.activeElement.id") == "fallback-yes"
    slow_down(page, -1)
    assert say_yes(page)["duration_s"] == pytest.approx(30, abs=0.1)


def test_another_song_ends_the_upload(slow_page: Page, ready_server: ServerProcess, foreign: Path) -> None:
    page = slow_page
    assert ready_server.url == page.url
    ask(page, foreign / "song.caf")
    slow_down(page, 400_000)
    page.find("#fallback-yes").click()
    page.wait_for("document.querySelector('#fallback-progress').value > 0.02")
    page.analyse(SONGS / "metal.mp3")
    assert not page.find("#fallback").is_displayed()
    assert page.state == "done"
    assert page.driver.execute_script("return analyses.length") == 1


def test_offline_is_said_and_what_comes_back_is_asked_again(slow_page: Page, foreign: Path) -> None:
    page = slow_page
    page.wait_for("document.querySelector('#backend-in-use').textContent.includes('CPU')")
    page.analyse(SONGS / "metal.mp3")  # all that it needs is there now
    slow_down(page, -1, offline=True)
    page.choose(foreign / "song.wma")
    page.wait_for(ALERT)
    assert "cannot be reached" in page.text("#fallback-alert")
    assert page.text("#fallback-yes") == "Try again"
    slow_down(page, -1)
    page.find("#fallback-yes").click()
    page.wait_for(f"{WORDS}.includes('song.wma')")  # the question, and not the song, comes first
    assert page.text("#fallback-alert") == ""
    page.console()  # a request that fails is an error to the console
