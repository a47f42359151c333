"""WCAG 2.2 AA in each of the page's states, as far as a machine can tell (axe-core), and what it cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.page.axe import violations
from tests.page.browser import Page
from tests.page.chart_links import Chart
from tests.page.live_sound import PLAY_TO_PAGE, listen, stop, wait_for_rows
from tests.page.looks import LOOKS
from tests.page.song_list import wait_for_states, watch
from tests.support import SONGS, make_audio

SONG = SONGS / "metal.mp3"
LEAST_TARGET_PX = 24  # WCAG 2.5.8


def idle(_page: Page, _folder: Path) -> None:
    """As it is first seen."""


def done(page: Page, _folder: Path) -> None:
    page.analyse(SONG)


def unsure(page: Page, folder: Path) -> None:
    page.analyse(make_audio(folder / "noise.wav", source="anoisesrc=duration=4:amplitude=0.2"))
    assert page.find("#song.unsure")


def error(page: Page, folder: Path) -> None:
    (folder / "no song.mp3").write_text("no song")
    page.refusal(folder / "no song.mp3")


def error_after_a_song(page: Page, folder: Path) -> None:
    done(page, folder)
    error(page, folder)


def analysing(page: Page, _folder: Path) -> None:
    watch(page, SONG.name)
    page.choose(SONG)
    page.wait_for(f"gates.has('{SONG.name}')")
    assert page.state == "analysing"


def open_details(page: Page, _folder: Path) -> None:
    for details in page.driver.find_elements("css selector", "details"):
        page.driver.execute_script("arguments[0].open = true", details)
    # They come with their scripts.
    page.wait_for("document.querySelectorAll('#teach .genre').length >= 2 && document.querySelector('#how-stages')")


def all_notes(page: Page, _folder: Path) -> None:
    page.driver.execute_script(
        "for (const note of document.querySelectorAll('#offline > *')) note.hidden = false;"
        "document.querySelector('#new-version').textContent = 'There is a new version of this page.';"
    )


def several_songs(page: Page, folder: Path) -> None:
    (folder / "no song.mp3").write_text("no song")
    page.choose_all(SONG, folder / "no song.mp3", SONGS / "jazz.mp3")
    wait_for_states(page, "done", "failed", "done")


def linked_chart(page: Page, _folder: Path) -> None:
    page.driver.execute_script("location.hash = arguments[0]", Chart(title="Linked song").fragment())
    page.wait_for("document.querySelector('#from-link').checkVisibility()")
    # The next test's page is loaded anew only if its address differs in more than the fragment.
    page.driver.execute_script("history.replaceState(null, '', location.pathname)")


def heat_map(page: Page, _folder: Path) -> None:
    """Zoomed, and with the spectrogram."""
    page.analyse(SONG)
    for selector in ("input[name=picture][value=heat]", "#show-sound", "#zoom-in"):
        page.find(selector).click()
    page.wait_for("['#overview', '#sound'].every((part) => document.querySelector(part).checkVisibility())")


def stacked_areas(page: Page, _folder: Path) -> None:
    """And, beside them, what is heard now."""
    page.analyse(SONG)
    page.find("input[name=picture][value=stacked]").click()
    page.find("input[name=panel][value=now]").click()


def model_refused(page: Page, folder: Path) -> None:
    (folder / "none.zip").write_text("no zip")
    page.find("#model-chooser summary").click()
    page.find("#model-zip").send_keys(str(folder / "none.zip"))
    page.wait_for("document.querySelector('#own-model-alert').textContent")


def fallback_offered(page: Page, folder: Path) -> None:
    page.choose(make_audio(folder / "song.ac3"))
    page.wait_for("document.querySelector('#fallback-yes').checkVisibility()")


def listening(page: Page, _folder: Path) -> None:
    page.run(PLAY_TO_PAGE)
    listen(page)
    wait_for_rows(page, 2)
    assert page.find("#live-stop").is_displayed()


STATES = [
    idle, analysing, listening, done, unsure, several_songs, linked_chart, heat_map, stacked_areas, error,
    error_after_a_song, model_refused, fallback_offered, open_details, all_notes,
]  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_violations(
    page: Page, looked_at: Callable[..., None], state: Callable[[Page, Path], None], tmp_path: Path
) -> None:
    state(page, tmp_path)
    for name, look in LOOKS.items():
        looked_at(**look)
        assert violations(page) == [], name
    if state is listening:
        stop(page)


def test_a_violation_is_found(page: Page) -> None:
    page.driver.execute_script("document.querySelector('#sample').textContent = ''")
    assert "button-name" in [line.partition(":")[0] for line in violations(page)]


FOCUSABLE = "a[href], button, input:not([type=file]), summary, audio, [tabindex='0']"

SMALL_TARGETS = """
const seen = [...document.querySelectorAll(args[0])].filter((element) => element.checkVisibility());
return seen.map((element) => [element, (element.closest("label") ?? element).getBoundingClientRect()])
  .filter(([, { width, height }]) => width < args[1] || height < args[1])
  .map(([element, { width, height }]) => `${element.outerHTML.slice(0, 80)}: ${width} x ${height}`);
"""


@pytest.mark.parametrize("width_px", [320, 1280])
def test_targets_are_large_enough(page: Page, looked_at: Callable[..., None], width_px: int, tmp_path: Path) -> None:
    looked_at(width_px=width_px)
    for state in (idle, open_details, all_notes, done):
        state(page, tmp_path)
        assert page.run(SMALL_TARGETS, f"{FOCUSABLE}, .button", LEAST_TARGET_PX) == []


@pytest.mark.parametrize("look", [{"width_px": 320, "height_px": 640}, {"width_px": 640, "ratio": 2}], ids=str)
def test_nothing_scrolls_sideways(
    page: Page, looked_at: Callable[..., None], look: dict[str, Any], tmp_path: Path
) -> None:
    looked_at(**look)
    for state in (idle, open_details, all_notes, error, unsure, done):
        state(page, tmp_path)
        widths = "const { scrollWidth, clientWidth } = document.documentElement; return [scrollWidth, clientWidth]"
        scrolled, seen = page.driver.execute_script(widths)
        assert scrolled <= seen, state.__name__


# By name: all that a keyboard should reach. One radio button of a group is, and of the list of songs one row.
CONTROLS = """
window.nameOf = (element) =>
  element.type === "radio" ? element.name : element.id || element.outerHTML.slice(0, 60).replace(/ tabindex.*/, "");
const found = [...document.querySelectorAll(args[0])].filter((element) => element.checkVisibility());
return found.filter((element) => !element.closest("tbody") || element.tabIndex === 0).map(nameOf);
"""

# A visually hidden input's focus is shown by what stands right after it.
FOCUS_IS_SEEN = """
const focused = document.activeElement;
const is_hidden = getComputedStyle(focused).opacity === "0" || focused.getBoundingClientRect().width <= 1;
const shown = is_hidden ? focused.nextElementSibling : focused;
const { outlineStyle, outlineWidth } = getComputedStyle(shown);
return [nameOf(focused), outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, focused === document.body];
"""


def test_every_control_is_reached_by_tab_and_shows_its_focus(page: Page, tmp_path: Path) -> None:
    several_songs(page, tmp_path)
    open_details(page, tmp_path)
    page.find("#zoom-in").click()
    expected = set(page.run(CONTROLS, f"{FOCUSABLE}, input[type=file]"))
    assert expected > {"file", "listen-microphone", "plot", "audio", "picture", "panel", "backend"}
    page.find("h1").click()  # from there Tab goes on
    reached = set()
    for _ in range(3 * len(expected)):  # the player has several stops
        ActionChains(page.driver).send_keys(Keys.TAB).perform()
        name, is_seen, is_body = page.run(FOCUS_IS_SEEN)
        if is_body and reached:
            break
        reached.add(name)
        assert is_seen or name == "audio", name  # the player's own controls show theirs
    assert reached == expected
    assert any('class="open"' in name for name in reached)


def test_nothing_moves_by_itself_for_those_who_want_less_motion(page: Page) -> None:
    features = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        moving = page.run(
            """
            const styles = [...document.querySelectorAll("*")].map((element) => getComputedStyle(element));
            return styles.filter((style) => style.transitionDuration !== "0s" || style.animationName !== "none").length;
            """
        )
        assert moving == 0
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_main_button_has_an_edge_where_the_system_chooses_the_colours(page: Page) -> None:
    """Its paper, which is all that makes it look like one elsewhere, is the page's then."""
    features = [{"name": "forced-colors", "value": "active"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        assert page.run("return getComputedStyle(document.querySelector('.button')).borderTopStyle") == "solid"
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_live_regions_say_one_thing_a_song(page: Page) -> None:
    page.run(
        """
        for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
          const hear = () => region.textContent && shown.push(region.id);
          new MutationObserver(hear).observe(region, { childList: true, characterData: true, subtree: true });
        }
        """
    )
    page.analyse(SONG)
    page.run("await document.querySelector('audio').play(); await new Promise((resolve) => setTimeout(resolve, 1500));")
    assert page.driver.execute_script("return shown") == ["announcer"]
