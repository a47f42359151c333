"""The buttons below the chart: when they are there, and what they save, copy and share."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from PIL import Image
from selenium import webdriver

from tests.page.browser import Page
from tests.page.chart_links import read
from tests.page.live_sound import PLAY_TO_PAGE, listen, stop, wait_for_rows
from tests.support import SONGS, ServerProcess

SONG = SONGS / "metal.mp3"
MENU_SHOWN = "document.querySelector('#take-along').checkVisibility()"
SAID = "document.querySelector('#take-along-said').textContent"


@pytest.fixture
def downloads(chromium: webdriver.Chrome, tmp_path: Path) -> Iterator[Path]:
    """Where Chromium saves what it downloads."""
    chromium.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    yield tmp_path
    chromium.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})


def take(page: Page, what: str) -> str:
    """Presses the button; gives what the page then says."""
    page.driver.execute_script(f"{SAID} = ''")
    page.find(f'#take-along [data-take="{what}"]').click()
    return str(page.wait_for(SAID))


def saved(page: Page, folder: Path, ending: str, title: str = "metal") -> bytes:
    name = f"{title} - genres.{ending}"
    assert take(page, ending) == f"Saved as “{name}”."
    return wait_for_file(folder / name)


def wait_for_file(path: Path) -> bytes:
    deadline = time.monotonic() + 20
    while not path.exists():  # Chromium gives a file its name when it is whole
        assert time.monotonic() < deadline, sorted(path.parent.iterdir())
        time.sleep(0.02)
    return path.read_bytes()


def shape(value: Any) -> Any:
    """A JSON value with types in place of what it says; of a list's items the types that there are."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return sorted({json.dumps(shape(inner)) for inner in value})
    return type(value).__name__


def test_json_is_the_event_and_cannot_be_told_from_the_servers(
    page: Page, downloads: Path, ready_server: ServerProcess
) -> None:
    analysis = page.analyse(SONG)
    data = json.loads(saved(page, downloads, "json"))
    assert data == {key: analysis[key] for key in analysis.keys() - {"timings_ms", "backend"}}
    with SONG.open("rb") as song:
        answer = httpx.post(f"{ready_server.url}/predict", files={"file": song}, timeout=60).raise_for_status().json()
    assert shape(data) == shape(answer)


def test_a_live_session_is_saved_as_a_song_is(page: Page, downloads: Path) -> None:
    page.run(PLAY_TO_PAGE)
    listen(page)
    wait_for_rows(page, 3)
    assert not page.find("#take-along").is_displayed()
    session = stop(page)
    page.wait_for(MENU_SHOWN)
    title = page.text("#title")
    assert title.startswith("Microphone, ")
    name = take(page, "json").partition("“")[2].partition("”")[0]
    assert name.startswith("Microphone, ")
    data = json.loads(wait_for_file(downloads / name))
    assert data == {key: session[key] for key in session.keys() - {"timings_ms", "backend"}}
    assert len(data["probabilities"]) >= 3


def test_csv_png_and_svg_are_saved_whole(page: Page, downloads: Path) -> None:
    analysis = page.analyse(SONG)
    table = list(csv.reader(io.StringIO(saved(page, downloads, "csv").decode(), newline=""), strict=True))
    assert table[0] == ["time_s", *analysis["genres"], "unsure"]
    assert [[float(share) for share in line[1:-1]] for line in table[1:]] == analysis["probabilities"]
    assert [int(line[0]) for line in table[1:]] == list(range(len(analysis["probabilities"])))
    image = Image.open(io.BytesIO(saved(page, downloads, "png")))
    image.load()
    assert image.size[0] == 2400
    picture = ElementTree.fromstring(saved(page, downloads, "svg"))  # noqa: S314 - ours
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert [path.name for path in downloads.iterdir() if not path.name.startswith("metal - genres.")] == []


def test_blobs_are_let_go_after_the_download(page: Page, downloads: Path) -> None:
    page.analyse(SONG)
    page.run(
        """
        const { setTimeout } = window;
        window.setTimeout = (act, delay_ms) => setTimeout(act, delay_ms > 5000 ? 500 : delay_ms);
        window.events = [];
        const { createObjectURL, revokeObjectURL } = URL;
        URL.createObjectURL = (blob) => {
          const url = createObjectURL.call(URL, blob);
          events.push(["made", url]);
          return url;
        };
        URL.revokeObjectURL = (url) => {
          events.push(["let go", url]);
          revokeObjectURL.call(URL, url);
        };
        """
    )
    saved(page, downloads, "csv")
    (made, url), (let_go, old) = page.wait_for("events.length > 1 && events", timeout_s=20)
    assert (made, let_go, old) == ("made", "let go", url)


def test_the_buttons_are_there_when_a_chart_is_complete_and_only_then(page: Page, tmp_path: Path) -> None:
    page.run(
        f"""
        const main = document.querySelector("main");
        new MutationObserver(() => shown.push([main.dataset.state, {MENU_SHOWN}]))
          .observe(main, {{ attributeFilter: ["data-state"] }});
        """
    )
    assert not page.driver.execute_script(f"return {MENU_SHOWN}")
    page.analyse(SONG)
    assert page.driver.execute_script("return shown") == [["loading", False], ["analysing", False], ["done", True]]
    no_song = tmp_path / "no-song.mp3"
    no_song.write_text("no song")
    page.refusal(no_song)
    assert page.driver.execute_script(f"return {MENU_SHOWN}")  # the song before it is still on the page
    assert take(page, "json") == "Saved as “metal - genres.json”."
    page.analyse(SONGS / "jazz.mp3")
    shown = page.driver.execute_script("return shown")
    assert [is_shown for state, is_shown in shown if state == "analysing"] == [False, False]
    assert page.driver.execute_script(f"return [{SAID}, {MENU_SHOWN}]") == ["", True]


def test_a_picture_looks_as_the_page_did_at_the_click(page: Page) -> None:
    """Its parts take a while to come, in which another song may be opened."""
    page.analyse(SONG)
    script = """
    const { TakeAlongMenu } = await load("take-along/menu.js");
    let n_looks = 0;
    const menu = new TakeAlongMenu(() => ({ picture: "lanes", sound: null, n: (n_looks += 1) }));
    menu.offer({ title: "metal", analysis: analyses[0] });
    document.querySelector('#take-along [data-take="svg"]').click();
    return n_looks;
    """
    assert page.run(script) == 1


def test_every_button_can_be_reached_and_says_what_it_does(page: Page) -> None:
    page.analyse(SONG)
    group = page.find("#take-along")
    assert group.accessible_name == "Take it along"
    buttons = [button for button in group.find_elements("css selector", "button") if button.is_displayed()]
    names = ["Picture (PNG)", "Vector picture (SVG)", "Table (CSV)", "Data (JSON)", "Copy link"]
    assert [button.accessible_name for button in buttons] == names
    assert {button.tag_name for button in buttons} == {"button"}
    assert min(button.size["height"] for button in buttons) >= 24  # WCAG 2.2, 2.5.8


def test_the_link_is_copied(page: Page, server_url: str) -> None:
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    page.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": permissions, "origin": server_url})
    analysis = page.analyse(SONG)
    assert take(page, "link").startswith("Link copied. Whoever opens it sees this chart and the song’s title")
    link = page.run("return navigator.clipboard.readText()")
    page_url, fragment = link.split("#")
    assert page_url == f"{server_url}/"
    said = read(f"#{fragment}")
    assert said["title"] == "metal"
    assert said["genre"] == analysis["verdict"]["genre"]
    assert said["unsure"] == analysis["unsure"]
    assert not page.find("#link-field").is_displayed()


def test_where_pages_may_not_copy_the_link_is_selected(page: Page) -> None:
    page.analyse(SONG)
    page.run('Object.defineProperty(navigator, "clipboard", { value: undefined })')
    assert take(page, "link").startswith("Copy the link above.")
    field = page.find("#link-field")
    assert field.accessible_name == "Link to this chart"
    assert page.driver.execute_script("return document.activeElement.id") == "link-field"
    link = field.get_property("value")
    assert page.driver.execute_script("return getSelection().toString()") == link
    assert "#chart.1d." in str(link)
    field.send_keys("x")
    assert field.get_property("value") == link


def test_a_link_that_needs_coarser_columns_says_so(page: Page) -> None:
    page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const { showAnalysis, finish } = SongView.prototype;
        SongView.prototype.finish = function (analysis) {
          const { probabilities, unsure } = analysis;
          const rows = Array.from({ length: 3600 }, (_, i) => probabilities[(i * 7) % probabilities.length]);
          const long = { ...analysis, duration_s: 3600, probabilities: rows, unsure: rows.map(() => false) };
          SongView.prototype.finish = finish;
          showAnalysis.call(this, { title: "A long mix", media: null }, long);
        };
        Object.defineProperty(navigator, "clipboard", { value: undefined });
        """
    )
    page.analyse(SONG)
    assert " seconds." in take(page, "link")


SHARING = """
window.offered = [];
navigator.share = async (what) => {
  offered.push(what);
  if (window.refusal) throw new DOMException("no", refusal);
};
"""


def test_the_link_is_shared_where_the_device_can(page: Page) -> None:
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SHARING})
    try:
        page.reload()
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    page.analyse(SONG)
    share = page.find('[data-take="share"]')
    share.click()
    [offered] = page.wait_for("offered.length > 0 && offered")
    assert offered["title"] == "The genres of metal"
    assert read("#" + offered["url"].split("#")[1])["title"] == "metal"
    # Who changes their mind hears nothing of it; where sharing fails, the link can still be copied.
    page.driver.execute_script("window.refusal = 'AbortError'")
    share.click()
    page.wait_for("offered.length === 2")
    assert page.driver.execute_script(f"return {SAID}") == ""
    page.driver.execute_script("window.refusal = 'NotAllowedError'")
    assert "opens it sees this chart" in take(page, "share")
