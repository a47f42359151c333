"""static/teach, static/library/kept-lesson.js: what is taught is kept, and several tabs have the same of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.page.browser import Page, first_visit
from tests.page.lessons import (
    COUNT_FITS,
    TAUGHT,
    add_songs,
    cut,
    kept_parts,
    name_genre,
    open_panel,
    songs_of,
    teach,
)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("pieces")
    return {name: [cut(name, folder, first_s) for first_s in (0, 4, 8)] for name in ("classical", "metal")}


class Tab(Page):
    """One of several: only the one that came forward last can be asked."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        driver.switch_to.new_window("tab")
        self.window = driver.current_window_handle
        super().__init__(driver, url)

    def come_forward(self) -> None:
        self.driver.switch_to.window(self.window)


@pytest.fixture(scope="module")
def tabs(chromium: webdriver.Chrome, server_url: str, pieces: dict[str, list[Path]]) -> Iterator[tuple[Tab, Tab]]:
    """Two that have the same lesson of two genres: the tests below go on with it, one after another."""
    window = chromium.current_window_handle
    first_visit(chromium, server_url)
    first = Tab(chromium, server_url)
    open_panel(first)
    teach(first, {name: songs[:2] for name, songs in pieces.items()})
    kept_parts(first, with_fit=True)
    second = Tab(chromium, server_url)
    second.wait_for(TAUGHT)
    yield first, second
    for tab in (first, second):
        tab.come_forward()
        chromium.close()
    chromium.switch_to.window(window)


def names(page: Page) -> list[str]:
    script = "return [...document.querySelectorAll('#teach .genre .name')].map((field) => field.value)"
    return list(page.driver.execute_script(script))


def heard(genre: int, n_songs: int) -> str:
    """A condition: so many songs of the genre are known, and all of them are taught."""
    rows = f"document.querySelectorAll('#teach .genre:nth-child({genre + 1}) [data-state=done]')"
    return f"{TAUGHT} && {rows}.length === {n_songs}"


def test_what_one_tab_changes_another_has_too(tabs: tuple[Tab, Tab], pieces: dict[str, list[Path]]) -> None:
    first, second = tabs
    first.come_forward()
    first.driver.execute_script(COUNT_FITS)
    second.come_forward()
    add_songs(second, 0, pieces["classical"][2:])
    second.wait_for(heard(0, 3))
    words = second.text("#teach-result")
    kept_parts(second, with_fit=True)
    first.come_forward()
    first.wait_for(heard(0, 3))
    assert songs_of(first, 0) == ["classical-0", "classical-4", "Song 3"]
    assert first.text("#teach-result") == words
    assert first.driver.execute_script("return n_fits") == 0  # it has what the other one has fitted
    assert first.text("#teach-kept").startswith("Another tab of this page has changed these genres")
    name_genre(first, 1, "Metal!")
    first.find("#teach .genre:nth-child(1) li:nth-child(1) .remove").click()
    first.wait_for(heard(0, 2))
    second.come_forward()
    second.wait_for(heard(0, 2))
    assert names(second) == ["classical", "Metal!"]


# So long a tab waits for what another one fits; the other one cannot know what both have put together.
WAIT_FOR_NO_OTHER_TAB = """
const later = window.setTimeout;
window.setTimeout = (task, ms, ...rest) => (ms < 10_000 ? later(task, ms, ...rest) : 0);
"""


def test_tabs_that_change_it_at_once_lose_nothing(tabs: tuple[Tab, Tab], pieces: dict[str, list[Path]]) -> None:
    first, second = tabs
    first.come_forward()
    first.driver.execute_script("BroadcastChannel.prototype.postMessage = () => {}")  # as if it came too late
    name_genre(first, 1, "by the first")
    add_songs(first, 1, pieces["metal"][2:])
    first.wait_for(heard(1, 3))
    kept_parts(first, with_fit=True)
    second.come_forward()
    assert names(second) == ["classical", "Metal!"]
    second.driver.execute_script(WAIT_FOR_NO_OTHER_TAB)
    add_songs(second, 0, pieces["classical"][:1])
    name_genre(second, 0, "by the second")
    second.wait_for(f"{heard(0, 3)} && {heard(1, 3)}")
    assert names(second) == ["by the second", "by the first"]
    first.come_forward()
    first.wait_for(f"{heard(0, 3)} && {heard(1, 3)}")
    assert names(first) == ["by the second", "by the first"]


UNREADABLE = """
const { getAll } = IDBObjectStore.prototype;
IDBObjectStore.prototype.getAll = function (...order) {
  if (this.name === "lessons" && !window.is_readable) throw new DOMException("the disk is busy", "UnknownError");
  return getAll.apply(this, order);
};
"""


def test_what_is_kept_is_not_written_over_where_it_could_not_be_read(tabs: tuple[Tab, Tab]) -> None:
    page, _ = tabs
    page.come_forward()
    page.wait_for(TAUGHT)
    kept_parts(page, with_fit=True)
    send = page.driver.execute_cdp_cmd  # type: ignore[attr-defined]
    added = send("Page.addScriptToEvaluateOnNewDocument", {"source": UNREADABLE})
    page.reload()
    page.wait_for("document.querySelector('#teach-state').textContent.startsWith('A part of this page')")
    page.driver.execute_script("document.querySelector('#teach-add').click(); window.is_readable = true")
    send("Page.removeScriptToEvaluateOnNewDocument", added)
    page.find("#teach > summary").click()
    page.wait_for("!document.querySelector('#teach').open")
    page.find("#teach > summary").click()
    page.wait_for(TAUGHT)
    assert songs_of(page, 0) == ["Song 1", "Song 2", "Song 3"]


FULL = """
const { put } = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (...entry) {
  if (!window.is_full) return put.apply(this, entry);
  this.transaction.abort();
  throw new DOMException("the disk is full", "QuotaExceededError");
};
window.is_full = true;
"""


def test_what_could_not_be_kept_stays_when_another_tab_changes_what_is(tabs: tuple[Tab, Tab], tmp_path: Path) -> None:
    first, second = tabs
    second.come_forward()
    second.wait_for(heard(1, 3))
    second.driver.execute_script(FULL)
    add_songs(second, 1, [cut("metal", tmp_path, 12)])
    second.wait_for(heard(1, 4))
    second.wait_for("document.querySelector('#teach-kept').textContent.startsWith('This browser keeps nothing')")
    first.come_forward()
    name_genre(first, 1, "meanwhile")
    second.come_forward()
    second.wait_for("document.querySelectorAll('#teach .name')[1].value === 'meanwhile'")
    assert len(songs_of(second, 1)) == 4
    second.driver.execute_script("window.is_full = false")
    name_genre(second, 1, "there is room again")
    first.come_forward()
    first.wait_for(heard(1, 4))


def test_what_one_tab_forgets_no_other_keeps(tabs: tuple[Tab, Tab]) -> None:
    first, second = tabs
    first.come_forward()
    first.wait_for(TAUGHT)
    first.find("#teach-forget").click()
    first.wait_for("document.activeElement?.matches('#teach-genres input')")
    second.come_forward()
    second.wait_for("!document.querySelector('#teach li')")
    assert names(second) == ["", ""]
    assert kept_parts(second) == "[]"


def test_what_has_the_focus_keeps_it_where_another_tab_changes_the_order(tabs: tuple[Tab, Tab]) -> None:
    first, second = tabs
    second.come_forward()
    name_genre(second, 1, "one")  # while there is none before it
    second.wait_for("document.querySelector('#teach-kept').textContent.startsWith('Kept')")
    second.driver.execute_script("document.querySelectorAll('#teach .name')[1].focus()")
    first.come_forward()
    first.wait_for("document.querySelector('#teach .name').value === 'one'")
    first.find("#teach .genre:nth-child(2) .name").send_keys("two\t")  # of which another tab has each beginning, too
    second.come_forward()
    second.wait_for("document.querySelectorAll('#teach .name')[1].value === 'two'")
    assert names(second) == ["one", "two", ""]
    assert second.driver.execute_script("return document.activeElement.value") == "one"
    assert second.text("#announcer") == second.text("#teach-kept") != ""
