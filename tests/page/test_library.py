"""static/library/: many songs at once, heard one after another while the visitor looks at whichever of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.page.browser import Page
from tests.page.song_list import begun, let_go, open_row, rows, states, wait_for_states, watch
from tests.support import SONGS

METAL, JAZZ, DISCO, POP = (SONGS / f"{name}.mp3" for name in ("metal", "jazz", "disco", "pop"))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.mp3"
    path.write_bytes(b"<!doctype html><p>404")
    return path


def test_the_first_is_shown_and_all_are_heard(page: Page, broken: Path, tmp_path: Path) -> None:
    alone = page.analyse(JAZZ)["verdict"]
    page.forget()
    page.reload()
    (tmp_path / "cover.jpg").write_bytes(b"a picture")
    page.choose_all(METAL, broken, JAZZ, tmp_path / "cover.jpg")
    wait_for_states(page, "done", "failed", "done")
    page.wait_for("document.querySelector('#library-state').textContent === '2 heard, 1 failed'")
    metal, failed, jazz = rows(page)
    assert (metal["title"], metal["is_opened"], page.text("#title")) == ("metal", True, "metal")
    assert (jazz["verdict"], jazz["state"], jazz["duration"]) == (alone["genre"], "done", "0:13")
    assert jazz["confidence"] == f"{alone['confidence'] * 100:.0f}\u202f%"
    assert failed["reason"].startswith("This is a web page, not a song.")
    assert (page.state, page.text("#alert")) == ("done", "")
    assert page.text("#library-title") == "3 songs"
    assert page.text("#library-skipped") == "1 other file was passed over, being no audio."
    # What is heard in the background is no business of whoever listens to the page.
    assert page.driver.execute_script("return [analyses.length, states]") == [1, ["loading", "analysing", "done"]]


def test_where_the_first_cannot_be_heard_the_next_is_shown(page: Page, broken: Path) -> None:
    page.choose_all(broken, METAL, JAZZ)
    wait_for_states(page, "failed", "done", "done")
    assert (page.text("#title"), page.text("#alert")) == ("metal", "")
    open_row(page, "broken")
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert "broken.mp3: This is a web page, not a song." in page.text("#alert")
    assert page.text("#title") == "metal"


def test_a_song_is_looked_at_while_others_are_heard(page: Page) -> None:
    watch(page, "disco.mp3")
    page.choose_all(METAL, JAZZ, DISCO, POP)
    wait_for_states(page, "done", "done", "listening", "waiting")
    open_row(page, "jazz")
    assert (page.text("#title"), page.state) == ("jazz", "done")
    first, second = page.driver.execute_script("return analyses")
    assert (set(second["timings_ms"]), second["verdict"]["genre"]) == ({"store", "first_row", "total"}, "jazz")
    assert first["model"] == second["model"]
    let_go(page, "disco.mp3")
    wait_for_states(page, "done", "done", "done", "done")
    assert (page.text("#title"), page.text("#status")) == ("jazz", "0:13, heard before")
    assert page.driver.execute_script("return analyses.length") == 2
    assert begun(page) == ["metal.mp3", "jazz.mp3", "disco.mp3", "pop.mp3"]


def test_a_song_that_is_being_heard_can_be_looked_at(page: Page) -> None:
    watch(page, "jazz.mp3")
    page.choose_all(METAL, JAZZ)
    wait_for_states(page, "done", "listening")
    page.wait_for("gates.has('jazz.mp3')")
    open_row(page, "jazz")
    assert (page.text("#title"), page.state) == ("jazz", "analysing")
    assert page.text("#shares .name") != ""
    let_go(page, "jazz.mp3")
    page.wait_for("document.querySelector('main').dataset.state === 'done'")
    assert begun(page) == ["metal.mp3", "jazz.mp3"]
    assert "decode" in page.driver.execute_script("return analyses.at(-1).timings_ms")


def test_a_waiting_song_that_is_opened_is_heard_next(page: Page) -> None:
    watch(page, "metal.mp3")
    page.choose_all(METAL, JAZZ, DISCO)
    wait_for_states(page, "listening", "waiting", "waiting")
    page.wait_for("gates.has('metal.mp3')")
    page.driver.execute_script("holds.clear()")
    open_row(page, "disco")
    wait_for_states(page, "done", "done", "done")
    assert begun(page) == ["metal.mp3", "disco.mp3", "metal.mp3", "jazz.mp3"]
    assert page.text("#title") == "disco"
    assert page.driver.execute_script("return analyses.length") == 1


def test_pause_and_go_on(page: Page) -> None:
    watch(page, "jazz.mp3")
    page.choose_all(METAL, JAZZ, DISCO)
    wait_for_states(page, "done", "listening", "waiting")
    page.find("#library-pause").click()
    wait_for_states(page, "done", "waiting", "waiting")
    page.wait_for("document.querySelector('#library-state').textContent === '1 heard, 2 to go. Paused'")
    open_row(page, "disco")  # what is asked for is heard all the same
    wait_for_states(page, "done", "waiting", "done")
    page.driver.execute_script("holds.clear()")
    page.find("#library-pause").click()
    wait_for_states(page, "done", "done", "done")
    page.wait_for("document.querySelector('#announcer').textContent === 'All songs heard: 3.'")
    assert not page.find("#library-pause").is_displayed()
    assert page.text("#title") == "disco"


def test_cancel(page: Page) -> None:
    watch(page, "disco.mp3")
    page.choose_all(METAL, JAZZ, DISCO, POP)
    wait_for_states(page, "done", "done", "listening", "waiting")
    page.find("#library-cancel").click()
    wait_for_states(page, "done", "done")
    assert (page.text("#title"), page.state) == ("metal", "done")
    page.wait_for("document.activeElement.id === 'library-csv'")  # the button that was pressed is gone
    page.find("#library-clear").click()
    assert not page.find("#library").is_displayed()
    assert page.text("#title") == "metal"
    assert page.analyse(POP)["verdict"]


def test_by_keyboard(page: Page) -> None:
    page.choose_all(METAL, JAZZ, DISCO)
    wait_for_states(page, "done", "done", "done")
    focused = "document.activeElement.textContent"
    page.driver.execute_script("document.querySelector('#library-table .open').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    assert page.driver.execute_script(f"return {focused}") == "jazz"
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.text("#title") == "jazz"
    page.driver.switch_to.active_element.send_keys(Keys.DELETE)
    page.wait_for("document.querySelector('#library-title').textContent === '2 songs'")
    assert [row["title"] for row in rows(page)] == ["metal", "disco"]
    assert page.driver.execute_script(f"return {focused}") == "disco"
    page.driver.switch_to.active_element.send_keys(Keys.HOME)
    assert page.driver.execute_script(f"return {focused}") == "metal"
    in_tab_order = "document.querySelectorAll('#library-table tbody button[tabindex=\"0\"]').length"
    assert page.driver.execute_script(f"return {in_tab_order}") == 2  # the song's own and the one that removes it


def test_each_column_sorts(page: Page, broken: Path) -> None:
    page.choose_all(METAL, broken, JAZZ, DISCO)
    wait_for_states(page, "done", "failed", "done", "done")

    def sort_by(column: str) -> list[str]:
        page.find(f"th.{column} button").click()
        page.run("await new Promise(requestAnimationFrame)")
        return [row["title"] for row in rows(page)]

    assert sort_by("title") == ["broken", "disco", "jazz", "metal"]
    assert sort_by("title") == ["metal", "jazz", "disco", "broken"]
    assert page.find("th.title").get_attribute("aria-sort") == "descending"
    assert sort_by("title") == ["metal", "broken", "jazz", "disco"]
    assert page.find("th.title").get_attribute("aria-sort") == "none"
    assert sort_by("confidence")[-1] == "broken"
    shares = [int(row["confidence"][:-2]) for row in rows(page)[:3]]
    assert shares == sorted(shares)
    assert sort_by("state")[0] == "broken"
    assert sort_by("verdict")[-2:] == ["metal", "broken"]  # unsure of metal, and of the broken one nothing is known
    assert page.find("th.title").get_attribute("aria-sort") == "none"


def test_songs_that_come_one_by_one_make_no_list(page: Page) -> None:
    page.analyse(METAL)
    page.analyse(JAZZ)
    assert not page.find("#library").is_displayed()
    page.choose_all(DISCO, POP)
    wait_for_states(page, "done", "done", "done")
    assert [row["title"] for row in rows(page)] == ["jazz", "disco", "pop"]
    page.analyse(METAL)
    wait_for_states(page, "done", "done", "done", "done")
    assert (rows(page)[3]["title"], page.text("#title")) == ("metal", "metal")


@pytest.mark.parametrize(("n_songs", "left"), [(1, ["session"]), (2, ["session", "song 0", "song 1"])])
def test_what_a_song_that_comes_alone_replaces_does_not_hang_on_earlier_visits(
    module_page: Page, n_songs: int, left: list[str]
) -> None:
    script = """
    const { SongList } = await load("library/song-list.js");
    const list = new SongList();
    list.add([{ id: "1", source: "microphone", started_ms: 0, recording: null }]);
    list.add(Array.from({ length: args[0] }, (_, i) => new File(["x"], `song ${i}.mp3`)));
    for (const song of list.songs) song.state = "done";
    return list.staying(false).map(({ session, title }) => session ? "session" : title);
    """
    assert module_page.run(script, n_songs) == left


def test_a_sample_joins_the_list(page: Page) -> None:
    page.choose_all(METAL, JAZZ)
    page.driver.execute_script("document.querySelector('#sample').click()")
    wait_for_states(page, "done", "done", "done")
    assert page.text("#title") == "Genrescope sample medley"


def test_files_among_which_no_song_is(page: Page, tmp_path: Path) -> None:
    page.analyse(METAL)
    for name in ("cover.jpg", "notes.txt"):
        (tmp_path / name).write_text("no song")
    page.choose_all(tmp_path / "cover.jpg", tmp_path / "notes.txt")
    assert page.state == "error"
    assert page.text("#alert").startswith("None of these 2 files is a song. Choose an audio file")
    assert page.text("#title") == "metal"


def test_a_network_that_is_not_to_be_had_does_not_fail_all_songs(page: Page) -> None:
    page.run(
        """
        const { Analyser } = await load("engine/analyser.js");
        const { SongError } = await load("engine/song-error.js");
        const { analyse } = Analyser.prototype;
        Analyser.prototype.analyse = function (file, watcher) {
          if (!window.is_back) return Promise.reject(new SongError("no-model"));
          return analyse.call(this, file, watcher);
        };
        """
    )
    page.choose_all(METAL, JAZZ, DISCO)
    wait_for_states(page, "failed", "waiting", "waiting")
    assert "The neural network could not be loaded." in page.text("#alert")
    page.driver.execute_script("window.is_back = true")
    page.find("#library-pause").click()
    wait_for_states(page, "failed", "done", "done")
    open_row(page, "metal")  # is tried again
    wait_for_states(page, "done", "done", "done")


MANY = """
const { Analyser } = await load("engine/analyser.js");
Analyser.prototype.analyse = () => new Promise(() => {});
const carried = new DataTransfer();
for (let i = 1; i <= args[0]; i += 1) carried.items.add(new File(["x"], `song ${i}.mp3`));
document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
await new Promise(requestAnimationFrame);
"""


def test_of_thousands_of_songs_only_those_are_there_that_can_be_seen(page: Page) -> None:
    page.run(MANY, 3000)
    assert page.text("#library-title") == "3,000 songs"
    page.wait_for("document.querySelectorAll('#library-table tbody tr').length > 5")
    assert page.driver.execute_script("return document.querySelectorAll('#library-table tr').length") < 40
    assert page.find("#library-table").get_attribute("aria-rowcount") == "3001"
    page.driver.execute_script("document.querySelector('#library-table .open').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.END)
    assert page.driver.switch_to.active_element.text == "song 3000"
    row = "document.activeElement.closest('tr')"
    assert page.driver.execute_script(f"return {row}.getAttribute('aria-rowindex')") == "3001"
    bottoms = f"[{row}, document.querySelector('#library-scroller')].map((it) => it.getBoundingClientRect().bottom)"
    row_px, table_px = page.driver.execute_script(f"return {bottoms}")
    assert row_px <= table_px
    page.driver.execute_script("document.querySelector('#library-scroller').scrollTop = 0")
    page.wait_for("document.querySelector('#library-table .open').textContent === 'song 1'")
    assert page.driver.execute_script("return document.activeElement.id") == "library-scroller"
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_UP)  # from where the keyboard was
    assert page.driver.switch_to.active_element.text == "song 2999"


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_width_makes_the_page_scroll_sideways(page: Page, broken: Path, width: int) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 2, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        page.choose_all(METAL, broken, Path(shutil.copy(JAZZ, broken.parent / f"{'a long name ' * 12}.mp3")))
        wait_for_states(page, "done", "failed", "done")
        assert page.driver.execute_script("return document.documentElement.scrollWidth") <= width
        scroller = "document.querySelector('#library-scroller')"
        assert page.driver.execute_script(f"return {scroller}.scrollWidth <= {scroller}.clientWidth")
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert states(page)
