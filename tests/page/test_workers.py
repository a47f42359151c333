"""Lives of the workers: a crash costs the song that waited, and nothing after it."""

from __future__ import annotations

import pytest
from selenium import webdriver

from tests.page.browser import Page
from tests.support import SONGS

SONG = SONGS / "metal.mp3"
LONG = SONGS.parent.parent / "static" / "sample" / "medley.mp3"

# Workers that the test can hold on to, and end as a crash would: with an error event.
KEEP_WORKERS = """
window.kept = [];
const Original = window.Worker;
window.Worker = class extends Original {
  constructor(...options) { super(...options); kept.push(this); }
};
"""
CRASH = "kept[arguments[0]].dispatchEvent(new ErrorEvent('error', { message: 'crashed on purpose' }))"


@pytest.fixture
def watched(page: Page, chromium: webdriver.Chrome) -> Page:
    """The page, its workers within reach: kept[0] is the network's, kept[1] the song's."""
    script = chromium.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": KEEP_WORKERS})
    page.reload()
    chromium.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    page.wait_for("kept.length === 2")
    return page


@pytest.mark.parametrize("worker", [0, 1], ids=["network", "song"])
def test_a_crash_is_told_and_the_next_song_is_heard(watched: Page, worker: int) -> None:
    before = watched.analyse(SONG)
    watched.choose(LONG)
    watched.wait_for("document.querySelector('main').dataset.state === 'analysing'")
    watched.driver.execute_script(CRASH, worker)
    assert watched.state == "error"
    assert "Something in this page failed" in watched.text("#alert")
    assert watched.analyse(SONG)["probabilities"] == before["probabilities"]
    assert watched.driver.execute_script("return kept.length") == 4


def test_a_crash_between_songs_goes_unnoticed(watched: Page) -> None:
    watched.driver.execute_script(CRASH, 0)
    assert watched.state == "idle"
    assert watched.analyse(SONG)["verdict"]


def test_a_new_song_ends_the_work_on_the_old_one_at_once(watched: Page) -> None:
    watched.choose(LONG)
    watched.wait_for("document.querySelector('main').dataset.state === 'analysing'")
    watched.driver.execute_script(
        "kept[1].terminate = function () { shown.push('ended'); Worker.prototype.terminate.call(this); }"
    )
    watched.analyse(SONG)
    assert watched.driver.execute_script("return shown") == ["ended"]
    assert watched.driver.execute_script("return kept.length") == 3  # the network's worker stays: it is warm


def test_after_a_song_both_workers_are_used_again(watched: Page) -> None:
    watched.analyse(SONG)
    watched.analyse(SONG)
    assert watched.driver.execute_script("return kept.length") == 2


def test_a_bounded_queue_waits_for_credit(module_page: Page) -> None:
    script = """
    const { Credits } = await load("engine/credits.js");
    const credits = new Credits(2);
    const log = [];
    const send = async (name) => { await credits.take(); log.push(name); };
    await Promise.all([send("a"), send("b")]);
    const waiting = send("c");
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push("given");
    credits.give();
    await waiting;
    return log;
    """
    assert module_page.run(script) == ["a", "b", "given", "c"]
