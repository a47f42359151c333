"""training/filter_page.py: the page in a browser, opened as the file that it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.page.axe import violations
from tests.page.browser import Page
from training.filter_page import write_page

EVIL = "a & <b> </script><img src=x onerror=alert(1)>.flac"
FIELD = {"frames": 3, "duration_s": 0.25, "bands": 3, "all_bands": False, "is_context": False}


def excerpt(song: str, genre: str | None, start_s: float, end_s: float, file: str) -> dict[str, Any]:
    place = {"song": song, "genre": genre, "start_s": start_s, "end_s": end_s, "low_hz": 200.0, "high_hz": 1400.0}
    return {"activation": 3.14159, **place, "file": file}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Music, and an empty folder beside it; an excerpt of each song."""
    (tmp_path / "music/blues & <i>").mkdir(parents=True)
    (tmp_path / "out/audio/00000").mkdir(parents=True)
    noise = np.random.default_rng(0).normal(0, 0.1, (4 * 8000, 1))
    soundfile.write(tmp_path / "song.flac", noise, 8000)
    shutil.move(tmp_path / "song.flac", tmp_path / "music/blues & <i>/a #1 100%.flac")
    soundfile.write(tmp_path / "out/audio/00000/000001-000002.flac", noise[:4000], 8000)
    return tmp_path


def index() -> dict[str, Any]:
    told = excerpt("blues & <i>/a #1 100%.flac", "blues & <i>", 1.5, 1.9, "audio/00000/000001-000002.flac")
    gone = excerpt(EVIL, None, 0.0, 0.4, "audio/00001/000000-000001.flac")
    layer = {"name": "conv0", "kind": "Conv2D", "receptive_field": FIELD}
    channels = [{"channel": 0, "excerpts": [told, gone]}, {"channel": 1, "excerpts": []}]
    model = {"name": "<u>mine", "version": "1"}
    return {"model": model, "songs": 3, "skipped": {"x": "y"}, "layers": [layer | {"channels": channels}]}


@pytest.fixture
def opened(chromium: webdriver.Chrome, folder: Path) -> Callable[..., webdriver.Chrome]:
    """The page, with its first layer open."""

    def open_page(*, linked: bool) -> webdriver.Chrome:
        songs = {
            each["song"]: folder / "music" / each["song"] for each in index()["layers"][0]["channels"][0]["excerpts"]
        }
        write_page(index(), folder / "out", songs if linked else {})
        chromium.get_log("browser")
        chromium.get((folder / "out/index.html").as_uri())
        chromium.find_element(By.CSS_SELECTOR, "summary").send_keys(Keys.ENTER)
        WebDriverWait(chromium, 30).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".channel"))
        return chromium

    return open_page


def ends(driver: webdriver.Chrome) -> list[float]:
    """Presses the first excerpt by keyboard; when it has stopped: where it began and the furthest that it got to, s."""
    driver.execute_script(
        "window.times = []; const audio = document.querySelector('audio');"
        "const note = () => { times.push(audio.currentTime); if (!audio.paused) requestAnimationFrame(note); };"
        "audio.addEventListener('playing', note, { once: true });"
    )
    driver.find_element(By.CSS_SELECTOR, ".channel button").send_keys(Keys.SPACE)
    is_over = "return times.length > 1 && document.querySelector('audio').paused"
    WebDriverWait(driver, 30).until(lambda _: driver.execute_script(is_over))
    return [driver.execute_script("return times[0]"), driver.execute_script("return Math.max(...times)")]


def test_a_song_is_played_where_it_lies_from_the_excerpts_beginning_to_its_end(
    opened: Callable[..., webdriver.Chrome],
) -> None:
    driver = opened(linked=True)
    begin_s, end_s = ends(driver)
    assert begin_s == pytest.approx(1.5, abs=0.1)
    assert end_s == pytest.approx(1.9, abs=0.15)
    assert "a #1 100%.flac, 1.50 to 1.90 s" in driver.find_element(By.ID, "playing").text


COUNT_LOOKS = """
const done = arguments[arguments.length - 1];
const [first, second] = document.querySelectorAll(".channel button");
const audio = document.querySelector("audio");
const nextFrame = window.requestAnimationFrame.bind(window);
const frame = () => new Promise(nextFrame);
const heard = (event) => new Promise((resolve) => audio.addEventListener(event, resolve, { once: true }));
(async () => {
  for (const button of [first, second, first, second, first]) {
    const plays = heard(button === first ? "playing" : "play");
    button.click();
    await plays;
  }
  let n_looks = 0;
  window.requestAnimationFrame = (look) => {
    n_looks += 1;
    return nextFrame(look);
  };
  for (let i = 0; i < 10; i += 1) await frame();
  done(n_looks);
})();
"""


def test_another_excerpt_while_one_plays_is_no_more_work(opened: Callable[..., webdriver.Chrome]) -> None:
    assert 0 < opened(linked=False).execute_async_script(COUNT_LOOKS) <= 11


def test_an_excerpt_that_was_cut_is_played_whole(opened: Callable[..., webdriver.Chrome]) -> None:
    begin_s, end_s = ends(opened(linked=False))
    assert begin_s == pytest.approx(0, abs=0.1)
    assert end_s == pytest.approx(0.5, abs=0.05)


def test_names_are_told_as_they_are_and_nothing_in_them_runs(opened: Callable[..., webdriver.Chrome]) -> None:
    driver = opened(linked=False)
    assert driver.find_element(By.ID, "about").text == "<u>mine 1, heard on 2 songs."
    (first, second) = driver.find_elements(By.CSS_SELECTOR, ".channel button")
    assert first.text.split("\n") == ["blues & <i>/a #1 100%.flac", "1.50–1.90 s, 200 Hz–1.4 kHz, 3.142"]
    assert second.text.split("\n")[0] == EVIL
    assert not driver.find_elements(By.TAG_NAME, "img")
    mixes = [mix.text for mix in driver.find_elements(By.CSS_SELECTOR, ".mix")]
    assert mixes == ["blues & <i> 1", "Nothing here moves it."]
    assert driver.get_log("browser") == []


def test_a_file_that_is_not_there_is_said(opened: Callable[..., webdriver.Chrome]) -> None:
    driver = opened(linked=False)
    driver.find_elements(By.CSS_SELECTOR, ".channel button")[1].click()
    playing = driver.find_element(By.ID, "playing")
    WebDriverWait(driver, 30).until(lambda _: "this file is not there" in playing.text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_narrow_screens(
    scheme: str, opened: Callable[..., webdriver.Chrome], folder: Path
) -> None:
    driver = opened(linked=False)
    shown = Page(driver, f"{(folder / 'out/index.html').as_uri()}?")  # it puts a slash at the end
    driver.find_element(By.CSS_SELECTOR, "summary").click()
    chosen = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", chosen)
    narrow = {"width": 320, "height": 700, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    try:
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 320
        assert violations(shown) == []
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
