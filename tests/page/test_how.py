"""static/how: each stage from sound to genre, as the page explains it, has the very numbers of the song on the page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from model.contract import load_contract
from tests.multi_label import GENRES
from tests.page.axe import violations
from tests.page.browser import Page
from tests.page.chart_links import Chart
from tests.page.conftest import MEDLEY
from tests.page.looks import LOOKS
from tests.page.own_models import bring
from tests.support import REPOSITORY, SONGS, make_audio

SONG = SONGS / "jazz.mp3"
CONTRACT = load_contract(REPOSITORY / "model").raw
FETCHED = """
const names = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
return names.filter((name) => /how/.test(name) && !name.endsWith("how/entry.js"));
"""
# Seconds of a file taken apart, by a worker as the page has it.
LOOK = """
const [content, rows] = args;
const file = new Blob([Uint8Array.from(atob(content), (char) => char.charCodeAt(0))]);
const { fetchContract } = await load("contract.js");
const { Questions } = await load("explain/questions.js");
const start = () => new Worker(new URL("static/how/look-worker.js", document.baseURI), { type: "module" });
const questions = new Questions(start, { contract: await fetchContract(contractUrl), folder: contractUrl });
const looks = [];
for (const row of rows) {
  const found = await questions.ask({ kind: "look", file, row }, file);
  const { moment, picture: { log_mel, first_frame }, bands, layers, ...rest } = found;
  const { wave, spectrum_db, bands_db, ...times } = moment;
  const packed = { wave: pack(wave), spectrum_db: pack(spectrum_db), bands_db: pack(bands_db) };
  const n_maps = layers.map(({ maps }) => maps.length);
  looks.push({ ...rest, ...times, ...packed, bands, n_maps, log_mel: pack(log_mel), first_frame });
}
questions.end();
return looks;
"""


def looks_at(page: Page, file: Path, *rows: int) -> list[dict[str, Any]]:
    return list(page.run(LOOK, base64.b64encode(file.read_bytes()).decode(), rows))


def open_how(page: Page) -> None:
    page.find("#how > summary").send_keys(Keys.ENTER)
    page.wait_for("document.querySelector('#how-stages')")


def is_explained(second: str) -> str:
    """That this second of the song on the page is shown, pictures and all."""
    return (
        f"document.querySelector('#how h2').textContent.endsWith(' at {second}') && "
        "document.querySelector('#how-stages td') && document.querySelector('#how .how-map').checkVisibility()"
    )


def shares_on_page(page: Page) -> dict[str, int]:
    lines = page.driver.execute_script(
        "return [...document.querySelectorAll('#how tbody tr')].map((line) => "
        "[line.cells[0].textContent, line.querySelector('.number').textContent])"
    )
    return {genre: int(share.split("\u202f")[0]) for genre, share in lines}


@pytest.mark.parametrize(("song", "rows"), [(SONG, [0, 5, 8, 13]), (MEDLEY, [9, 53, 108])], ids=["short", "long"])
def test_the_votes_are_those_of_the_chart(page: Page, song: Path, rows: list[int]) -> None:
    chart = page.analyse(song)["probabilities"]
    for row, look in zip(rows, looks_at(page, song, *rows), strict=True):
        np.testing.assert_allclose(look["shares"], chart[row], rtol=0, atol=1e-3)
        logits = np.array(look["votes"]) / CONTRACT["rows"]["temperature"]
        np.testing.assert_allclose(look["shares"], np.exp(logits) / np.exp(logits).sum(), rtol=0, atol=1e-6)
        assert look["n_maps"] == [6, 6]
        middle_s = (look["frame"] + look["first_frame"]) * 1711 / 22050 + 1024 / 22050
        assert row - 0.1 <= middle_s <= row + 1.1
        np.testing.assert_array_equal(look["bands_db"], look["log_mel"].reshape(-1, 128)[look["frame"]])


def test_wave_and_spectrum_are_of_the_samples(page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "tone.wav", "-ar", "22050", "-ac", "1", source="sine=frequency=1000:duration=12")
    samples = np.frombuffer(song.read_bytes()[-12 * 22050 * 2 :], "<i2") / 32768
    [look] = looks_at(page, song, 7)
    start, wave_start = round(look["start_s"] * 22050), round(look["wave_s"] * 22050)
    np.testing.assert_allclose(look["wave"], samples[wave_start : wave_start + 441], rtol=0, atol=1e-6)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    powers = np.abs(np.fft.rfft(samples[start : start + 2048] * window)) ** 2
    np.testing.assert_allclose(look["spectrum_db"], 10 * np.log10(np.maximum(powers, 1e-10)), rtol=0, atol=0.01)
    assert np.argmax(look["spectrum_db"]) == round(1000 / (22050 / 2048))
    band = look["bands"][np.argmax(look["bands_db"])]
    assert band["low_hz"] < 1000 < band["high_hz"]


def test_it_is_fetched_when_it_is_opened_and_invites_to_a_song(page: Page) -> None:
    assert page.run(FETCHED) == []
    open_how(page)
    assert {"/static/how/panel.js", "/static/messages/how.js", "/static/how.css"} < set(page.run(FETCHED))
    assert violations(page) == []
    page.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert page.driver.execute_script("return document.activeElement.textContent") == "Take the sample song"
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.wait_for(is_explained("0:00"))
    assert not page.find("#how .how-invitation").is_displayed()


def test_it_follows_the_song_in_words_and_by_keyboard(page: Page, looked_at: Callable[..., None]) -> None:
    analysis = page.analyse(SONG)
    open_how(page)
    page.wait_for(is_explained("0:00"))
    page.find("#plot").send_keys(Keys.ARROW_RIGHT * 4)
    page.wait_for(is_explained("0:04"))
    page.find("#how .how-tools button:last-child").send_keys(Keys.ENTER)
    page.wait_for(is_explained("0:05"))
    assert str(page.find("#plot").get_attribute("aria-valuetext")).startswith("0:05, ")
    row = dict(zip(analysis["genres"], analysis["probabilities"][5], strict=True))
    assert shares_on_page(page) == pytest.approx({genre: 100 * share for genre, share in row.items()}, abs=0.51)
    words = page.text("#how-stages")
    validation = CONTRACT["training"]["validation"]
    low, high = (f"{100 * bound:.0f}\u202f%" for bound in validation["clip_accuracy_ci95"])
    for told in (
        "22,050 such numbers", "takes 2,048 of the numbers", "128 bands",
        f"{CONTRACT['network']['parameters']:,} numbers",
        f"{100 * validation['clip_accuracy']:.0f}\u202f% of {validation['n_clips']} songs", f"between {low} and {high}",
        "In the frame: 0:05, jazz", "the song has never left it",
    ):  # fmt: skip
        assert told in words
    assert page.run("return [...document.querySelectorAll('#how :is(h2, h3)')].map((h) => h.localName)") == [
        "h2", *["h3"] * 7,
    ]  # fmt: skip
    for words_of_pictures in ("[role=img]", "figcaption:not(:empty)"):
        assert len(page.driver.find_elements("css selector", f"#how {words_of_pictures}")) == 7
    for name in ("wide", "dark", "320 px"):
        looked_at(**LOOKS[name])
        assert violations(page) == [], name
        assert page.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def test_a_visitors_own_models_are_explained_too(page: Page, toy: Path, multi_label_model: Path) -> None:
    open_how(page)
    for model, said, genres in (
        (toy, "each of the 3 genres", ["drone", "hum", "whistle"]),
        (multi_label_model, "several of them at once", GENRES),
    ):
        bring(page, model)
        analysis = page.analyse(SONG)
        page.wait_for(f"document.querySelector('#how-stages').textContent.includes({json.dumps(said)})")
        page.wait_for(is_explained("0:00"))  # by this model: what the one before said is gone
        row = dict(zip(genres, analysis["probabilities"][0], strict=True))
        assert shares_on_page(page) == pytest.approx({genre: 100 * share for genre, share in row.items()}, abs=0.51)
    page.find("#how > summary").send_keys(Keys.ENTER)
    bring(page, toy)  # another one than has heard the song on the page
    page.find("#how > summary").send_keys(Keys.ENTER)
    page.wait_for("document.querySelector('#how-state').textContent.startsWith('Another network has heard this song')")


def test_without_sound_the_chart_is_explained(page: Page) -> None:
    open_how(page)
    page.driver.execute_script("location.hash = arguments[0]", Chart(title="Linked song").fragment())
    page.wait_for("document.querySelector('#how-stages td')")
    assert page.text("#how-state").startswith("This chart came with a link, and a link carries no sound")
    assert not page.find("#how .how-wave").is_displayed()
    assert page.find("#how .how-columns").is_displayed()
    assert shares_on_page(page) == {"blues": 100, "jazz": 0}
    assert violations(page) == []
    page.driver.execute_script("history.replaceState(null, '', location.pathname)")
