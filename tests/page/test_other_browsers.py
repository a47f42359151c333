"""Firefox and WebKit: songs of ours reach their chart there too, with the same numbers as in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from tests.page.browser import Page
from tests.page.browsers import BROWSERS
from tests.page.chart_links import Chart
from tests.page.song_list import begun, open_row, rows, wait_for_states, watch
from tests.page.test_kept_sound import KEPT_SOUNDS
from tests.support import REPOSITORY, SONGS


@pytest.fixture(scope="module")
def firefox() -> Iterator[WebDriver]:
    with BROWSERS["Firefox"].open() as driver:
        yield driver


@pytest.fixture(params=sorted(BROWSERS.keys() - {"Chromium"}))
def other_browser(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    browser = BROWSERS[request.param]
    if reason := browser.why_not():
        pytest.skip(f"extra test: {reason}")
    if browser.name == "Firefox":
        yield request.getfixturevalue("firefox")
    else:  # a new one for each: WebKitGTK 2.50 crashes now and then when a page with workers is left for another
        with browser.open() as driver:
            yield driver


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_that_is_not_installed_says_what_it_needs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    driver = {"Chromium": "chromedriver", "Firefox": "firefox", "WebKit": "WebKitWebDriver"}[name]
    assert re.match(rf"{name} needs .*{driver}.* \(Debian: ", BROWSERS[name].why_not() or "")


def test_the_same_charts_as_in_chromium(other_browser: WebDriver, page: Page, server_url: str) -> None:
    elsewhere = Page(other_browser, server_url)
    for name in ("metal.mp3", "formats/stereo-44100-vorbis.ogg"):
        there, here = elsewhere.analyse(SONGS / name), page.analyse(SONGS / name)
        assert there["duration_s"] == here["duration_s"], name
        np.testing.assert_allclose(there["probabilities"], here["probabilities"], rtol=0, atol=0.01, err_msg=name)


DROP_THE_SAMPLE = """
const carried = new DataTransfer();
carried.items.add(new File([await (await fetch("static/sample/medley.mp3")).blob()], "dropped song.mp3"));
const drop = (type) => document.querySelector("h1").dispatchEvent(
  new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
drop("dragenter");
drop("dragover");
drop("drop");
"""
AUDIO = "document.querySelector('audio')"
PLAYHEAD_PX = "new DOMMatrix(document.querySelector('#playhead').style.transform).m41"


def test_a_dropped_song_plays_and_outlives_a_broken_file(
    other_browser: WebDriver, server_url: str, tmp_path: Path
) -> None:
    page = Page(other_browser, server_url)
    page.forget()
    page.run(DROP_THE_SAMPLE)
    page.wait_for("analyses.length === 1")
    assert page.text("#title") == "dropped song"
    page.run(f"{AUDIO}.muted = true; await {AUDIO}.play()")
    page.wait_for(f"{AUDIO}.currentTime > 1.2 && {PLAYHEAD_PX} > 0")
    page.run(f"{AUDIO}.pause()")
    assert page.text("#readout .time") >= "0:01"
    page.find("#plot").send_keys(Keys.END)
    page.wait_for(f"{AUDIO}.currentTime > {AUDIO}.duration - 2")
    (tmp_path / "broken.mp3").write_text("no song")
    assert "broken.mp3" in page.refusal(tmp_path / "broken.mp3")
    assert page.text("#title") == "dropped song"
    assert page.find("#plot").is_displayed()
    assert page.find("#audio").is_displayed()


TAKE_ALONG = """
const { FILES, chartLink } = await load("take-along/takings.js");
const song = { title: "metal", analysis: analyses[analyses.length - 1] };
const taken = [];
for (const picture of ["lanes", "heat", "stacked"]) {
  const look = { picture, sound: null };
  const png = await createImageBitmap(await FILES.png(song, look));
  const svg = new DOMParser().parseFromString(await (await FILES.svg(song, look)).text(), "image/svg+xml");
  const shapes = [...svg.querySelectorAll("g > path")].map((path) => path.getAttribute("d").split("M").length - 1);
  const [{ textContent: title }] = svg.querySelectorAll("text");
  taken.push([png.width, svg.documentElement.tagName, title, shapes.reduce((sum, n) => sum + n, 0)]);
}
return [taken, (await chartLink(song, location.href)).url];
"""


def test_a_chart_goes_along_and_comes_back(other_browser: WebDriver, page: Page, server_url: str) -> None:
    there = Page(other_browser, server_url)
    analysis = there.analyse(SONGS / "metal.mp3")
    taken, link = there.run(TAKE_ALONG)
    n_cells = len(analysis["probabilities"]) * len(analysis["genres"])
    for width, root, title, n_shapes in taken:
        assert (width, root, title) == (2400, "svg", "metal")
        assert len(analysis["genres"]) <= n_shapes <= n_cells + len(analysis["unsure"])  # and what is hatched
    there.find('[data-take="link"]').click()
    assert "opens it sees this chart" in there.wait_for("document.querySelector('#take-along-said').textContent")
    page.driver.get("about:blank")
    page.driver.get(link)
    page.wait_for("document.querySelector('#title').textContent === 'metal'")
    assert page.text("#verdict") == there.text("#verdict")
    there.driver.execute_script("location.hash = arguments[0]", Chart(title="By the books").fragment())
    there.wait_for("document.querySelector('#title').textContent === 'By the books'")
    assert there.find("#from-link").is_displayed()


def test_each_picture_zoomed_and_with_its_spectrogram(other_browser: WebDriver, server_url: str) -> None:
    page = Page(other_browser, server_url)
    page.analyse(REPOSITORY / "static" / "sample" / "medley.mp3")
    ink = (
        "['#canvas', '#spectrogram', '#waveform', '#overview-canvas'].every((canvas) => document.querySelector(canvas)"
        ".toDataURL().length > 2000)"
    )
    blank = (
        "document.querySelectorAll('#lanes canvas, #sound canvas, #overview canvas').forEach((c) => { c.width = 9; })"
    )
    page.run("document.querySelector('#show-sound').click(); document.querySelector('#zoom-in').click()")
    for picture in ("heat", "stacked", "lanes"):
        page.run(f"{blank}; document.querySelector('input[name=picture][value={picture}]').click()")
        page.wait_for(ink)
    assert page.find("#overview").is_displayed()
    assert len(page.driver.find_elements("css selector", "#sections button")) >= 3


def test_several_songs_and_again_from_what_is_kept(other_browser: WebDriver, server_url: str) -> None:
    page = Page(other_browser, server_url)
    page.forget()
    page.choose_all(SONGS / "metal.mp3", SONGS / "jazz.mp3")
    wait_for_states(page, "done", "done")
    assert page.text("#title") == "metal"
    open_row(page, "jazz")
    assert page.text("#title") == "jazz"
    page.wait_for("document.querySelector('#kept-words').textContent.includes('2 songs')")
    verdicts = [row["verdict"] for row in rows(page)]
    page.run(KEPT_SOUNDS, 2)
    page.reload()
    watch(page)
    page.choose_all(SONGS / "metal.mp3", SONGS / "jazz.mp3")
    wait_for_states(page, "done", "done")
    assert begun(page) == []
    assert [row["verdict"] for row in rows(page)] == verdicts
    assert page.driver.execute_script("return 'store' in analyses[0].timings_ms")
    assert page.find("#show-sound").is_enabled()


DROP_SEVERAL = """
const carried = new DataTransfer();
for (const name of ["2 two.mp3", "cover.jpg", "1 one.mp3"]) carried.items.add(new File(["<!doctype html>"], name));
document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
"""


def test_several_files_are_dropped(other_browser: WebDriver, server_url: str) -> None:
    """Each comes as an entry of a file system there, too: those might have been folders."""
    page = Page(other_browser, server_url)
    page.run(DROP_SEVERAL)
    wait_for_states(page, "failed", "failed")
    assert [row["title"] for row in rows(page)] == ["2 two", "1 one"]
    assert page.text("#library-skipped") == "1 other file was passed over, being no audio."


DROP_WHAT_IS_CHOSEN = """
document.querySelector("#file").addEventListener("change", (event) => {
  event.stopImmediatePropagation();
  const carried = new DataTransfer();
  carried.items.add(event.target.files[0]);
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}, true);
"""


def test_a_dropped_folder_is_looked_through(other_browser: WebDriver, server_url: str, tmp_path: Path) -> None:
    """WebKit's driver gives an input a folder, as one file, and the browser finds out what it is when it is dropped."""
    if other_browser.name == "firefox":
        pytest.skip("geckodriver takes no folders")
    for path in ("disc 1/10 last.mp3", "disc 1/2 second.mp3", "1 first.mp3", "disc 1/cover.jpg"):
        (tmp_path / "album" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "album" / path).write_text("<!doctype html>")
    page = Page(other_browser, server_url)
    page.run(DROP_WHAT_IS_CHOSEN)
    page.choose(tmp_path / "album")
    wait_for_states(page, "failed", "failed", "failed")
    assert [row["title"] for row in rows(page)] == ["1 first", "2 second", "10 last"]
