"""static/offline/: after one visit the page works without a network, and never mixes two versions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.page.browser import Page
from tests.page.browsers import BROWSERS
from tests.support import REPOSITORY, SONGS, ServerProcess

SONG = SONGS / "formats" / "mono-8000.wav"
IS_KEPT = "document.querySelector('#works-offline').checkVisibility()"
HAS_NEWS = "document.querySelector('#reload').checkVisibility()"
LOOK_FOR_NEWS = "await (await navigator.serviceWorker.getRegistration()).update()"
FIRST_WORDS = "Choose a song"


@pytest.fixture(scope="module", params=["Chromium", "Firefox"])
def browser(request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    if reason := BROWSERS[request.param].why_not():
        pytest.skip(f"extra test: {reason}")
    with BROWSERS[request.param].open() as driver:
        yield driver


def test_where_helpers_are_out_of_reach_all_is_as_without_a_service_worker(server_url: str) -> None:
    """WebKitGTK: half a page of one version and half of another would be worse than none."""
    if reason := BROWSERS["WebKit"].why_not():
        pytest.skip(f"extra test: {reason}")
    with BROWSERS["WebKit"].open() as driver:
        page = Page(driver, server_url)
        page.analyse(SONG)
        settled = "!document.querySelector('#works-offline').hidden || localStorage.getItem('genrescope:unreached')"
        page.wait_for(settled)
        if page.driver.execute_script("return localStorage.getItem('genrescope:unreached') === null"):
            return  # a WebKit that has learned it works like the others
        page.reload()
        assert page.analyse(SONG)["verdict"]
        assert page.run("return [await navigator.serviceWorker.getRegistration(), await caches.keys()]") == [None, []]
        assert not page.driver.execute_script(f"return {IS_KEPT}")


class Site:
    """A copy of the project, whose server is stopped and started again at the same address, version after version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("server", "static"):
            shutil.copytree(REPOSITORY / part, folder / part)
        contract = json.loads((REPOSITORY / "model" / "contract.json").read_text(encoding="utf-8"))
        (folder / "model").mkdir()
        for path in (*contract["files"], *(path.name for path in (REPOSITORY / "model").glob("*.*"))):
            (folder / "model" / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / "model" / path, folder / "model" / path)
        (folder / "model" / "predictor.py").unlink()  # /predict is not asked for, and takes the processor for seconds
        self.words, self.version = FIRST_WORDS, contract["version"]
        self._server: ServerProcess | None = None
        self._n_published = 0
        self._port = "0"

    def start(self) -> str:
        """Gives the address."""
        if not self._server:
            self._server = ServerProcess(folder=self.folder, PORT=self._port)
            self._server.wait_for_page()
            self._port = self._server.url.rpartition(":")[2]
        return self._server.url

    def stop(self) -> None:
        if self._server:
            self._server.stop()
        self._server = None

    def change_contract(self, **changes: Any) -> None:
        path = self.folder / "model" / "contract.json"
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")

    def publish(self) -> tuple[str, str]:
        """Another model version and other code, and the server is started again. Gives its words and its version."""
        self.stop()
        self._n_published += 1
        old, self.words, self.version = self.words, f"Take song {self._n_published}", f"next {self._n_published}"
        self.change_contract(version=self.version)
        path = self.folder / "static" / "messages.js"
        path.write_text(path.read_text(encoding="utf-8").replace(old, self.words), encoding="utf-8")
        self.start()
        return self.words, self.version


@pytest.fixture(scope="module")
def site(browser: WebDriver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for each browser: each test goes on from the version that the one before it has left."""
    site = Site(tmp_path_factory.mktemp(browser.name))
    yield site
    site.stop()


@pytest.fixture
def page(browser: WebDriver, site: Site) -> Page:
    """All of it is kept: of the first test it is somebody's first visit."""
    page = Page(browser, site.start())
    assert version_at_work(page) == (site.words, site.version)
    page.wait_for(IS_KEPT)
    return page


def version_at_work(page: Page) -> tuple[str, str]:
    """(words on the page, version of the model that it hears with), of a song that is heard now."""
    return page.text("label .first"), page.analyse(SONG)["model"]["version"]


def test_after_one_visit_it_works_without_a_server(page: Page, site: Site) -> None:
    site.stop()
    # The page of the first visit, too, has all it needs.
    assert page.run("return (await fetch('static/sample/medley.mp3')).ok")
    page.reload()
    page.find("#sample").click()
    page.wait_for("analyses.length === 1")
    assert page.state == "done"
    page.wait_for(IS_KEPT)


def test_what_is_not_of_the_page_is_neither_kept_nor_answered(page: Page, site: Site) -> None:
    assert page.run("return (await fetch('healthz')).status") == 200
    ranges = "return (await fetch('static/sample/medley.mp3', { headers: { Range: 'bytes=0-9' } })).status"
    assert page.run(ranges) == 206
    assert page.run("return (await fetch('predict', { method: 'POST' })).status") == 503
    kept = page.run(
        """
        const caches_of_ours = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
        const keys = await Promise.all(caches_of_ours.map((cache) => cache.keys()));
        return keys.flat().map(({ url }) => new URL(url).pathname.slice(1));
        """
    )
    assert len(kept) == len(set(kept)) > 100
    assert [path for path in kept if not path.startswith(("static/", "model/")) and path != ""] == []
    site.stop()
    assert page.run("return fetch('healthz').then(() => 'answered', () => 'not answered')") == "not answered"


def test_a_new_version_takes_over_as_a_whole(page: Page, site: Site) -> None:
    old = version_at_work(page)
    new = site.publish()
    page.reload()
    page.wait_for("document.readyState === 'complete'")
    assert version_at_work(page) == old
    page.wait_for(HAS_NEWS)
    assert "new version" in page.text("#new-version")
    # The new one is there, and still the old page gets only what is its own.
    assert page.run("return (await (await fetch(contractUrl)).json()).version") == old[1]
    assert old[0] in page.run("return (await fetch('static/messages.js')).text()")
    assert version_at_work(page) == old
    page.driver.execute_script("window.is_old = true")
    page.find("#reload").click()
    page.wait_for("!window.is_old && document.readyState === 'complete'")
    page.reload()
    assert version_at_work(page) == new
    site.stop()
    page.reload()
    assert version_at_work(page) == new


def test_other_tabs_are_not_left_with_a_mixture(browser: WebDriver, page: Page, site: Site) -> None:
    page.reload()
    with ExitStack() as stack:
        browser.switch_to.new_window("tab")
        stack.callback(browser.switch_to.window, browser.window_handles[0])
        stack.callback(browser.close)
        other = Page(browser, page.url)
        new = site.publish()
        other.analyse(SONG)
        other.run(LOOK_FOR_NEWS)
        other.wait_for(HAS_NEWS)
        other.find("#reload").click()
        other.wait_for("document.querySelector('#new-version').textContent.startsWith('Close the other tabs')")
        assert other.run("return (await (await fetch(contractUrl)).json()).version") != new[1]
    page.wait_for(HAS_NEWS)
    page.driver.execute_script("window.is_old = true")
    page.find("#reload").click()
    page.wait_for("!window.is_old && document.readyState === 'complete'")
    page.reload()
    assert version_at_work(page) == new


def test_an_emptied_cache_is_filled_again(page: Page, site: Site) -> None:
    page.run("for (const name of await caches.keys()) await caches.delete(name)")
    page.reload()
    page.analyse(SONG)
    page.wait_for(IS_KEPT)
    site.stop()
    page.reload()
    assert page.analyse(SONG)["verdict"]


def test_a_version_that_does_not_come_whole_is_not_taken(page: Page, site: Site) -> None:
    """The last one: no other goes on from what it leaves."""
    old = version_at_work(page)
    contract = json.loads((site.folder / "model" / "contract.json").read_text(encoding="utf-8"))
    part = f"{contract['browser_model'].rpartition('/')[0]}/lost.bin"
    (site.folder / "model" / part).write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of nothing
    site.change_contract(files=contract["files"] | {part: {"sha256": empty, "bytes": 0}})
    site.publish()
    (site.folder / "model" / part).unlink()
    page.reload()
    page.run(
        """
        const registration = await navigator.serviceWorker.getRegistration();
        const failed = new Promise((resolve) => registration.addEventListener("updatefound", () => {
          const worker = registration.installing;
          worker.addEventListener("statechange", () => worker.state === "redundant" && resolve());
        }));
        await registration.update().catch(() => {});
        await failed;
        """
    )
    assert version_at_work(page) == old
    assert not page.driver.execute_script(f"return {HAS_NEWS}")
    site.stop()
    page.reload()
    assert version_at_work(page) == old
