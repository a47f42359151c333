"""Lives of the workers: a crash costs the song that waited, and nothing after it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.page.browser import Page
from tests.support import REPOSITORY, SONGS, ServerProcess

SONG = SONGS / "metal.mp3"
LONG = SONGS.parent.parent / "static" / "sample" / "medley.mp3"

# Song workers that the test can hold on to. Of a song that is chosen while `holds_next` no result comes out: however
# fast the machine is, it stays begun.
KEEP_WORKERS = """
Object.assign(window, { kept: [], n_crashed: 0, told: [], held: new Set(), holds_next: false });
const Original = window.Worker;
window.Worker = class extends Original {
  constructor(url, ...options) {
    super(url, ...options);
    this.is_kept = String(url).endsWith("/song-worker.js");
    if (this.is_kept) kept.push(this);
    this.addEventListener("error", () => { n_crashed += 1; });
    this.addEventListener("message", (event) => {
      if (event.data.kind === "result" && held.has(event.data.song)) event.stopImmediatePropagation();
    });
  }
  postMessage(message, ...rest) {
    if (this.is_kept) told.push(message?.kind);
    if (holds_next && message?.kind === "analyse") held.add(message.song);
    super.postMessage(message, ...rest);
  }
};
"""
CRASH = "kept[0].postMessage(null)"  # which has no kind: the worker fails in earnest
HAS_CRASHED = "n_crashed === 1"
LATE_FAILURE = """
const data = { kind: "failed", song: 1, code: "worker-crashed", details: { reason: "late" } };
kept[0].dispatchEvent(new MessageEvent("message", { data }));
"""
IS_ANALYSING = "document.querySelector('main').dataset.state === 'analysing'"


@pytest.fixture
def watched(page: Page, chromium: webdriver.Chrome) -> Page:
    """The page, with the song worker within reach."""
    script = chromium.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": KEEP_WORKERS})
    page.reload()
    chromium.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    page.wait_for("kept.length === 1")
    return page


def begin(page: Page, song: Path) -> None:
    """Chooses a song, whose analysis begins and does not come to an end."""
    page.driver.execute_script("holds_next = true")
    page.choose(song)
    page.wait_for(IS_ANALYSING)
    page.driver.execute_script("holds_next = false")


def test_a_crash_is_told_and_the_next_song_is_heard(watched: Page) -> None:
    before = watched.analyse(SONG)
    begin(watched, LONG)
    watched.driver.execute_script(CRASH)
    watched.wait_for(HAS_CRASHED)
    assert watched.state == "error"
    assert "Something in this page failed" in watched.text("#alert")
    assert watched.analyse(SONG)["probabilities"] == before["probabilities"]
    assert watched.driver.execute_script("return kept.length") == 2


def test_a_crash_between_songs_goes_unnoticed(watched: Page) -> None:
    watched.driver.execute_script(CRASH)
    watched.wait_for(HAS_CRASHED)
    assert watched.state == "idle"
    assert watched.analyse(SONG)["verdict"]


def test_a_new_song_ends_the_work_on_the_old_one_and_keeps_the_warm_workers(watched: Page) -> None:
    alone = watched.analyse(SONG)
    begin(watched, LONG)
    assert watched.analyse(SONG)["probabilities"] == alone["probabilities"]
    assert watched.text("#title") == "metal"
    assert watched.driver.execute_script("return [kept.length, analyses.length]") == [1, 2]


def test_a_failure_of_an_earlier_song_that_is_heard_of_late_is_nothing_to_the_next_one(watched: Page) -> None:
    alone = watched.analyse(SONG)
    begin(watched, LONG)
    watched.driver.execute_script(LATE_FAILURE)
    assert watched.state == "analysing"
    assert watched.analyse(SONG)["probabilities"] == alone["probabilities"]
    watched.driver.execute_script(LATE_FAILURE)
    assert watched.driver.execute_script("return kept.length") == 1


def test_choosing_the_sample_ends_the_work_on_the_song_before_it_comes(watched: Page) -> None:
    watched.analyse(SONG)
    begin(watched, LONG)
    watched.run("window.fetch = () => new Promise(() => {}); told.length = 0;")
    watched.driver.execute_script("document.querySelector('#sample').click()")
    assert watched.driver.execute_script("return told") == ["cancel"]


def test_the_same_song_gives_the_same_numbers_each_time(page: Page) -> None:
    first = page.analyse(LONG)
    for _ in range(2):
        assert page.analyse(LONG)["probabilities"] == first["probabilities"]


# --- helpers that really crash, hang or come to nothing: in a copy of the page ------------------------------------


Alter = Callable[..., Page]


@pytest.fixture
def altered(tmp_path: Path, chromium: webdriver.Chrome) -> Iterator[Alter]:
    """Gives the page of a copy of the project in which, in files of static/, one text was replaced by another."""
    servers = []

    def alter(*changes: tuple[str, str, str]) -> Page:
        for part in ("server", "static"):
            shutil.copytree(REPOSITORY / part, tmp_path / part)
        (tmp_path / "model").symlink_to(REPOSITORY / "model")
        for file, old, new in changes:
            path = tmp_path / "static" / file
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} is not in {file}, or more than once"
            path.write_text(text.replace(old, new), encoding="utf-8")
        servers.append(ServerProcess(folder=tmp_path))
        servers[0].wait_for_page()
        return Page(chromium, servers[0].url)

    yield alter
    for server in servers:
        server.stop()
    chromium.get_log("browser")


WORK = "async function work(order) {"
AT_THE_THIRD_WINDOW = """async function work(order) {
  globalThis.n = (globalThis.n ?? 0) + (order.what === "window" ? 1 : 0);
  if (globalThis.n === 3) return """


def test_a_helper_that_crashes(altered: Alter) -> None:
    crash = AT_THE_THIRD_WINDOW + "setTimeout(() => { throw Error('crashed on purpose'); });"
    page = altered(("engine/helper-worker.js", WORK, crash))
    assert "Something in this page failed" in page.refusal(LONG)
    assert page.analyse(SONG)["verdict"]  # it has two windows


def test_a_helper_that_hangs(altered: Alter) -> None:
    hang = AT_THE_THIRD_WINDOW + "new Promise(() => {});"
    # Nobody is called hanging for a segment, which may wait for a network that loads slowly.
    clock = ("engine/helpers.js", "if (this.task) this._timer", "if (this.task?.order.log_mel) this._timer")
    page = altered(("engine/helper-worker.js", WORK, hang), ("engine/helpers.js", "60_000", "5_000"), clock)
    assert "Something in this page failed" in page.refusal(LONG)
    assert page.analyse(SONG)["verdict"]


def test_a_helper_that_is_not_to_be_had(altered: Alter) -> None:
    page = altered(("engine/helper-worker.js", WORK, "throw Error('nothing here');" + WORK))
    assert "Something in this page failed" in page.refusal(SONG)


def test_a_network_that_is_not_to_be_had(altered: Alter) -> None:
    page = altered(("network/start.js", "graphSource(folder, browser_model)", "graphSource(folder, 'nothing.json')"))
    assert "The neural network could not be loaded" in page.refusal(SONG)
