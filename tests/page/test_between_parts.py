"""static/app.js: what one part of the page has begun another one ends, and nothing stays behind."""

from __future__ import annotations

from pathlib import Path

from tests.page.browser import Page
from tests.page.chart_links import Chart
from tests.page.song_list import let_go, open_row, wait_for_states, watch
from tests.page.test_kept_sound import KEPT_SOUNDS
from tests.support import SONGS

METAL, JAZZ, DISCO = (SONGS / f"{name}.mp3" for name in ("metal", "jazz", "disco"))
NO_SOUND_IN_A_LINK = "There is no spectrogram: a link carries the chart alone."
BUSY = "document.querySelector('main').getAttribute('aria-busy')"


def heard_on_the_stage(page: Page) -> None:
    """The first of two songs is being heard, is shown, and does not come to its end."""
    watch(page, "metal.mp3")
    page.choose_all(METAL, JAZZ)
    page.wait_for("gates.has('metal.mp3')")
    assert page.state == "analysing"


def test_a_list_that_is_cleared_while_its_first_song_is_heard_leaves_nothing_running(page: Page) -> None:
    heard_on_the_stage(page)
    page.find("#library-clear").click()
    page.wait_for(f"{BUSY} === 'false'")
    assert (page.state, page.text("#status"), page.text("#alert")) == ("idle", "", "")
    assert page.analyse(JAZZ)["verdict"]["genre"] == "jazz"


def test_what_is_left_of_a_list_when_the_song_on_the_page_is_removed_is_shown(page: Page) -> None:
    watch(page, "jazz.mp3")
    page.choose_all(METAL, JAZZ)
    wait_for_states(page, "done", "listening")
    page.find("#library-table .remove button, #library-table button.remove").click()
    let_go(page, "jazz.mp3")
    page.wait_for("document.querySelector('#title').textContent === 'jazz'")
    page.wait_for("document.querySelector('main').dataset.state === 'done'")


def test_pictures_among_which_no_song_is_do_not_end_what_is_heard(page: Page, tmp_path: Path) -> None:
    pictures = [tmp_path / "front.jpg", tmp_path / "back.jpg"]
    for picture in pictures:
        picture.write_bytes(b"a picture")
    heard_on_the_stage(page)
    page.choose_all(*pictures)
    page.wait_for("document.querySelector('#alert').textContent !== ''")
    assert page.state == "analysing"
    let_go(page, "metal.mp3")
    wait_for_states(page, "done", "done")
    assert (page.state, page.text("#alert")) == ("done", "")


def test_a_song_that_plays_falls_silent_when_a_chart_without_sound_takes_its_place(page: Page) -> None:
    page.analyse(METAL)
    page.run("const audio = document.querySelector('#audio'); audio.muted = true; await audio.play();")
    page.driver.execute_script("location.hash = arguments[0]", Chart(title="Linked song").fragment())
    page.wait_for("document.querySelector('#title').textContent === 'Linked song'")
    assert page.driver.execute_script(
        "const audio = document.querySelector('#audio'); return [audio.paused, audio.src]"
    )
    assert page.driver.execute_script("return document.querySelector('#audio').paused")


def test_the_spectrogram_of_a_song_in_the_list_is_there_again_and_of_one_heard_before_it_is_too(page: Page) -> None:
    disabled = "document.querySelector('#show-sound').disabled"
    page.choose_all(METAL, JAZZ)
    wait_for_states(page, "done", "done")
    open_row(page, "jazz")
    assert page.driver.execute_script(f"return {disabled}") is False
    page.run(KEPT_SOUNDS, 2)
    page.reload()
    page.choose(METAL)
    page.wait_for("document.querySelector('main').dataset.state === 'done'")
    assert "heard before" in page.text("#status")
    assert page.driver.execute_script(f"return {disabled}") is False
    page.driver.execute_script("location.hash = arguments[0]", Chart(title="Linked song").fragment())
    page.wait_for("document.querySelector('#title').textContent === 'Linked song'")
    assert page.driver.execute_script(f"return {disabled}") is True
    assert page.find("label:has(#show-sound)").get_attribute("title") == NO_SOUND_IN_A_LINK
