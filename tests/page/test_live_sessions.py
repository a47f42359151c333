"""Nothing that was listened to is lost: what ends a session leaves a song of the list, there on the next visit, too."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.page.chart_links import Chart
from tests.page.live_sound import PLAY_TO_PAGE, listen, listen_to_file, stop, wait_for_rows
from tests.page.song_list import button_of_row, open_row, rows, wait_for_states
from tests.page.test_library_csv import CATCH_THE_FILE
from tests.support import SONGS, make_audio

METAL, JAZZ, DISCO = (SONGS / f"{name}.mp3" for name in ("metal", "jazz", "disco"))
PLAY_MUSIC = (
    PLAY_TO_PAGE
    + """
const response = await fetch("static/sample/medley.mp3");
const buffer = await context.decodeAudioData(await response.arrayBuffer());
const music = new AudioBufferSourceNode(context, { buffer, loop: true });
music.connect(played);
music.start(0, 30);
"""
)
# A tenth of a second of sound comes through, however long the session is on a slow machine.
LET_LITTLE_THROUGH = """
const Channel = MessageChannel;
window.MessageChannel = function () {
  const [into, out] = [new Channel(), new Channel()];
  window.n_through = 0;
  into.port2.onmessage = ({ data }) => {
    if (data === "end" || (n_through += 1) <= 5) out.port1.postMessage(data);
  };
  return { port1: into.port1, port2: out.port2 };
};
"""
LISTED = "!document.querySelector('#library').hidden"
KEPT = "document.querySelector('#kept-words').textContent"
ENDED = "played.stream.getTracks()[0].readyState === 'ended'"


def listen_to_music(page: Page, n_rows: int = 2) -> str:
    """Gives the session's title."""
    page.run(PLAY_MUSIC)
    listen(page)
    wait_for_rows(page, n_rows)
    return page.text("#title")


def session_row(page: Page, title: str) -> dict[str, object]:
    page.wait_for(button_of_row(title))
    return next(row for row in rows(page) if row["title"] == title)


def choose_song(page: Page) -> None:
    page.choose(METAL)


def choose_sample(page: Page) -> None:
    page.driver.execute_script("document.querySelector('#sample').click()")


def open_link(page: Page) -> None:
    page.driver.execute_script("location.hash = arguments[0]", Chart(title="Linked song").fragment())


@pytest.mark.parametrize(
    ("choose", "title"),
    [(choose_song, "metal"), (choose_sample, "Genrescope sample medley"), (open_link, "Linked song")],
    ids=["file", "sample", "link"],
)
def test_what_is_chosen_instead_ends_the_session_and_it_is_listed(
    page: Page, choose: Callable[[Page], None], title: str
) -> None:
    session = listen_to_music(page)
    n_shown = page.driver.execute_script("return Math.max(...shown)")
    choose(page)
    page.wait_for(f"document.querySelector('#title').textContent === '{title}'")
    page.wait_for(ENDED)
    assert not page.find("#live").is_displayed()
    page.wait_for(LISTED)
    page.wait_for("document.querySelector('main').dataset.state === 'done'")
    if choose != choose_sample:  # which may come after the session's end, and nothing is said of it any more
        assert page.text("#live-note") == f"“{session}” has ended and is in the list of songs."
    # What is not looked at is no business of whoever listens to the page.
    assert page.driver.execute_script("return analyses.every(({ timings_ms }) => timings_ms.decode !== 0)")
    row = session_row(page, session)
    assert (row["state"], row["is_opened"]) == ("done", False)
    assert row["verdict"]
    assert str(row["duration"]) >= "0:01"
    open_row(page, session)
    assert (page.text("#title"), page.state, page.text("#alert")) == (session, "done", "")
    assert page.text("#verdict")
    assert page.find("#take-along").is_displayed()
    assert page.driver.execute_script("return analyses.at(-1).probabilities.length") >= n_shown


def test_a_row_of_the_list_that_is_opened_ends_it_too(page: Page) -> None:
    page.choose_all(METAL, JAZZ)
    wait_for_states(page, "done", "done")
    session = listen_to_music(page)
    open_row(page, "jazz")
    wait_for_states(page, "done", "done", "done")
    assert page.text("#title") == "jazz"
    assert rows(page)[2]["title"] == session


def test_songs_and_sessions_are_one_list(page: Page) -> None:
    page.analyse(METAL)
    session = listen_to_music(page)
    analysis = stop(page)
    wait_for_states(page, "done", "done")
    assert [(row["title"], row["is_opened"]) for row in rows(page)] == [("metal", False), (session, True)]
    assert page.text("#library-title") == "1 song and 1 live session"
    page.choose_all(DISCO, JAZZ)  # one alone would take the place of the first
    wait_for_states(page, "done", "done", "done", "done")
    _, _, content = page.run(CATCH_THE_FILE)
    lines = list(csv.DictReader(io.StringIO(bytes(content).decode("utf-8-sig"))))
    assert [line["name"] for line in lines] == ["metal.mp3", session, "disco.mp3", "jazz.mp3"]
    assert lines[1]["verdict"] == analysis["verdict"]["genre"]  # type: ignore[index]
    assert float(lines[1]["duration_s"]) == pytest.approx(analysis["duration_s"])


def test_its_recording_plays_and_can_be_saved_whenever_it_is_looked_at(page: Page) -> None:
    audio = "document.querySelector('audio')"
    page.find("#keep-sound").click()
    session = listen_to_music(page)
    page.choose(METAL)
    page.wait_for(f"{LISTED} && document.querySelector('main').dataset.state === 'done'")
    assert not page.find("#live-download").is_displayed()
    open_row(page, session)
    page.wait_for(f"Number.isFinite({audio}.duration)")
    assert page.find("#audio").is_displayed()
    duration_s = page.driver.execute_script("return analyses.at(-1).duration_s")
    assert page.driver.execute_script(f"return {audio}.duration") == pytest.approx(duration_s, abs=0.6)
    assert page.find("#live-download").is_displayed()
    assert str(page.find("#live-download").get_attribute("download")).startswith("Microphone, ")
    open_row(page, "metal")
    assert not page.find("#live-download").is_displayed()


def test_what_could_not_be_opened_leaves_the_chart_of_the_session(page: Page) -> None:
    broken = {"name": "broken.mp3", "content": "<!doctype html><p>404"}
    session = listen_to_music(page)
    drop = """
    const carried = new DataTransfer();
    carried.items.add(new File([args[0].content], args[0].name));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
    """
    page.run(drop, broken)
    page.wait_for(LISTED)
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert page.text("#title") == session
    assert page.text("#verdict")
    assert page.find("#take-along").is_displayed()


def test_too_little_is_no_session_and_only_whoever_stopped_it_is_told(page: Page, tmp_path: Path) -> None:
    page.run(PLAY_TO_PAGE + LET_LITTLE_THROUGH)
    listen(page)
    page.wait_for("n_through >= 5")
    page.find("#live-stop").click()
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert page.text("#alert").startswith("Microphone: This sound is only 0.1 s long.")
    listen_to_file(page, make_audio(tmp_path / "sound.wav", source="sine=440:duration=2"))
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert page.text("#alert").startswith("Microphone: It was disconnected before there was enough sound")
    page.run(
        """
        const { LiveSession } = await load("live/session.js");
        const { start } = LiveSession.prototype;
        LiveSession.prototype.start = function () {
          this.result.catch(({ code }) => { window.ended_as = code; });
          return start.call(this);
        };
        """
    )
    page.run(PLAY_TO_PAGE)
    listen(page)
    page.analyse(METAL)
    page.wait_for("window.ended_as === 'too-short'")
    assert (page.state, page.text("#alert"), page.text("#live-note")) == ("done", "", "")
    assert not page.find("#library").is_displayed()


def test_what_is_shared_is_not_connected_again(page: Page) -> None:
    page.run(PLAY_TO_PAGE + LET_LITTLE_THROUGH + "navigator.mediaDevices.getDisplayMedia = async () => played.stream;")
    listen(page, "tab")
    page.driver.execute_script("played.stream.getTracks()[0].dispatchEvent(new Event('ended'))")
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert page.text("#alert").startswith("Sound of a tab: The sharing ended before there was enough sound")


def test_a_session_that_is_lost_after_something_else_was_chosen_is_told(page: Page) -> None:
    page.run(
        """
        const { LiveSession } = await load("live/session.js");
        const { SongError } = await load("engine/song-error.js");
        LiveSession.prototype._finish = function () {
          this._fail(new SongError("worker-crashed", { reason: "at the very end" }));
        };
        """
    )
    listen_to_music(page)
    page.choose(METAL)
    note = "document.querySelector('#live-note')"
    page.wait_for(f"{note}.textContent.startsWith('Microphone: Something in this page failed')")
    assert page.driver.execute_script(f"return {note}.checkVisibility()")
    page.wait_for("document.querySelector('#title').textContent === 'metal'")
    page.wait_for("document.querySelector('main').dataset.state === 'done'")
    assert page.text("#alert") == ""


def test_what_was_told_of_a_lost_session_stays_while_the_next_one_is_loud(page: Page) -> None:
    script = """
    const { LivePanel } = await load("ui/live-panel.js");
    const panel = new LivePanel({ onListen() {}, onStop() {} });
    panel.tell("It is lost.");
    panel.listen("microphone");
    for (let i = 0; i < 3; i += 1) panel.setLevel(0.1);
    const told = document.querySelector("#live-note").textContent;
    panel.close();
    return [told, document.querySelector("#live-note").textContent];
    """
    assert page.run(script) == ["It is lost.", ""]


def test_what_is_said_of_the_song_that_is_being_opened_stays_when_the_session_is_whole(page: Page) -> None:
    page.run(
        """
        const { AnalysisStore } = await load("library/store.js");
        AnalysisStore.prototype.find = () => new Promise((resolve) => { window.goOn = () => resolve(null); });
        """
    )
    session = listen_to_music(page)
    page.choose(METAL)
    page.wait_for(f"{LISTED} && document.querySelector('#verdict').textContent && 'goOn' in window")
    assert (page.text("#title"), page.state, page.text("#status")) == (session, "loading", "Opening the song …")
    assert page.find("#progress").get_dom_attribute("value") is None
    page.driver.execute_script("goOn()")
    page.wait_for("document.querySelector('main').dataset.state === 'done'")
    assert page.text("#title") == "metal"


def test_a_session_is_there_on_the_next_visit_until_it_is_forgotten(page: Page) -> None:
    session = listen_to_music(page)
    analysis = stop(page)
    page.wait_for(f"{KEPT} === '1 live session remembered on this device.'")
    page.reload()
    page.wait_for(LISTED)
    page.wait_for("document.querySelector('#library-title').textContent === '1 live session'")
    assert page.state == "idle"
    open_row(page, session)
    again = page.driver.execute_script("return analyses[0]")
    assert {key: again[key] for key in analysis if key != "timings_ms"} == {
        key: value for key, value in analysis.items() if key != "timings_ms"
    }
    assert not page.find("#audio").is_displayed()
    page.find("#forget").click()
    page.wait_for(f"document.querySelector('#kept').hidden && !({LISTED})")
    page.reload()
    page.wait_for("document.querySelector('#backend-in-use').textContent.includes('CPU')")
    assert not page.find("#library").is_displayed()


def test_a_session_that_is_taken_off_the_list_does_not_come_back(page: Page) -> None:
    titles = []
    for _ in range(2):
        titles.append(listen_to_music(page, 2))
        stop(page)
    page.wait_for(f"{KEPT} === '2 live sessions remembered on this device.'")
    assert [row["title"] for row in rows(page)] == titles
    page.find("#library-table button.remove").click()
    page.wait_for(f"{KEPT} === '1 live session remembered on this device.'")
    page.reload()
    page.wait_for(LISTED)
    page.wait_for("document.querySelector('#library-title').textContent === '1 live session'")
