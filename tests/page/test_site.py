"""The page as a folder of mere files: below a path, on hosts that know nothing of it, in each browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from selenium import webdriver

from server.headers import SECURITY_HEADERS
from server.site import main
from tests.page.browser import Page, first_visit
from tests.page.browsers import BROWSERS, start_chromium
from tests.page.fallback import ALERT, ASKED, WORDS, ask, say_yes
from tests.page.site_hosts import PlainHost, host_that_honours_headers
from tests.page.test_offline import IS_KEPT
from tests.page.test_other_browsers import DROP_WHAT_IS_CHOSEN
from tests.page.test_privacy import requests_in
from tests.support import SONGS, ready_server_with

PATH = "some/path"
SONG = SONGS / "metal.mp3"
REQUESTED = "performance.getEntriesByType('resource').map(({ name }) => name)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a plain host serves: the site lies below a path of it."""
    folder = tmp_path_factory.mktemp("host")
    assert main([str(folder / PATH)]) == 0
    return folder


@pytest.fixture
def host(folder: Path) -> Iterator[PlainHost]:
    host = PlainHost(folder)
    yield host
    host.stop()


@pytest.fixture(scope="module")
def expected(chromium: webdriver.Chrome, server_url: str) -> dict[str, Any]:
    """The song's analysis by the page of a server."""
    return first_visit(chromium, server_url).analyse(SONG)


def drop(page: Page, song: Path) -> None:
    page.run(DROP_WHAT_IS_CHOSEN)
    page.choose(song)


@pytest.mark.parametrize("name", BROWSERS)
def test_a_dropped_song_gets_the_servers_chart_and_nobody_else_is_asked(
    name: str, host: PlainHost, expected: dict[str, Any], tmp_path: Path
) -> None:
    if reason := BROWSERS[name].why_not():
        pytest.skip(f"extra test: {reason}")
    net_log = tmp_path / "net-log.json"
    with ExitStack() as stack:
        if name == "Chromium":
            driver = start_chromium(tmp_path / "profile", f"--log-net-log={net_log}")
            stack.callback(driver.quit)
        else:
            driver = stack.enter_context(BROWSERS[name].open())
        site = Page(driver, f"{host.url}/{PATH}")
        assert not site.driver.execute_script("return window.crossOriginIsolated")
        drop(site, SONG)
        site.wait_for("analyses.length === 1")
        analysis = site.driver.execute_script("return analyses[0]")
        assert site.find("#canvas").is_displayed()
        requested = site.driver.execute_script(f"return {REQUESTED}")
    assert (analysis["verdict"]["genre"], analysis["model"]) == (expected["verdict"]["genre"], expected["model"])
    np.testing.assert_allclose(analysis["probabilities"], expected["probabilities"], rtol=0, atol=0.01)
    assert len(requested) > 50
    if name == "Chromium":  # its log has what workers ask for, too
        requested = [asked.url for asked in requests_in(net_log) if asked.initiator == host.url]
        assert any("group1-shard" in url for url in requested)
    assert [url for url in requested if not url.startswith(f"{host.url}/{PATH}/")] == []


def test_after_one_visit_it_works_without_its_host(chromium: webdriver.Chrome, host: PlainHost) -> None:
    site = Page(chromium, f"{host.url}/{PATH}")
    site.choose(SONG)
    site.wait_for(f"analyses.length === 1 && {IS_KEPT}")
    host.stop()
    site.reload()
    site.find("#sample").click()
    site.wait_for("analyses.length === 1")
    assert site.state == "done"


def test_it_says_that_no_server_hears_what_the_browser_cannot(
    chromium: webdriver.Chrome, host: PlainHost, foreign: Path
) -> None:
    site = Page(chromium, f"{host.url}/{PATH}")
    assert "cannot decode audio of this kind" in site.refusal(foreign / "song.wma")
    assert site.find("#fallback-words").is_displayed()
    assert site.text("#fallback-words").startswith("This site has no server that could listen to it instead")
    assert not site.driver.execute_script(f"return {ASKED}")
    assert not any("openapi" in url for url in site.driver.execute_script(f"return {REQUESTED}"))
    site.choose(SONG)
    site.wait_for("analyses.length === 1")
    assert not site.find("#fallback").is_displayed()


def test_a_browser_without_the_basics_is_told_so(chromium: webdriver.Chrome, host: PlainHost) -> None:
    site = Page(chromium, f"{host.url}/{PATH}")
    script = chromium.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": "delete window.Worker"})
    site.reload()
    chromium.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    site.wait_for(f"{WORDS}.startsWith('This site has no server')")


def test_the_policy_is_in_the_page_where_headers_cannot_be_had(
    chromium: webdriver.Chrome, host: PlainHost, folder: Path
) -> None:
    assert not {name.lower() for name in SECURITY_HEADERS} & set(httpx.get(f"{host.url}/{PATH}/").headers)
    site = Page(chromium, f"{host.url}/{PATH}")
    reach = "return fetch(args[0], { mode: 'no-cors' }).then(() => 'reached', () => 'refused')"
    assert site.run(reach, "model/contract.json") == "reached"
    elsewhere = PlainHost(folder)  # which refuses nobody: ours would
    try:
        assert httpx.get(elsewhere.url).is_success
        assert site.run(reach, elsewhere.url) == "refused"
    finally:
        elsewhere.stop()


def test_a_host_that_honours_the_headers_isolates_the_page(chromium: webdriver.Chrome, folder: Path) -> None:
    with host_that_honours_headers(folder / PATH) as url:
        site = Page(chromium, url)
        assert site.driver.execute_script("return crossOriginIsolated")
        site.choose(SONG)
        site.wait_for("analyses.length === 1")
        (worker,) = (folder / PATH).glob("static-*/engine/song-worker.js")
        answer = httpx.get(f"{url}/{worker.relative_to(folder / PATH)}")
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert "immutable" in answer.headers["cache-control"]
        assert httpx.get(f"{url}/").headers["cache-control"] == "no-cache"


def test_songs_go_to_another_server_after_a_yes_where_it_lets_them(
    chromium: webdriver.Chrome, foreign: Path, tmp_path: Path
) -> None:
    host = PlainHost(tmp_path)
    try:
        with ready_server_with(GENRESCOPE_ALLOWED_ORIGINS=host.url) as server:
            assert main([str(tmp_path / PATH), "--predict", server.url]) == 0
            site = Page(chromium, f"{host.url}/{PATH}")
            question = ask(site, foreign / "song.wma")
            assert f"be sent to {server.url}?" in question
            assert "not encrypted" in question
            assert say_yes(site)["backend"] == "server"
            assert site.text("#title") == "song"
            # The same host by another name is another origin, which the server was not told of.
            strange = Page(chromium, f"{host.url.replace('127.0.0.1', 'localhost')}/{PATH}")
            strange.choose(foreign / "song.wma")
            assert "cannot be reached" in strange.wait_for(ALERT)
    finally:
        chromium.get("about:blank")  # a page whose host is gone would complain of that in the next tests
        host.stop()
