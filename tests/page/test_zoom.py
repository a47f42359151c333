"""static/ui/: coming closer to a part of the song, moving along it, and following what plays or comes in."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.page.browser import Page
from tests.support import REPOSITORY

SONG = REPOSITORY / "static" / "sample" / "medley.mp3"

VIEWPORT = """
const { Viewport } = await load("ui/viewport.js");
const viewport = new Viewport();
viewport.setDuration(1000);
const shown = () => [viewport.start_s, viewport.end_s];
"""


def in_viewport(page: Page, script: str) -> Any:
    return page.run(VIEWPORT + script)


def test_what_one_zooms_at_stays_where_it_is(module_page: Page) -> None:
    script = "viewport.zoom(4, 300); return [shown(), viewport.shareAt(300), viewport.timeAt(0.3)];"
    shown, share, time_s = in_viewport(module_page, script)
    assert shown == pytest.approx([225, 475])
    assert share == pytest.approx(0.3)
    assert time_s == pytest.approx(300)


def test_a_view_stays_within_the_song(module_page: Page) -> None:
    script = """
    const found = [];
    viewport.zoom(4, 0); viewport.pan(-50); found.push(shown());
    viewport.pan(5000); found.push(shown());
    viewport.zoom(1e9, 1000); found.push(shown());
    viewport.zoom(1e-9, 1000); found.push(shown(), viewport.is_whole);
    return found;
    """
    left, right, closest, whole, is_whole = in_viewport(module_page, script)
    assert left == [0, 250]
    assert right == [750, 1000]
    assert closest[1] - closest[0] == 8
    assert whole == [0, 1000]
    assert is_whole


def test_the_whole_of_a_song_is_shown_however_long_it_turns_out_to_be(module_page: Page) -> None:
    assert in_viewport(module_page, "viewport.setDuration(3000); return shown();") == [0, 3000]


def test_the_end_is_followed_as_it_moves_and_until_someone_looks_back(module_page: Page) -> None:
    script = """
    const found = [];
    viewport.followEnd(60); viewport.setDuration(10); found.push(shown());
    viewport.setDuration(100); found.push(shown());
    viewport.pan(-15); viewport.setDuration(200); found.push(shown());
    return found;
    """
    assert in_viewport(module_page, script) == [[0, 60], [40, 100], [25, 85]]


FILM = """
const { Film } = await load("ui/film.js");
const canvas = document.createElement("canvas");
const stretches = [];
const film = new Film(canvas, (context, stretch) => stretches.push([stretch.from, stretch.to]), args[0] ?? undefined);
const view = { start: 0, span: 100, limit: 1000, n_known: 1000, width_px: 500, height_px: 100 };
const show = (change) => film.show({ ...view, ...change });
"""


def test_moving_along_paints_only_when_the_strip_is_at_its_end(module_page: Page) -> None:
    script = """
    for (const start of [0, 20, 50, 50.5, 60, 20, 0.6]) show({ start });
    return [stretches, canvas.style.transform];
    """
    stretches, transform = module_page.run(FILM + script, None)
    assert stretches == [[0, 150], [0, 201]]
    assert transform.startswith("translateX(-3px")


def test_rows_that_come_in_at_the_followed_end_are_all_that_is_painted(module_page: Page) -> None:
    script = """
    for (let n = 100; n < 140; n += 1) show({ start: n - 100, limit: Infinity, n_known: n });
    return stretches;
    """
    stretches = module_page.run(FILM + script, None)
    assert stretches == [[0, 100]] + [[n, n + 1] for n in range(100, 139)]


PAGE = """
const { SongView } = await load("ui/song-view.js");
const { finish } = SongView.prototype;
SongView.prototype.finish = function (...what) { window.view = this; finish.apply(this, what); };
"""
# Whatever of a canvas is painted is counted.
COUNT_PAINTING = """
window.n_painted = 0;
for (const method of ["fillRect", "clearRect", "fill", "stroke", "putImageData", "drawImage"]) {
  const plain = CanvasRenderingContext2D.prototype[method];
  CanvasRenderingContext2D.prototype[method] = function (...what) {
    window.n_painted += 1;
    return plain.apply(this, what);
  };
}
"""
# Also of a slow machine: nothing was painted for half a second.
SETTLE = """
let before = -1;
while (before !== n_painted) {
  before = n_painted;
  await new Promise((resolve) => setTimeout(resolve, 500));
}
window.n_painted = 0;
"""
AXIS = "[...document.querySelectorAll('#axis span')].map((label) => label.textContent)"
AUDIO = "document.querySelector('audio')"


@pytest.fixture
def zoomed(visited_page: Page) -> Page:
    """The medley with its spectrogram, and a part of it of about 26 seconds in view; it stands at its beginning."""
    if visited_page.state != "done":
        visited_page.analyse(SONG)
        visited_page.find("#show-sound").click()
    visited_page.run(f"{AUDIO}.pause(); {AUDIO}.currentTime = 0;")
    visited_page.wait_for(f"!{AUDIO}.seeking")
    visited_page.find("#plot").send_keys("0")
    visited_page.wait_for(f"{AXIS}.at(-1) === '1:40'")
    visited_page.find("#plot").send_keys("+++")
    visited_page.wait_for(f"{AXIS}.at(-1) < '0:27'")
    return visited_page


def test_keys_and_buttons_come_closer_and_go_back(zoomed: Page) -> None:
    assert zoomed.find("#overview").is_displayed()
    assert zoomed.text("#announcer") == "0:00 to 0:26 is shown."
    assert zoomed.find("#zoom-whole").get_attribute("aria-disabled") == "false"
    zoomed.find("#zoom-out").click()
    zoomed.wait_for(f"{AXIS}.at(-1) > '0:27'")
    zoomed.find("#plot").send_keys("0")
    zoomed.wait_for(f"{AXIS}.at(-1) === '1:40'")
    assert not zoomed.find("#overview").is_displayed()
    assert zoomed.text("#announcer") == "The whole song is shown."
    assert zoomed.find("#zoom-whole").get_attribute("aria-disabled") == "true"
    zoomed.find("#zoom-in").click()
    zoomed.wait_for(f"{AXIS}.at(-1) < '1:10'")


def test_clicks_and_hovering_mean_the_time_that_is_shown(zoomed: Page) -> None:
    plot = zoomed.find("#plot")
    ActionChains(zoomed.driver).move_to_element(plot).perform()
    assert zoomed.text("#readout .time") == "0:13"
    ActionChains(zoomed.driver).move_to_element(plot).click().perform()
    assert zoomed.driver.execute_script(f"return {AUDIO}.currentTime") == pytest.approx(13.3, abs=0.3)


def test_whoever_moves_beyond_the_view_is_followed(zoomed: Page) -> None:
    zoomed.find("#plot").send_keys(Keys.END)
    zoomed.wait_for(f"{AXIS}.at(-1) > '1:40'")
    assert zoomed.driver.execute_script("return !document.querySelector('#playhead').matches('.out-of-view')")
    zoomed.driver.find_elements("css selector", "#sections button")[0].click()
    zoomed.wait_for(f"{AXIS}[0] === '0:00'")


def test_the_wheel_zooms_with_ctrl_and_pans_sideways(zoomed: Page) -> None:
    wheel = """
    const plot = document.querySelector("#plot");
    const { left, width } = plot.getBoundingClientRect();
    const event = new WheelEvent("wheel", { clientX: left + width, cancelable: true, ...args[0] });
    plot.dispatchEvent(event);
    return event.defaultPrevented;
    """
    assert zoomed.run(wheel, {"deltaX": 300, "deltaY": 0})
    zoomed.wait_for(f"{AXIS}[0] > '0:05'")
    assert not zoomed.run(wheel, {"deltaX": 0, "deltaY": 300})  # the page scrolls
    end = zoomed.driver.execute_script(f"return {AXIS}.at(-1)")
    assert zoomed.run(wheel, {"deltaY": -100, "ctrlKey": True})
    zoomed.wait_for(f"{AXIS}[0] > '0:12'")
    assert zoomed.driver.execute_script(f"return {AXIS}.at(-1)") >= end  # where the pointer is, all stays


def test_dragging_on_the_overview_moves_along_the_song(zoomed: Page) -> None:
    overview = zoomed.find("#overview")
    half_px = overview.size["width"] // 2 - 2
    ActionChains(zoomed.driver).move_to_element(overview).click_and_hold().move_by_offset(
        half_px, 0
    ).release().perform()
    zoomed.wait_for(f"{AXIS}.at(-1) > '1:40'")
    assert zoomed.driver.execute_script(f"return {AUDIO}.currentTime") == 0
    zoomed.driver.execute_script(f"{AUDIO}.currentTime = 1")  # the view was moved away on purpose
    zoomed.wait_for(f"!{AUDIO}.seeking")
    assert zoomed.driver.execute_script(f"return {AXIS}.at(-1)") > "1:40"


def test_playing_paints_nothing(zoomed: Page) -> None:
    zoomed.wait_for("document.querySelector('#sound').checkVisibility()")
    zoomed.run(COUNT_PAINTING + SETTLE)
    zoomed.run(f"{AUDIO}.muted = true; await {AUDIO}.play();")
    zoomed.wait_for(f"{AUDIO}.currentTime > 2.5")
    zoomed.run(f"{AUDIO}.pause()")
    assert zoomed.driver.execute_script("return n_painted") == 0
    x_px = zoomed.driver.execute_script("return new DOMMatrix(document.querySelector('#playhead').style.transform).e")
    assert x_px > 0.05 * zoomed.find("#plot").size["width"]


def test_a_page_is_turned_where_playing_leaves_the_view(zoomed: Page) -> None:
    zoomed.run(f"{AUDIO}.muted = true; {AUDIO}.currentTime = 25.5; await {AUDIO}.play();")
    zoomed.wait_for(f"{AXIS}[0] > '0:20'")
    zoomed.run(f"{AUDIO}.pause()")
    assert zoomed.driver.execute_script("return !document.querySelector('#playhead').matches('.out-of-view')")


def test_a_new_song_is_seen_whole(zoomed: Page) -> None:
    zoomed.analyse(SONG)
    zoomed.wait_for(f"{AXIS}.at(-1) === '1:40'")
    assert not zoomed.find("#overview").is_displayed()


def test_two_fingers_pull_the_song_apart(page: Page) -> None:
    page.analyse(SONG)
    page.run(
        """
        const plot = document.querySelector("#plot");
        plot.setPointerCapture = () => {};
        const { left, width } = plot.getBoundingClientRect();
        const touch = (type, pointerId, share) => plot.dispatchEvent(new PointerEvent(type, {
          pointerId, pointerType: "touch", clientX: left + share * width, bubbles: true }));
        touch("pointerdown", 1, 0.4);
        touch("pointerdown", 2, 0.6);
        touch("pointermove", 1, 0.1);
        touch("pointermove", 2, 0.9);
        touch("pointerup", 1, 0.1);
        touch("pointermove", 2, 0.95);
        touch("pointerup", 2, 0.95);
        """
    )
    page.wait_for(f"{AXIS}.length > 0 && {AXIS}[0] > '0:35' && {AXIS}.at(-1) < '1:10'")
    assert page.driver.execute_script(f"return {AUDIO}.currentTime") == pytest.approx(0.4 * 109, abs=1)


def test_live_rows_scroll_by_in_a_window_of_so_many_seconds(page: Page) -> None:
    page.run(PAGE)
    page.analyse(SONG)
    script = """
    view.show({ title: "live", media: null }, ["a", "b"], 1);
    view.followEnd(30);
    const rows = [];
    for (let i = 0; i < args[0]; i += 1) {
      rows.push([0.7, 0.3]);
      view.setRows(rows, rows.map(() => false));
    }
    """
    page.run(script, 10)
    page.wait_for(f"{AXIS}[0] === '0:00' && {AXIS}.at(-1) > '0:23'")
    page.run(script, 90)
    page.wait_for(f"{AXIS}[0] >= '1:00' && {AXIS}.at(-1) > '1:23'")
    page.run("view.unfollow()")
    page.wait_for(f"{AXIS}[0] === '0:00' && {AXIS}.at(-1) >= '1:20'")


def test_rows_that_turn_out_otherwise_are_painted_anew(page: Page) -> None:
    page.run(PAGE)
    page.analyse(SONG)
    page.run(
        """
        view.show({ title: "live", media: null }, ["a", "b"], 1);
        view.followEnd(30);
        window.rows = Array.from({ length: 20 }, (_, i) => [1, 0]);
        view.setRows(rows, rows.map(() => false));
        """
    )
    ink = """
    const canvas = document.querySelector("#canvas");
    const column = canvas.getContext("2d").getImageData(args[0] * canvas.width, 0, 1, canvas.height / 2).data;
    return column.filter((value, i) => i % 4 === 3 && value > 0).length;
    """
    first, last = 0.5 / 45, 19.5 / 45  # the strip holds half a window more
    page.wait_for(f"(() => {{ {ink.replace('args[0]', str(last))} }})() > 20")
    page.run("rows = [...rows.slice(0, 19), [0, 1], [0, 1]]; view.setRows(rows, rows.map(() => false));")
    page.wait_for(f"(() => {{ {ink.replace('args[0]', str(last))} }})() < 10")
    assert page.run(ink, first) > 20
