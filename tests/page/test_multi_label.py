"""The page with a model that can hear several genres at once: brought by a visitor, or built into its server."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from tests.multi_label import GENRES, THRESHOLDS
from tests.page.browser import Page, first_visit
from tests.page.fallback import ask, say_yes
from tests.page.live_sound import PLAY_TO_PAGE, listen, stop, wait_for_rows
from tests.page.models import contract_of, write_contract
from tests.page.own_models import bring, drop, refused
from tests.page.painting import paint
from tests.support import SONGS, ServerProcess

SONG = SONGS / "jazz.mp3"


def shares_in_words(genres: list[str], shares: dict[str, float]) -> str:
    """As the page says them."""
    return ", ".join(f"{genre} {100 * shares[genre]:.0f}\u202f%" for genre in genres)


def heard_in(row: list[float]) -> list[str]:
    shares = dict(zip(GENRES, row, strict=True))
    heard = [genre for genre, threshold in zip(GENRES, THRESHOLDS, strict=True) if shares[genre] >= threshold]
    return sorted(heard, key=lambda genre: -shares[genre])


@pytest.fixture(scope="module")
def predicted(multi_label_server: ServerProcess) -> dict[str, Any]:
    """What a server with this model answers."""
    answer = httpx.post(f"{multi_label_server.url}/predict", files={"file": SONG.read_bytes()}, timeout=60)
    return dict(answer.raise_for_status().json())


def test_a_dropped_model_hears_what_a_server_with_it_hears(
    page: Page, multi_label_model: Path, predicted: dict[str, Any]
) -> None:
    drop(page, multi_label_model)
    page.wait_for("document.querySelector('#own-model-leave').checkVisibility()")
    assert page.text("#own-model-words") == "Listening with your model “several” (10 genres, several at once)."
    analysis = page.analyse(SONG)
    assert analysis.keys() - {"timings_ms", "backend"} == predicted.keys()
    assert (analysis["multi_label"], analysis["thresholds"]) == (True, THRESHOLDS)
    np.testing.assert_allclose(analysis["probabilities"], predicted["probabilities"], rtol=0, atol=0.02)
    assert analysis["unsure"] == [not heard_in(row) for row in analysis["probabilities"]]
    assert analysis["verdict"]["genres"] == predicted["verdict"]["genres"]

    verdict = analysis["verdict"]
    assert len(verdict["genres"]) > 1
    words = f"Heard: {shares_in_words(verdict['genres'], verdict['probabilities'])}"
    assert (page.text("#verdict"), page.text("#announcer")) == (words, f"Done. 0:13 of music. {words}.")
    assert page.text("#sections .words").startswith("jazz and blues")
    gradient = "return getComputedStyle(document.querySelector('#sections button'), '::before').backgroundImage"
    assert page.driver.execute_script(gradient).startswith("linear-gradient(90deg")
    _reads_each_second(page, analysis)


def _reads_each_second(page: Page, analysis: dict[str, Any]) -> None:
    page.driver.execute_script("document.querySelector('input[name=panel][value=now]').click()")
    for second in (1, 2, 3):
        page.find("#plot").send_keys(Keys.ARROW_RIGHT)
        row = analysis["probabilities"][second]
        heard, shares = heard_in(row), dict(zip(GENRES, row, strict=True))
        assert heard
        told = shares_in_words(heard, shares)
        assert page.find("#plot").get_attribute("aria-valuetext") == f"0:0{second}, {told}"
        readout = (
            "return [...document.querySelectorAll('#readout .genre')].map((genre) => genre.textContent).join(', ')"
        )
        assert page.driver.execute_script(readout) == shares_in_words(heard[:4], shares)
        leading = "return [...document.querySelectorAll('#now .leads .name')].map((name) => name.textContent)"
        assert sorted(page.driver.execute_script(leading)) == sorted(heard)


def test_each_picture_says_how_it_is_read(page: Page, multi_label_model: Path) -> None:
    page.analyse(SONG)
    assert not page.find("#several-note").is_displayed()
    bring(page, multi_label_model)
    page.analyse(SONG)
    said = []
    for picture in ("lanes", "heat", "stacked"):
        page.driver.execute_script(f"document.querySelector('input[name=picture][value={picture}]').click()")
        said.append(page.find("#several-note").text)
    assert all(words.startswith("Several genres can be heard at once") for words in said)
    assert ["full colour" in words for words in said] == [True, False, False]
    assert ["denser" in words for words in said] == [False, True, False]
    assert ["in proportion" in words for words in said] == [False, False, True]


def test_what_was_listened_to_live_tells_them_too(page: Page, multi_label_model: Path) -> None:
    bring(page, multi_label_model)
    page.run(PLAY_TO_PAGE)
    listen(page)
    wait_for_rows(page, 2)
    analysis: dict[str, Any] = stop(page)
    assert analysis["thresholds"] == THRESHOLDS
    assert analysis["verdict"]["unsure"] is (not analysis["verdict"]["genres"])
    assert analysis["unsure"] == [not heard_in(row) for row in analysis["probabilities"]]


def test_a_song_heard_before_is_told_as_it_was(
    chromium: webdriver.Chrome, multi_label_server: ServerProcess, predicted: dict[str, Any]
) -> None:
    """Of the server's own model, of which songs are kept."""
    page = first_visit(chromium, multi_label_server.url)
    first = page.analyse(SONG)
    assert first["verdict"]["genres"] == predicted["verdict"]["genres"]
    words = page.text("#verdict")
    page.wait_for("!document.querySelector('#kept').hidden")
    page.reload()
    page.choose(SONG)
    again = page.wait_for("analyses[0]")
    assert "store" in again["timings_ms"]
    assert {key: again[key] for key in predicted} == {key: first[key] for key in predicted}
    assert page.text("#verdict") == words


def test_a_link_to_its_chart_says_what_the_chart_says(
    chromium: webdriver.Chrome, multi_label_server: ServerProcess, predicted: dict[str, Any]
) -> None:
    page = first_visit(chromium, multi_label_server.url)
    script = 'return (await load("take-along/chart-link.js")).chartLink(...args);'
    url = page.run(script, {"title": "A song", "analysis": predicted}, f"{page.url}/")["url"]
    chromium.get("about:blank")
    chromium.get(url)
    page.wait_for("document.querySelector('#sections button')")
    verdict = predicted["verdict"]
    assert page.text("#verdict") == f"Heard: {shares_in_words(verdict['genres'], verdict['probabilities'])}"
    assert page.text("#sections .words").startswith("jazz and blues")
    assert page.find("#several-note").is_displayed()


def test_the_server_hears_them_in_the_pages_place(
    chromium: webdriver.Chrome, multi_label_server: ServerProcess, foreign: Path
) -> None:
    page = first_visit(chromium, multi_label_server.url)
    ask(page, foreign / "song.wma")
    analysis = say_yes(page)
    assert (analysis["backend"], analysis["thresholds"]) == ("server", THRESHOLDS)
    verdict = analysis["verdict"]
    assert verdict["genres"]
    assert page.text("#verdict") == f"Heard: {shares_in_words(verdict['genres'], verdict['probabilities'])}"
    assert page.find("#several-note").is_displayed()


@pytest.mark.parametrize("n_thresholds", [9, 11])
def test_a_threshold_too_few_or_too_many_is_refused(
    page: Page, multi_label_model: Path, tmp_path: Path, n_thresholds: int
) -> None:
    folder = Path(shutil.copytree(multi_label_model, tmp_path / "several"))
    contract = contract_of(folder)
    contract["rows"]["thresholds"] = [0.5] * n_thresholds
    write_contract(folder, contract)
    words = refused(page, folder)
    assert words.startswith("several: The page cannot use this model. (contract.json: rows.thresholds is [0.5,0.5")
    assert words.endswith("must be a list of 10 probabilities, one a genre) The model in use stays.")


# --- pictures -------------------------------------------------------------------------------------------------------

RED, BLUE = np.array([255, 0, 0]), np.array([0, 0, 255])
HALF = [0.5, 0.5]


def test_all_lanes_that_are_heard_have_their_full_colour(module_page: Page) -> None:
    rows = [[0.9, 0.6], [0.6, 0.2], [0.4, 0.9], [0.9, 0.9]]
    pixels = paint(module_page, "lanes", rows, 160, thresholds=HALF)
    for lane, colour in ((20, RED), (60, BLUE)):
        middle = pixels[lane, 20::40]
        np.testing.assert_array_equal(middle[:, :3], np.broadcast_to(colour, (4, 3)))
        is_bold = [row[lane // 40] >= 0.5 for row in rows]
        assert (middle[:, 3] == 255).tolist() == is_bold
    of_one = paint(module_page, "lanes", rows, 160)
    where_less_is_heard = 100
    marks = np.flatnonzero((pixels != of_one)[:40, where_less_is_heard].any(axis=1))
    assert marks.tolist() == [11, 28]  # half of what is between two lanes, around the middle


def test_areas_are_shared_by_what_is_heard(module_page: Page) -> None:
    """What is not heard has no part, and a second of nothing at all is painted all the same."""
    rows = [[0.9, 0.4], [0.9, 0.4], [0.8, 0.8], [0.8, 0.8], [0.0, 0.0], [0.0, 0.0]]
    unsure = [False] * 4 + [True] * 2
    pixels = paint(module_page, "stacked", rows, 240, unsure, thresholds=HALF)
    is_red = (pixels[..., 0] == 255) & (pixels[..., 3] == 255)
    assert is_red[:, 20].mean() > 0.97
    assert is_red[:, 140].mean() == pytest.approx(0.5, abs=0.03)
    assert (pixels[:, 225, 3] > 0).mean() > 0.95


MINIATURE = """
const { N_COLUMNS, drawMiniature, miniatureOf } = await load("library/miniature.js");
const [genres, rows, thresholds] = args;
const numbers = { unsure: new Uint8Array(rows.length), probabilities: Float32Array.from(rows.flat()) };
const canvas = Object.assign(document.createElement("canvas"), { width: N_COLUMNS, height: 24 });
drawMiniature(canvas, miniatureOf({ genres, thresholds, ...numbers }), { neutral: "#0f0", on_dark: false });
const { data } = canvas.getContext("2d").getImageData(0, 0, N_COLUMNS, 24);
const hex = (n) => n.toString(16).padStart(2, "0");
const colour = (x, y) => `#${Array.from(data.slice(4 * (y * N_COLUMNS + x)).slice(0, 3), hex).join("")}`;
return [10, 80].map((x) => [6, 22].map((y) => colour(x, y)));
"""


def test_a_miniature_has_the_two_genres_that_are_heard_most(module_page: Page) -> None:
    """The likeliest above, the next one below it; where only one is heard, that alone."""
    rows = [[0.9, 0.8, 0.1]] * 48 + [[0.6, 0.95, 0.1]] * 48
    blues, jazz = "#0166a9", "#11764f"
    assert module_page.run(MINIATURE, ["blues", "jazz", "rock"], rows, [0.5, 0.7, 0.5]) == [
        [blues, jazz],
        [jazz, blues],
    ]
    assert module_page.run(MINIATURE, ["blues", "jazz", "rock"], rows, [0.7, 0.7, 0.5]) == [[blues, jazz], [jazz, jazz]]
    at_the_bound = [[0.9, 0.35, 0.1]] * 96  # float32 has a little less
    assert module_page.run(MINIATURE, ["blues", "jazz", "rock"], at_the_bound, [0.7, 0.35, 0.5]) == [[blues, jazz]] * 2


def test_no_lines_are_drawn_that_the_least_bar_would_reach(module_page: Page) -> None:
    rows = [[0.9, 0.2]] * 4
    pixels = paint(module_page, "lanes", rows, 160, thresholds=[0.05, 0.5])
    differs = (pixels != paint(module_page, "lanes", rows, 160)).any(axis=(1, 2))
    assert np.flatnonzero(differs).tolist() == [51, 68]  # in the second lane alone


@pytest.mark.parametrize("thresholds", [None, [0.35, 0.5]])
def test_a_column_of_several_rows_is_unsure_where_its_mean_reaches_nothing(
    module_page: Page, thresholds: list[float] | None
) -> None:
    """On the page and in what is taken along. Where a song is of one genre, the most of its rows decide, as ever."""
    script = """
    const { columnsOf } = await load("ui/columns.js");
    const { pooled } = await load("take-along/pooled.js");
    const [rows, unsure, thresholds] = args;
    const [{ shares, is_unsure }] = columnsOf({ rows, unsure }, 0, 3, 1, thresholds);
    const fewer = pooled(rows, unsure, 3, thresholds);
    return [[shares, is_unsure], [fewer.rows[0], fewer.unsure[0]]];
    """
    by_turns = [[0.9, 0.1], [0.1, 0.9], [0.02, 0.02]]
    of_page, taken_along = module_page.run(script, by_turns, [False, False, True], thresholds and [0.5, 0.5])
    assert (of_page[1], taken_along[1]) == ((True, True) if thresholds else (False, False))
    at_the_bound = [[0.35, 0.1]] * 3
    told = module_page.run(script, at_the_bound, [False] * 3, thresholds)
    if thresholds:
        assert told == [[[0.35, 0.1], False]] * 2
    else:
        assert told[0][0][0] == told[1][0][0] == (0.35 + 0.35 + 0.35) / 3 < 0.35  # not rounded
