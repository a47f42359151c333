"""Measuring in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from selenium import webdriver

from tests.bench.page_runs import MeasuredPage
from tests.page.browser import PageError
from tests.page.browsers import BROWSERS
from tests.support import SONGS

SONG = SONGS / "metal.mp3"

# Work of 120 ms on the main thread, as soon as the file has been chosen.
BLOCK = """
document.addEventListener("change", () => setTimeout(() => {
  const started = performance.now();
  while (performance.now() - started < 120);
}));
"""

# While the song plays, work that leaves the page a few frames a second, however few it has at rest on a slow machine.
STUTTER = """
setInterval(() => {
  const started = performance.now();
  while (!document.querySelector("#audio").paused && performance.now() - started < 240);
}, 250);
"""


# A click on "Why?" that takes so long by itself: what is measured began before it.
LATE = """
document.querySelector("#why-button").addEventListener("click", (event) => {
  const started = performance.now();
  while (performance.now() - started < 700);
}, { capture: true });
"""


@pytest.fixture(scope="module")
def chromium() -> webdriver.Chrome:
    with BROWSERS["Chromium"].open() as driver:
        yield driver


def test_a_run_holds_the_page_s_own_times(chromium: webdriver.Chrome, server_url: str) -> None:
    page = MeasuredPage(chromium, server_url)
    run = page.analyse(SONG)
    assert run["total"] >= run["timings_ms"]["total"] >= run["timings_ms"]["first_row"] > 0
    assert run["duration_s"] > 5
    assert page.decode_alone(44100) > 0
    assert page.analyse(SONG)["total"] > 0


def test_a_blocked_main_thread_is_noticed_both_ways(chromium: webdriver.Chrome, server_url: str) -> None:
    page = MeasuredPage(chromium, server_url)
    chromium.execute_script(BLOCK)
    run = page.analyse(SONG)
    assert run["longest_task"] >= 120
    assert run["longest_gap"] >= 120


def test_an_explanation_takes_until_it_is_drawn(chromium: webdriver.Chrome, server_url: str) -> None:
    page = MeasuredPage(chromium, server_url)
    page.analyse(SONG)
    chromium.execute_script(LATE)
    times_ms = page.explained_ms(2)
    assert len(times_ms) == 2
    assert min(times_ms) >= 700


def test_the_network_alone_takes_longer_for_more_windows(chromium: webdriver.Chrome, server_url: str) -> None:
    page = MeasuredPage(chromium, server_url)
    few, many = page.one_thread_ms(2, 3), page.one_thread_ms(16, 3)
    assert len(few) == len(many) == 3
    assert 0 < 2 * min(few) < min(many)


def test_a_network_that_fails_there_is_an_error(chromium: webdriver.Chrome, server_url: str) -> None:
    page = MeasuredPage(chromium, server_url)
    chromium.execute_script("Float32Array.from = () => new Float32Array(5);")
    with pytest.raises(PageError, match="failed"):
        page.one_thread_ms(1, 1)


def test_frames_that_are_lost_while_it_plays_are_counted(chromium: webdriver.Chrome, server_url: str) -> None:
    page = MeasuredPage(chromium, server_url)
    page.analyse(SONG)
    chromium.execute_script(STUTTER)
    assert page.frames_lost_percent() > 50


def test_a_refused_song_is_an_error_in_the_page_s_words(
    chromium: webdriver.Chrome, server_url: str, tmp_path: Path
) -> None:
    page = MeasuredPage(chromium, server_url)
    (tmp_path / "no.mp3").write_text("no song")
    with pytest.raises(PageError, match=r"no\.mp3"):
        page.analyse(tmp_path / "no.mp3")
    shutil.copy(SONG, tmp_path / "a song.mp3")
    assert page.analyse(tmp_path / "a song.mp3")["total"] > 0
