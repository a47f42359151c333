"""A model of the visitor's own: dropped or chosen, checked, in use for the visit, and given up again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.audio import open_audio
from model.predictor import Predictor
from tests.page.browser import Page
from tests.page.browsers import BROWSERS
from tests.page.live_sound import PLAY_TO_PAGE, listen, stop, wait_for_rows
from tests.page.models import widened
from tests.page.own_models import GENRES, IN_USE, bring, drop, zipped
from tests.page.song_list import rows, wait_for_states, watch
from tests.support import SONGS

SONG = SONGS / "metal.mp3"


def test_a_dropped_folder_listens_from_then_on(page: Page, toy: Path) -> None:
    page.driver.execute_script("localStorage.clear()")
    drop(page, toy)
    page.wait_for("document.querySelector('#own-model-leave').checkVisibility()")
    assert page.text("#own-model-words") == IN_USE
    analysis = page.analyse(SONG)
    assert analysis["genres"] == GENRES
    assert analysis["model"]["name"] == "toy"
    assert (
        page.driver.execute_script("return [...document.querySelectorAll('#labels li')].map(l => l.textContent)")
        == GENRES
    )
    assert page.driver.execute_script("return Object.keys(localStorage)") == []


@pytest.fixture(scope="module")
def toy_rows(toy: Path) -> np.ndarray:
    """What this model hears in the song on a server."""
    with open_audio(SONG) as sound:
        rows = Predictor(toy).analyse(sound.mono(), sound.sample_rate_hz).probabilities
    assert np.ptp(rows, axis=0).max() > 0.1  # else all networks would be the same
    return rows


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_the_page_gives_the_numbers_of_a_server_with_this_model(
    page: Page, toy: Path, toy_rows: np.ndarray, tmp_path: Path, form: str
) -> None:
    bring(page, toy if form == "folder" else zipped(toy, tmp_path / "toy.zip"))
    np.testing.assert_allclose(page.analyse(SONG)["probabilities"], toy_rows, rtol=0, atol=0.02)


def test_the_song_on_the_page_stays_and_can_be_heard_again(page: Page, toy: Path) -> None:
    built_in = page.analyse(SONG)
    bring(page, toy)
    assert (page.state, page.text("#title")) == ("done", "metal")
    assert page.text("#own-model-again") == "Hear “metal” again with it"
    page.find("#own-model-again").click()
    page.wait_for("analyses.length === 2 && document.querySelector('main').dataset.state === 'done'")
    assert page.driver.execute_script("return analyses[1].genres") == GENRES
    assert not page.find("#own-model-again").is_displayed()

    page.find("#own-model-leave").click()
    assert page.text("#own-model-words") == "Listening with the built-in model again."
    assert page.driver.execute_script("return document.activeElement.id") == "own-model-again"
    page.find("#own-model-again").click()
    page.wait_for("analyses.length === 3")
    assert page.driver.execute_script("return analyses[2].probabilities") == built_in["probabilities"]
    assert page.text("#own-model-words") == ""


def test_of_a_session_it_has_heard_nothing_is_kept_and_no_other_model_hears_it_again(page: Page, toy: Path) -> None:
    bring(page, toy)
    page.run(PLAY_TO_PAGE)
    listen(page)
    wait_for_rows(page, 2)
    assert stop(page)["genres"] == GENRES
    page.choose(SONG)
    wait_for_states(page, "done", "done")
    session = rows(page)[0]
    page.find("#own-model-leave").click()
    page.wait_for("document.querySelector('main').dataset.state === 'done' && analyses.at(-1).model.name !== 'toy'")
    assert rows(page)[0] == session
    page.wait_for("!document.querySelector('#kept').hidden")
    assert page.text("#kept-words") == "1 song remembered on this device."


def test_a_model_that_comes_while_a_song_is_heard_hears_it_from_its_start(page: Page, toy: Path) -> None:
    bring(page, toy)
    watch(page, SONG.name)
    page.choose(SONG)
    page.wait_for(f"gates.has('{SONG.name}')")
    page.driver.execute_script("holds.clear()")
    page.find("#own-model-leave").click()
    page.wait_for("document.querySelector('main').dataset.state === 'done'")
    assert page.driver.execute_script("return analyses.at(-1).model.name") != "toy"
    assert page.text("#alert") == ""


def test_a_reload_forgets_it(page: Page, toy: Path) -> None:
    bring(page, toy)
    page.reload()
    assert page.text("#own-model-words") == ""
    assert page.analyse(SONG)["model"]["name"] != "toy"


def test_nothing_of_it_is_sent(page: Page, toy: Path) -> None:
    page.run("performance.clearResourceTimings(); performance.setResourceTimingBufferSize(1000);")
    bring(page, toy)
    page.analyse(SONG)
    asked = page.driver.execute_script("return performance.getEntriesByType('resource').map(({ name }) => name)")
    assert [url for url in asked if "/static/" not in url and not url.startswith("blob:")] == []


@pytest.mark.parametrize("n_genres", [2, 30, 100])
def test_lanes_and_labels_for_few_and_many_genres(page: Page, n_genres: int) -> None:
    colours, labels, width = page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const { genreColour } = await load("ui/colours.js");
        const genres = Array.from({ length: args[0] }, (_, i) => `genre number ${i}`);
        const row = genres.map((_, i) => (i === 1 ? 0.9 : 0.1 / (genres.length - 1)));
        const verdict = { genre: genres[1], confidence: 0.9, unsure: false,
          probabilities: Object.fromEntries(genres.map((genre, i) => [genre, row[i]])) };
        const view = new SongView({ onSong() {}, onTime() {} });
        view.showAnalysis({ title: "many", media: null }, { genres, step_s: 1, duration_s: 5,
          probabilities: Array(5).fill(row), unsure: Array(5).fill(false), verdict, timings_ms: { total: 1 } });
        await new Promise((resolve) => setTimeout(resolve, 100));
        const tops = new Set([...document.querySelectorAll("#labels li")].map((l) => l.getBoundingClientRect().top));
        return [new Set(genres.map((_, i) => genreColour(i, false))).size, tops.size, document.body.scrollWidth];
        """,
        n_genres,
    )
    assert (colours, labels) == (n_genres, n_genres)
    assert width <= 1280


def test_a_hundred_genres_are_heard(page: Page, toy: Path, tmp_path: Path) -> None:
    bring(page, widened(toy, tmp_path / "wide", 100))
    assert page.text("#own-model-words") == "Listening with your model “toy” (100 genres)."
    assert len(page.analyse(SONG)["probabilities"][0]) == 100


def test_keyboard_alone_chooses_and_leaves(page: Page, toy: Path) -> None:
    page.find("#model-chooser summary").send_keys("\ue007")
    assert page.find("label[for=model-folder]").is_displayed()
    bring(page, toy)
    page.find("#own-model-leave").send_keys("\ue007")
    assert page.text("#own-model-words") == "Listening with the built-in model again."
    assert page.driver.execute_script("return document.activeElement.id") == "file"


@pytest.mark.parametrize("name", sorted(BROWSERS.keys() - {"Chromium"}))
def test_other_browsers_take_a_zip(name: str, server_url: str, toy: Path, toy_rows: np.ndarray, tmp_path: Path) -> None:
    browser = BROWSERS[name]
    if reason := browser.why_not():
        pytest.skip(f"extra test: {reason}")
    with browser.open() as driver:
        page = Page(driver, server_url)
        bring(page, zipped(toy, tmp_path / "toy.zip"))
        np.testing.assert_allclose(page.analyse(SONG)["probabilities"], toy_rows, rtol=0, atol=0.02)
