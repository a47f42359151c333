"""What the page cannot hear itself its server may, after a yes: the question, and the same chart."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest
from selenium import webdriver

from tests.page.browser import Page
from tests.page.browsers import BROWSERS, start_chromium
from tests.page.fallback import WORDS, ask, say_yes
from tests.page.test_privacy import requests_in
from tests.support import SONGS, ServerProcess


@pytest.mark.parametrize("name", ["song.wma", "song.ac3", "song.tta", "song.wv", "ima.aifc"])
def test_a_format_that_the_browser_lacks_gets_the_servers_chart(
    page: Page, ready_server: ServerProcess, foreign: Path, name: str
) -> None:
    question = ask(page, foreign / name)
    assert f"“{name}”" in question
    assert f"{(foreign / name).stat().st_size / 1e6:.1f} MB" in question
    assert ready_server.url.removeprefix("http://") in question
    assert "does not keep it" in question
    assert page.text("header strong") == "Your song leaves this device only after your yes."
    assert "cannot decode audio of this kind" in page.text("#alert")
    analysis = say_yes(page)
    assert page.state == "done"
    assert page.text("#title") == Path(name).stem
    assert page.text("#alert") == ""
    assert not page.find("#fallback").is_displayed()
    assert "heard by the server" in page.text("#status")
    assert analysis["backend"] == "server"
    assert set(analysis["timings_ms"]) == {"upload", "total"}
    answer = httpx.post(f"{ready_server.url}/predict", files={"file": (foreign / name).open("rb")}, timeout=60).json()
    assert {key: analysis[key] for key in answer} == answer


def test_nothing_is_sent_before_the_yes_and_then_not_its_name(
    ready_server: ServerProcess, foreign: Path, tmp_path: Path
) -> None:
    net_log = tmp_path / "net-log.json"
    driver = start_chromium(tmp_path / "profile", f"--log-net-log={net_log}", "--net-log-capture-mode=Everything")
    secret = Path(shutil.copy(foreign / "song.ac3", tmp_path / "my secret.ac3"))
    try:
        page = Page(driver, ready_server.url)
        ask(page, secret)
        page.run("document.title = 'asked'; await fetch('healthz?asked')")
        say_yes(page)
        page.run("await fetch('healthz?answered')")
    finally:
        driver.quit()
    asked = [(request.method, request.url.removeprefix(ready_server.url)) for request in requests_in(net_log)]
    before = asked[: asked.index(("GET", "/healthz?asked"))]
    assert {method for method, url in before if url.startswith("/")} == {"GET"}
    assert ("GET", "/healthz?answered") in asked
    assert [url for method, url in asked if method == "POST" and url.startswith("/")] == ["/predict"]
    assert not any("secret" in url for _, url in asked)
    assert "secret" not in net_log.read_text(encoding="utf-8", errors="replace").replace(str(tmp_path), "")


def test_a_no_leaves_everything_as_it_was(page: Page, foreign: Path) -> None:
    page.analyse(SONGS / "metal.mp3")
    ask(page, foreign / "song.wma")
    page.find("#fallback-no").click()
    assert not page.find("#fallback").is_displayed()
    assert page.text("#title") == "metal"
    assert page.find("#song").is_displayed()
    assert page.driver.execute_script("return document.activeElement.id") == "file"
    sent = page.driver.execute_script(
        "return performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/predict')).length"
    )
    assert sent == 0
    page.analyse(SONGS / "metal.mp3")


# Asked of our server, and of an address where there is none.
TAKES_SONGS = """
const { takesSongs } = await load("fallback/upload.js");
return Promise.all(["./", "static/"].map((path) => takesSongs(new URL(path, document.baseURI))));
"""


def test_what_is_no_server_of_ours_is_not_asked_to_listen(module_page: Page) -> None:
    assert module_page.run(TAKES_SONGS) == [True, False]


def test_a_song_that_is_no_audio_is_not_offered(page: Page, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"<!doctype html><p>404")
    page.refusal(tmp_path / "a.mp3")
    asked = page.driver.execute_script("return performance.getEntriesByType('resource').map(({ name }) => name)")
    assert not any("openapi" in url for url in asked)


@pytest.mark.parametrize("missing", ["delete window.WebAssembly", "delete window.Worker"])
def test_a_browser_without_the_basics_gets_its_chart_from_the_server(
    page: Page, chromium: webdriver.Chrome, ready_server: ServerProcess, missing: str
) -> None:
    assert ready_server.url == page.url
    script = chromium.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": missing})
    page.reload()
    chromium.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    page.wait_for(f"{WORDS}.startsWith('Choose a song all the same')")
    assert "metal.mp3" in ask(page, SONGS / "metal.mp3")
    analysis = say_yes(page)
    assert (page.state, page.text("#title"), analysis["backend"]) == ("done", "metal", "server")
    assert page.find("#audio").is_displayed()


def test_a_network_that_does_not_start_is_a_reason_to_ask(page: Page, ready_server: ServerProcess) -> None:
    page.run(
        """
        const { Analyser } = await load("engine/analyser.js");
        const { SongError } = await load("engine/song-error.js");
        Analyser.prototype.analyse = async () => { throw new SongError("no-model", { reason: "tried" }); };
        """
    )
    ask(page, SONGS / "metal.mp3")
    answer = httpx.post(f"{ready_server.url}/predict", files={"file": (SONGS / "metal.mp3").open("rb")}, timeout=60)
    assert say_yes(page)["probabilities"] == answer.json()["probabilities"]


@pytest.mark.parametrize("name", sorted(BROWSERS.keys() - {"Chromium"}))
def test_other_browsers_ask_and_send(name: str, ready_server: ServerProcess, foreign: Path) -> None:
    browser = BROWSERS[name]
    if reason := browser.why_not():
        pytest.skip(f"extra test: {reason}")
    with browser.open() as driver:
        page = Page(driver, ready_server.url)
        question = ask(page, foreign / "song.caf")
        assert "2.6 MB" in question or "5.3 MB" in question
        assert say_yes(page)["backend"] == "server"
        assert page.text("#title") == "song"
