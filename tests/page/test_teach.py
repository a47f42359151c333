"""static/teach: genres are taught in the page with real songs, used, kept, saved, and heard alike by a server."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from model.audio import open_audio
from model.contract import load_contract
from model.predictor import Predictor
from tests.page.axe import violations
from tests.page.browser import Page, first_visit, own_tab
from tests.page.browsers import BROWSERS
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
from tests.page.own_models import bring, drop
from tests.support import REPOSITORY, SONGS

GENRES = {"Ночь “ü” 🎻": "classical", "loud/metal": "metal", "disco": "disco"}
NAMES = list(GENRES)
SONG = SONGS / "metal.mp3"


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Three songs of each genre, in different formats."""
    folder = tmp_path_factory.mktemp("pieces")
    forms = ((0, "mp3"), (4, "flac"), (8, "wav"))
    return {name: [cut(song, folder, *form) for form in forms] for name, song in GENRES.items()}


@pytest.fixture(scope="module")
def lesson(chromium: webdriver.Chrome, server_url: str, pieces: dict[str, list[Path]]) -> Iterator[Page]:
    """The page with the genres taught: the tests below go on with it, one after another."""
    with own_tab(chromium):
        page = first_visit(chromium, server_url)
        open_panel(page)
        teach(page, {name: songs[:2] for name, songs in pieces.items()})
        yield page


def test_it_says_how_good_it_is_and_what_is_kept(lesson: Page) -> None:
    words = lesson.text("#teach-result")
    assert words.startswith("Taught. Of your 6 songs, each judged by what was taught without it and one song of every ")
    assert "Music of any other genre is mostly called by the one of yours that it is nearest to." in words
    assert lesson.text("#teach-kept") == "Kept in this browser for your next visit."
    table = lesson.driver.execute_script(
        "return [...document.querySelectorAll('#teach-confusion tbody td')].map((cell) => Number(cell.textContent))"
    )
    confusion = np.reshape(table, (3, 3))
    assert confusion.sum(axis=1).tolist() == [2, 2, 2]
    assert f", {np.trace(confusion)} were heard rightly" in words
    assert [entry for entry in lesson.console() if not entry.startswith("INFO")] == []


def test_nobody_is_kept_out_of_it(lesson: Page) -> None:
    assert violations(lesson) == []
    metrics = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": False}
    lesson.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)  # type: ignore[attr-defined]
    lesson.driver.execute_script("document.querySelector('#teach-confusion').open = true")
    wide = "document.documentElement.scrollWidth"
    assert lesson.driver.execute_script(f"return {wide}") <= 320
    lesson.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})  # type: ignore[attr-defined]


def test_the_same_file_counts_once(lesson: Page, pieces: dict[str, list[Path]]) -> None:
    before = lesson.text("#teach-result")
    first = "document.querySelectorAll('#teach .genre:nth-child(1) li').length"
    lesson.run("""
      window.most = 0;
      const list = document.querySelector("#teach .genre:nth-child(1) ol");
      new MutationObserver(() => (most = Math.max(most, list.children.length))).observe(list, { childList: true });
    """)
    add_songs(lesson, 0, pieces[NAMES[0]][:1])  # where it is already
    lesson.wait_for(f"most === 3 && {first} === 2")
    add_songs(lesson, 1, pieces[NAMES[0]][:1])  # in another genre
    lesson.wait_for("document.querySelector('#teach [data-state=failed]')")
    assert songs_of(lesson, 1)[-1] == f"classical-0 This song is in “{NAMES[0]}” already. Take it out of one of them."
    lesson.find("#teach .genre:nth-child(1) li:nth-child(1) .remove").click()
    lesson.wait_for("document.querySelectorAll('#teach .genre:nth-child(2) [data-state=done]').length === 3")
    lesson.find("#teach .genre:nth-child(2) li:nth-child(3) .remove").click()
    add_songs(lesson, 0, pieces[NAMES[0]][:1])
    lesson.wait_for(f"{TAUGHT} && {first} === 2")
    assert lesson.text("#teach-result") == before


def test_what_is_no_song_is_said_beside_it_and_holds_nothing_up(lesson: Page, tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    add_songs(lesson, 2, [tmp_path / "empty.mp3"])
    lesson.wait_for("document.querySelector('#teach [data-state=failed]')")
    assert songs_of(lesson, 2)[-1].startswith("empty This file is empty.")
    lesson.wait_for(TAUGHT)
    lesson.find("#teach [data-state=failed] .remove").click()


def test_it_says_what_is_missing(lesson: Page) -> None:
    state = "document.querySelector('#teach-state').textContent"
    name_genre(lesson, 1, NAMES[0])
    lesson.wait_for(f"{state} === 'Two genres are called “{NAMES[0]}”. Give one of them another name.'")
    assert not lesson.find("#teach-taught").is_displayed()
    name_genre(lesson, 1, NAMES[1])
    lesson.wait_for(TAUGHT)
    lesson.find("#teach-add").click()
    assert lesson.driver.execute_script("return document.activeElement.ariaLabel") == "Name of genre 4"
    name_genre(lesson, 3, "polka")
    assert lesson.text("#teach-state") == "“polka” needs 2 more songs."
    lesson.find("#teach .genre:nth-child(4) .quiet").click()
    lesson.wait_for(TAUGHT)


def test_without_the_server_it_cannot_be_saved_and_says_so(lesson: Page) -> None:
    send = lesson.driver.execute_cdp_cmd  # type: ignore[attr-defined]
    send("Network.enable", {})
    send("Network.setBlockedURLs", {"urls": ["*/server/*"]})
    lesson.find("#teach-save").click()
    lesson.wait_for("document.querySelector('#teach-saved').textContent.startsWith('A part of the model')")
    send("Network.setBlockedURLs", {"urls": []})
    lesson.console()


def drop_on(page: Page, selector: str, path: Path) -> None:
    script = """
    const spot = document.querySelector(arguments[0]);
    spot.scrollIntoView({ block: "center" });
    const { left, top } = spot.getBoundingClientRect();
    return [left + 4, top + 4];
    """
    drop(page, path, *page.driver.execute_script(script, selector))


def test_songs_are_dropped_on_a_genre_and_folders_beside_them(
    lesson: Page, pieces: dict[str, list[Path]], tmp_path: Path
) -> None:
    drop_on(lesson, "#teach .genre:nth-child(3)", pieces["disco"][2])
    lesson.wait_for("document.querySelectorAll('#teach .genre:nth-child(3) [data-state=done]').length === 3")
    jazz = tmp_path / "jazz"
    jazz.mkdir()
    for first_s in (0, 5):
        cut("jazz", jazz, first_s)
    drop_on(lesson, "#teach > summary", jazz)
    lesson.wait_for("document.querySelectorAll('#teach .genre:nth-child(4) [data-state=done]').length === 2")
    assert lesson.find("#teach .genre:nth-child(4) .name").get_attribute("value") == "jazz"
    assert (lesson.state, lesson.text("#alert")) == ("idle", "")  # the page has not taken them for songs to hear
    lesson.wait_for(TAUGHT)
    lesson.find("#teach .genre:nth-child(4) .quiet").click()
    lesson.find("#teach .genre:nth-child(3) li:nth-child(3) .remove").click()
    lesson.wait_for(f"{TAUGHT} && document.querySelector('#teach-result').textContent.includes('your 6 songs')")


@pytest.fixture(scope="module")
def saved(lesson: Page, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip that the page saves."""
    folder = tmp_path_factory.mktemp("downloads")
    behaviour = {"behavior": "allow", "downloadPath": str(folder)}
    lesson.driver.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)  # type: ignore[attr-defined]
    lesson.find("#teach-save").click()
    deadline_s = time.monotonic() + 60
    while not (zips := list(folder.glob("*.zip"))):  # the browser gives it that name when all of it is there
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    assert lesson.text("#teach-saved").startswith("Saved")
    lesson.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})  # type: ignore[attr-defined]
    return zips[0]


@pytest.fixture(scope="module")
def served(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model folder in it."""
    folder = tmp_path_factory.mktemp("served")
    zipfile.ZipFile(saved).extractall(folder)
    return folder / "taught-model"


def test_the_folder_is_a_whole_model_and_says_where_it_comes_from(served: Path) -> None:
    contract = load_contract(served)
    assert contract.genres == tuple(NAMES)
    shipped = load_contract(REPOSITORY / "model")
    assert contract.raw["training"]["base"] == {"name": shipped.name, "version": shipped.version}
    assert not contract.raw.keys() & {"versions", "golden"}
    assert "parameters" not in contract.raw["network"]
    assert contract.raw["training"]["songs"] == dict.fromkeys(NAMES, 2)
    assert contract.raw["training"]["left_out"]["songs"] == 6
    assert {path.name for path in served.iterdir()} == {"contract.json", contract.browser_model.split("/")[0]}


def test_the_page_listens_with_it_and_a_server_hears_the_same(lesson: Page, served: Path) -> None:
    lesson.find("#teach-use").click()
    lesson.wait_for("document.querySelector('#own-model-words').textContent.startsWith('Listening with your model')")
    heard = lesson.analyse(SONG)
    assert heard["verdict"]["genre"] == "loud/metal"
    with open_audio(SONG) as sound:
        analysis = Predictor(served).analyse(sound.mono(), sound.sample_rate_hz)
    assert NAMES[int(analysis.verdict.argmax())] == "loud/metal"
    np.testing.assert_allclose(heard["probabilities"], analysis.probabilities, rtol=0, atol=0.02)
    assert np.ptp(analysis.probabilities) > 0.2  # else all genres would be the same


@pytest.mark.parametrize("name", sorted(BROWSERS.keys() - {"Chromium"}))
def test_another_browser_takes_the_zip_and_can_be_taught(
    name: str, lesson: Page, saved: Path, server_url: str, pieces: dict[str, list[Path]]
) -> None:
    if reason := BROWSERS[name].why_not():
        pytest.skip(f"extra test: {reason}")
    with BROWSERS[name].open() as driver:
        page = Page(driver, server_url)
        bring(page, saved)
        heard = page.analyse(SONG)
        assert heard["verdict"]["genre"] == "loud/metal"
        in_chromium = lesson.driver.execute_script("return analyses.at(-1).probabilities")
        np.testing.assert_allclose(heard["probabilities"], in_chromium, rtol=0, atol=0.02)
        open_panel(page)
        teach(page, {"slow": pieces[NAMES[0]][:2], "fast": pieces[NAMES[1]][:2]})
        words = page.text("#teach-result")
        assert words.startswith("Taught. Of your 4 songs")
        page.find("#teach-save").click()
        page.wait_for("document.querySelector('#teach-saved').textContent.startsWith('Saved as “slow, fast')")
        page.find("#teach-use").click()
        page.wait_for("document.querySelector('#own-model-words').textContent.includes('“slow, fast” (2 genres)')")
        assert page.analyse(SONG)["verdict"]["genre"] == "fast"
        kept_parts(page, with_fit=True)
        page.reload()
        page.wait_for(TAUGHT)
        assert page.text("#teach-result") == words
        page.find("#teach-forget").click()
        page.wait_for("document.activeElement?.matches('#teach-genres input')")
        assert kept_parts(page) == "[]"


def test_a_rename_is_only_a_rename(lesson: Page) -> None:
    words = lesson.text("#teach-result")
    lesson.driver.execute_script(COUNT_FITS)
    name_genre(lesson, 2, "Disco, renamed")
    lesson.wait_for(TAUGHT)
    assert lesson.text("#teach-result") == words
    assert "Disco, renamed" in lesson.text("#teach-confusion thead")
    assert '"name":"Disco, renamed"' in kept_parts(lesson, with_fit=True, with_name="Disco, renamed")
    lesson.find("#teach-use").click()
    lesson.wait_for("document.querySelector('#own-model-words').textContent.includes('Disco, renamed')")
    assert lesson.analyse(SONG)["genres"] == [*NAMES[:2], "Disco, renamed"]
    name_genre(lesson, 2, NAMES[2])
    lesson.wait_for(TAUGHT)
    assert lesson.driver.execute_script("return n_fits") == 0


def test_the_next_visit_has_it_again_without_names_of_songs(lesson: Page, pieces: dict[str, list[Path]]) -> None:
    words = lesson.text("#teach-result")
    kept = kept_parts(lesson, with_fit=True, with_name=NAMES[2])
    send = lesson.driver.execute_cdp_cmd  # type: ignore[attr-defined]
    added = send("Page.addScriptToEvaluateOnNewDocument", {"source": COUNT_FITS})
    lesson.reload()
    lesson.wait_for(TAUGHT)  # without any song, from what is kept
    send("Page.removeScriptToEvaluateOnNewDocument", added)
    assert lesson.driver.execute_script("return n_fits") == 0
    assert lesson.text("#teach-result") == words
    assert songs_of(lesson, 0) == ["Song 1", "Song 2"]
    [genres] = [entry["genres"] for entry in json.loads(kept) if "genres" in entry]
    assert [genre["name"] for genre in genres] == NAMES
    assert all(path.stem not in kept for songs in pieces.values() for path in songs)
    add_songs(lesson, 0, pieces[NAMES[0]])  # two of the three are there already
    lesson.wait_for("document.querySelectorAll('#teach .genre:nth-child(1) [data-state=done]').length === 3")
    assert songs_of(lesson, 0) == ["Song 1", "Song 2", "classical-8"]


def test_it_is_forgotten(lesson: Page) -> None:
    lesson.wait_for(TAUGHT)
    lesson.find("#teach-forget").click()
    lesson.wait_for("document.querySelectorAll('#teach .genre').length === 2")
    lesson.wait_for("document.activeElement?.matches('#teach-genres input')")  # all is done
    assert kept_parts(lesson) == "[]"
    assert lesson.text("#teach-state") == "It takes two genres at least, with two songs or more in each."
    lesson.reload()
    lesson.wait_for("document.querySelector('#model-chooser')")
    assert not lesson.driver.find_element(By.CSS_SELECTOR, "#teach").get_attribute("open")
