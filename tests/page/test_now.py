"""static/ui/genre-panel.js, now-bars.js: what is heard at this moment, beside the chart."""

from __future__ import annotations

import numpy as np
from selenium.webdriver.common.keys import Keys

from tests.page.browser import Page
from tests.support import REPOSITORY

SONG = REPOSITORY / "static" / "sample" / "medley.mp3"
AUDIO = "document.querySelector('audio')"
SHARES = "[...document.querySelectorAll('#now li')].map((line) => Number(line.style.getPropertyValue('--share')))"


def test_the_bars_are_those_of_the_current_second_in_the_genres_order(page: Page) -> None:
    analysis = page.analyse(SONG)
    names = page.driver.execute_script(
        "return [...document.querySelectorAll('#now .name')].map((name) => name.textContent)"
    )
    assert names == analysis["genres"]
    for key, row in ((None, 0), (Keys.PAGE_UP, 10), (Keys.PAGE_UP, 20)):
        if key:
            page.find("#plot").send_keys(key)
        shares = page.driver.execute_script(f"return {SHARES}")
        np.testing.assert_allclose(shares, analysis["probabilities"][row], atol=1e-3)
    leader = analysis["genres"][int(np.argmax(analysis["probabilities"][20]))]
    assert not analysis["unsure"][20]
    assert page.text("#now .leads .name") == leader


def test_no_genre_leads_an_unsure_second(page: Page) -> None:
    analysis = page.analyse(SONG)
    second = analysis["unsure"].index(True)
    page.driver.execute_script(f"{AUDIO}.currentTime = {second} + 0.5")
    page.wait_for("document.querySelector('#now.unsure-now')")
    assert page.driver.execute_script("return document.querySelectorAll('#now .leads').length") == 0


def test_playing_shows_what_plays_to_whoever_has_not_chosen(page: Page) -> None:
    page.analyse(SONG)
    assert page.find("#shares").is_displayed()
    assert not page.find("#now").is_displayed()
    page.run(f"{AUDIO}.muted = true; await {AUDIO}.play(); {AUDIO}.pause();")
    page.wait_for("document.querySelector('#now').checkVisibility()")
    page.analyse(SONG)
    assert page.find("#shares").is_displayed()


def test_a_choice_holds_while_playing_and_on_the_next_visit(page: Page) -> None:
    page.analyse(SONG)
    page.find("input[name=panel][value=now]").click()
    page.find("input[name=panel][value=whole]").click()
    try:
        page.run(f"{AUDIO}.muted = true; await {AUDIO}.play(); {AUDIO}.pause();")
        assert page.find("#shares").is_displayed()
        page.reload()
        page.analyse(SONG)
        page.run(f"{AUDIO}.muted = true; await {AUDIO}.play(); {AUDIO}.pause();")
        assert page.find("#shares").is_displayed()
    finally:
        page.run("localStorage.removeItem('genrescope:panel')")


def test_bars_jump_for_whoever_wants_less_motion(page: Page) -> None:
    bar = "getComputedStyle(document.querySelector('#now .bar'), '::before').transitionDuration"
    page.analyse(SONG)
    assert page.driver.execute_script(f"return {bar}") == "0.5s"
    features = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        assert page.driver.execute_script(f"return {bar}") == "0s"
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_of_many_genres_those_that_the_song_has_most_of_get_a_bar(module_page: Page) -> None:
    script = """
    const { NowBars } = await load("ui/now-bars.js");
    const place = document.createElement("ol");
    const genres = Array.from({ length: 40 }, (_, i) => `g${i}`);
    new NowBars(place).setGenres(genres, genres.map((_, i) => (i % 4 === 0 ? 0.1 : 0)));
    return [...place.querySelectorAll(".name")].map((name) => name.textContent);
    """
    assert module_page.run(script) == [f"g{i}" for i in range(0, 40, 4)]
