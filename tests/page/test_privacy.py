"""Songs stay in the browser: what is requested while the page loads, keeps itself, and does all that it can do."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.headers import SECURITY_HEADERS
from tests.page.browser import Page
from tests.page.browsers import start_chromium
from tests.page.live_sound import PLAY_TO_PAGE, listen, stop, wait_for_rows
from tests.page.own_models import bring
from tests.page.song_list import wait_for_states
from tests.support import SONGS, ServerProcess

SECRET = "my secret demo"  # in the file's name  # noqa: S105
IS_KEPT = "document.querySelector('#works-offline').checkVisibility()"


@dataclass
class Asked:
    """One request in Chromium's own network log, which sees those of workers and the service worker, too.

    sent: its headers as they went out.
    """

    method: str
    url: str
    initiator: str
    sent: list[str] = field(default_factory=list)
    n_body_bytes: int = 0


def _whole(net_log: Path) -> Any:
    """Chromium's last processes may still write it when the driver says that it has ended."""
    deadline_s = time.monotonic() + 30
    while True:
        try:
            return json.loads(net_log.read_text(encoding="utf-8"))
        except json.JSONDecodeError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.1)


def requests_in(net_log: Path) -> list[Asked]:
    log = _whole(net_log)
    kinds = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    found: dict[int, Asked] = {}
    for event in log["events"]:
        kind, source, given = kinds[event["type"]], event["source"]["id"], event.get("params", {})
        if kind == "URL_REQUEST_START_JOB" and "url" in given:
            found[source] = Asked(given["method"], given["url"], given["initiator"])
        elif source in found and kind == "HTTP_TRANSACTION_SEND_REQUEST_HEADERS":
            found[source].sent += given["headers"]
        elif source in found and kind == "HTTP_TRANSACTION_SEND_REQUEST_BODY":
            found[source].n_body_bytes += int(given.get("length", 0)) or 1
    return list(found.values())


@dataclass
class Visit:
    """All that went over the network in a visit in which songs were analysed, and what it left behind."""

    url: str
    requests: list[Asked]
    cookies: list[dict[str, str]]
    complaints: list[str]
    server_said: str
    kept: list[str]
    n_stored: int
    stored: str

    @property
    def of_page(self) -> list[Asked]:
        """Chromium asks for things of its own, such as the time; what a page or worker asks for names its origin."""
        return [asked for asked in self.requests if asked.initiator == self.url or asked.url.startswith(self.url)]


KEPT = """
const caches_of_ours = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
const keys = await Promise.all(caches_of_ours.map((cache) => cache.keys()));
return keys.flat().map(({ url }) => url);
"""


# What the page itself keeps, without the rows' numbers.
STORED = """
const { openDB } = await load("vendor/idb-8.0.3/index.js");
const database = await openDB("genrescope");
const names = [...database.objectStoreNames];
const kept = await Promise.all(names.map((name) => database.getAll(name)));
const plain = (key, value) => (ArrayBuffer.isView(value) ? value.length : value);
return [kept[0].length, JSON.stringify([kept, { ...localStorage }], plain)];
"""


def songs_one_by_one(page: Page, songs: list[Path], _toy: Path, server: ServerProcess) -> str:
    """Two songs before the page is kept, and one after: then all its requests go through the service worker."""
    page.analyse(songs[0])
    page.analyse(songs[1])
    page.wait_for(IS_KEPT)
    page.reload()
    page.analyse(songs[2])
    page.wait_for(IS_KEPT)
    return ended(server)


def all_that_the_page_does(page: Page, songs: list[Path], toy: Path, server: ServerProcess) -> str:
    """Many songs, some of them stored; charts and sounds taken along; live sound; an own model; no server any more."""
    page.choose_all(*songs)
    wait_for_states(page, "done", "done", "done")
    page.find("#library-csv").click()
    take_along(page)
    page.wait_for(IS_KEPT)
    page.reload()
    page.choose(songs[0])
    page.wait_for("document.querySelector('#status').textContent.includes('heard before')")
    page.find("#keep-sound").click()
    page.run(PLAY_TO_PAGE + "const tone = context.createOscillator(); tone.connect(played); tone.start();")
    listen(page)
    wait_for_rows(page, 2)
    stop(page)
    page.find("#live-download").click()
    take_along(page)
    bring(page, toy)
    page.analyse(songs[1])
    page.wait_for(IS_KEPT)
    said = ended(server)
    page.reload()
    page.analyse(songs[1])
    return said


def take_along(page: Page) -> None:
    """Everything that the menu below the chart offers."""
    said = "document.querySelector('#take-along-said').textContent"
    for what, words in {
        "png": ".png”",
        "svg": ".svg”",
        "csv": ".csv”",
        "json": ".json”",
        "link": "opens it sees",
    }.items():
        page.find(f'[data-take="{what}"]').click()
        page.wait_for(f"{said}.includes('{words}')")


def ended(server: ServerProcess) -> str:
    """Stops it; gives what it has said."""
    said = server.output()
    server.stop()
    return said


@pytest.fixture(scope="module", params=[songs_one_by_one, all_that_the_page_does])
def visit(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, toy: Path) -> Visit:
    folder = tmp_path_factory.mktemp("visit")
    net_log = folder / "net-log.json"
    songs = [folder / f"{SECRET} {n}{suffix}" for n, suffix in enumerate((".mp3", ".opus", ".mp3"))]
    for song, source in zip(songs, ("metal.mp3", "formats/stereo-48000.opus", "rock.mp3"), strict=True):
        shutil.copy(SONGS / source, song)
    model = Path(shutil.copytree(toy, folder / f"{SECRET} model"))
    server = ServerProcess()
    server.wait_for_page()
    driver = start_chromium(folder / "profile", f"--log-net-log={net_log}", "--net-log-capture-mode=IncludeSensitive")
    downloads = {"behavior": "allow", "downloadPath": str(folder / "downloads")}
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", downloads)
    try:
        page = Page(driver, server.url)
        server_said = request.param(page, songs, model, server)
        complaints = [entry for entry in page.console() if "Content Security Policy" in entry]
        cookies, kept = driver.get_cookies(), page.run(KEPT)
        n_stored, stored = page.run(STORED)
    finally:
        driver.quit()
        server.stop()
    return Visit(server.url, requests_in(net_log), cookies, complaints, server_said, kept, n_stored, stored)


def test_nothing_is_asked_of_anyone_else(visit: Visit) -> None:
    urls = [asked.url for asked in visit.of_page]
    assert any(url.endswith("/model/contract.json") for url in urls)
    assert any(url.endswith("tfjs-backend-wasm-simd.wasm") for url in urls)
    assert any(url.endswith("/service-worker.js") for url in urls)
    assert len(urls) > 200  # the page's own, and again when it is kept
    assert [url for url in urls if not url.startswith(("blob:", "data:", visit.url))] == []


def test_nothing_is_sent(visit: Visit) -> None:
    assert {asked.method for asked in visit.of_page} == {"GET"}
    assert [asked.url for asked in visit.of_page if asked.n_body_bytes] == []
    assert [asked.url for asked in visit.of_page if "?" in asked.url] == []


def test_no_request_names_the_song(visit: Visit) -> None:
    words = SECRET.split()
    told = [asked.url.lower() + "\n".join(asked.sent).lower() for asked in visit.of_page]
    assert any("accept-encoding" in line for line in told)  # headers are seen
    assert [line for line in told if any(word in line for word in words)] == []


def test_no_request_says_who_asks(visit: Visit) -> None:
    assert visit.cookies == []
    headers = [line.lower() for asked in visit.of_page for line in asked.sent]
    told = {line for line in headers if line.startswith(("cookie:", "referer:", "authorization:"))}
    # When Chromium looks for a new version by itself, it names the old one.
    assert told <= {f"referer: {visit.url}/service-worker.js"}


def test_nothing_of_a_song_is_kept(visit: Visit) -> None:
    assert visit.n_stored > 0
    assert not any(word in visit.stored.lower() for word in ("secret", "demo", ".mp3", ".opus", "toy"))
    assert len(visit.kept) > 100
    assert [url for url in visit.kept if not url.startswith(visit.url) or "predict" in url or "blob:" in url] == []
    assert visit.complaints == []


def test_the_server_says_nothing_about_its_visitors(visit: Visit) -> None:
    assert "Genrescope is at" in visit.server_said
    assert "GET" not in visit.server_said
    assert SECRET not in visit.server_said


def test_the_server_does_not_log_what_predict_is_given(ready_server: ServerProcess) -> None:
    with (SONGS / "metal.mp3").open("rb") as song:
        answer = httpx.post(f"{ready_server.url}/predict", files={"file": (f"{SECRET}.mp3", song)}, timeout=60)
    assert answer.status_code == 200
    refused = httpx.post(f"{ready_server.url}/predict", files={"file": (f"{SECRET}.txt", b"no song")}, timeout=60)
    assert refused.status_code == 415
    assert SECRET not in ready_server.output() + answer.text + refused.text


def test_a_log_that_carries_a_song_would_be_noticed(tmp_path: Path) -> None:
    types = {"URL_REQUEST_START_JOB": 1, "HTTP_TRANSACTION_SEND_REQUEST_HEADERS": 2,
             "HTTP_TRANSACTION_SEND_REQUEST_BODY": 3}  # fmt: skip
    start = {"method": "POST", "url": "http://x/predict", "initiator": "http://x"}
    events = [
        {"type": 1, "source": {"id": 7}, "params": start},
        {"type": 2, "source": {"id": 7}, "params": {"headers": ["X-Name: song.mp3"]}},
        {"type": 3, "source": {"id": 7}, "params": {"length": 4000}},
    ]
    (tmp_path / "log.json").write_text(json.dumps({"constants": {"logEventTypes": types}, "events": events}))
    assert requests_in(tmp_path / "log.json") == [
        Asked("POST", "http://x/predict", "http://x", ["X-Name: song.mp3"], 4000)
    ]


@pytest.mark.parametrize(
    "path", ["/service-worker.js", "/static/manifest.webmanifest", "/static/icons/icon-192.png", "/static/offline.css"]
)
def test_the_headers_hold_on_what_is_kept_and_installed(server_url: str, path: str) -> None:
    headers = httpx.get(server_url + path).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert headers["cache-control"] == "no-cache"
    assert "set-cookie" not in headers


def test_the_policy_holds(page: Page) -> None:
    refused = page.run(
        """
        const violations = [];
        document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
        await fetch("http://127.0.0.1:9/").catch(() => {});
        const image = new Image();
        image.src = "http://127.0.0.1:9/x.png";
        await new Promise((resolve) => setTimeout(resolve, 100));
        return violations.sort();
        """
    )
    assert refused == ["connect-src", "img-src"]
    assert page.driver.execute_script("return crossOriginIsolated")
    page.console()  # these complaints were wanted
