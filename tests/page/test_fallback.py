"""What the page cannot hear itself its server may, after a yes: the question, the upload, errors, the same chart."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium import webdriver

from tests.page.browser import Page
from tests.page.browsers import BROWSERS, start_chromium
from tests.page.test_privacy import requests_in
from tests.support import REPOSITORY, SONGS, ServerProcess

MEDLEY = REPOSITORY / "static" / "sample" / "medley.mp3"
ASKED = "document.querySelector('#fallback-yes').checkVisibility()"
WORDS = "document.querySelector('#fallback-words').textContent"
ALERT = "document.querySelector('#fallback-alert').textContent"


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The medley's beginning in formats that Chromium cannot decode and ffmpeg can."""
    folder = tmp_path_factory.mktemp("fallback")
    for name, *options in (
        ("song.wma", "-c:a", "wmav2"),
        ("song.ac3", "-c:a", "ac3"),
        ("song.tta", "-c:a", "tta"),
        ("song.wv", "-c:a", "wavpack"),
        ("ima.aifc", "-c:a", "adpcm_ima_qt", "-f", "aiff"),
        ("song.caf", "-c:a", "pcm_s16le", "-t", "30"),
    ):
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", MEDLEY, "-t", "12", *options, folder / name]
        subprocess.run(command, check=True, timeout=60)
    return folder


def ask(page: Page, song: Path) -> str:
    """Chooses a song that the browser cannot hear, and waits for the question; gives its words."""
    page.choose(song)
    page.wait_for(ASKED)
    return page.text("#fallback-words")


def say_yes(page: Page) -> dict[str, Any]:
    """Gives the analysis that comes of it."""
    n = page.driver.execute_script("return analyses.length")
    page.find("#fallback-yes").click()
    page.wait_for(f"analyses.length > {n} || ({ASKED} && {ALERT})")
    assert page.text("#fallback-alert") == ""
    return dict(page.driver.execute_script("return analyses.at(-1)"))


@pytest.mark.parametrize("name", ["song.wma", "song.ac3", "song.tta", "song.wv", "ima.aifc"])
def test_a_format_that_the_browser_lacks_gets_the_servers_chart(
    page: Page, ready_server: ServerProcess, songs: Path, name: str
) -> None:
    question = ask(page, songs / name)
    assert f"“{name}”" in question
    assert f"{(songs / name).stat().st_size / 1e6:.1f} MB" in question
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
    answer = httpx.post(f"{ready_server.url}/predict", files={"file": (songs / name).open("rb")}, timeout=60).json()
    assert {key: analysis[key] for key in answer} == answer


def test_nothing_is_sent_before_the_yes_and_then_not_its_name(
    ready_server: ServerProcess, songs: Path, tmp_path: Path
) -> None:
    net_log = tmp_path / "net-log.json"
    driver = start_chromium(tmp_path / "profile", f"--log-net-log={net_log}", "--net-log-capture-mode=Everything")
    secret = Path(shutil.copy(songs / "song.ac3", tmp_path / "my secret.ac3"))
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


def test_a_no_leaves_everything_as_it_was(page: Page, songs: Path) -> None:
    page.analyse(SONGS / "metal.mp3")
    ask(page, songs / "song.wma")
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


def slow_down(page: Page, bytes_a_second: int, *, offline: bool = False) -> None:
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    page.driver.execute_cdp_cmd("Network.enable", {})  # type: ignore[attr-defined]
    page.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)  # type: ignore[attr-defined]


@pytest.fixture
def slow_page(page: Page) -> Iterator[Page]:
    yield page
    slow_down(page, -1)


def test_the_upload_shows_its_progress_and_can_be_cancelled(
    slow_page: Page, ready_server: ServerProcess, songs: Path
) -> None:
    page = slow_page
    assert ready_server.url == page.url
    ask(page, songs / "song.caf")
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


def test_another_song_ends_the_upload(slow_page: Page, ready_server: ServerProcess, songs: Path) -> None:
    page = slow_page
    assert ready_server.url == page.url
    ask(page, songs / "song.caf")
    slow_down(page, 400_000)
    page.find("#fallback-yes").click()
    page.wait_for("document.querySelector('#fallback-progress').value > 0.02")
    page.analyse(SONGS / "metal.mp3")
    assert not page.find("#fallback").is_displayed()
    assert page.state == "done"
    assert page.driver.execute_script("return analyses.length") == 1


def test_offline_is_said_and_what_comes_back_is_asked_again(slow_page: Page, songs: Path) -> None:
    page = slow_page
    page.wait_for("document.querySelector('#backend-in-use').textContent.includes('CPU')")
    page.analyse(SONGS / "metal.mp3")  # all that it needs is there now
    slow_down(page, -1, offline=True)
    page.choose(songs / "song.wma")
    page.wait_for(ALERT)
    assert "cannot be reached" in page.text("#fallback-alert")
    assert page.text("#fallback-yes") == "Try again"
    slow_down(page, -1)
    page.find("#fallback-yes").click()
    page.wait_for(f"{WORDS}.includes('song.wma')")  # the question, and not the song, comes first
    assert page.text("#fallback-alert") == ""
    page.console()  # a request that fails is an error to the console


def test_a_server_that_is_stopped_in_between(chromium: webdriver.Chrome, songs: Path) -> None:
    server = ServerProcess()
    try:
        server.wait_for_page()
        page = Page(chromium, server.url)
        ask(page, songs / "song.wma")
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


def test_what_the_server_refuses_is_said_in_words(chromium: webdriver.Chrome, songs: Path, tmp_path: Path) -> None:
    server = ServerProcess(GENRESCOPE_MAX_UPLOAD_MB="1", GENRESCOPE_MAX_UPLOADS="1", GENRESCOPE_MAX_DURATION_MIN="0.1")
    server.wait_until_ready()
    try:
        page = Page(chromium, server.url)
        broken = tmp_path / "broken.caf"
        broken.write_bytes((songs / "song.caf").read_bytes()[:3000])
        with HeldPlace(server.url):
            assert "The server is busy with other songs. Try again in about 2 s." in refusal(page, songs / "song.wma")
            assert page.find("#fallback-yes").is_displayed()
        assert "The song is too long for the server. This plays longer than" in refusal(page, songs / "song.wma")
        assert not page.find("#fallback-yes").is_displayed()
        assert "larger than the 1 MB that are accepted" in refusal(page, songs / "song.caf")
        assert "The song is too short to hear a genre." in refusal(page, broken)
    finally:
        server.stop()


def refusal(page: Page, song: Path) -> str:
    ask(page, song)
    page.find("#fallback-yes").click()
    page.wait_for(ALERT)
    return page.text("#fallback-alert")


class HeldPlace:
    """The server's one place for songs, taken by a client that does not send its song to the end."""

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


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_host_of_mere_files_is_not_asked_to_listen(chromium: webdriver.Chrome, songs: Path, tmp_path: Path) -> None:
    (tmp_path / "static").symlink_to(REPOSITORY / "static")
    (tmp_path / "model").symlink_to(REPOSITORY / "model")
    shutil.copy(REPOSITORY / "server" / "templates" / "index.html", tmp_path)
    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path)))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    try:
        page = Page(chromium, f"http://127.0.0.1:{host.server_port}")
        assert "cannot decode audio of this kind" in page.refusal(songs / "song.wma")
        page.wait_for("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/openapi.json'))")
        assert page.text("#fallback-words") == ""
        assert not page.find("#fallback").is_displayed()
    finally:
        host.shutdown()
        host.server_close()


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
    assert unknown == {"malformed_request", "method_not_allowed"}  # of a page that is not ours
    assert json.dumps(told).count("undefined") == 0


@pytest.mark.parametrize("name", sorted(BROWSERS.keys() - {"Chromium"}))
def test_other_browsers_ask_and_send(name: str, ready_server: ServerProcess, songs: Path) -> None:
    browser = BROWSERS[name]
    if reason := browser.why_not():
        pytest.skip(f"extra test: {reason}")
    with browser.open() as driver:
        page = Page(driver, ready_server.url)
        question = ask(page, songs / "song.caf")
        assert "2.6 MB" in question or "5.3 MB" in question
        assert say_yes(page)["backend"] == "server"
        assert page.text("#title") == "song"
