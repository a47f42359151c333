"""The page with real songs: drop, watch, listen, and the next one."""

from __future__ import annotations

import json
import shutil
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.page.browser import Page
from tests.support import REPOSITORY, SONGS, make_audio

RULE = json.loads((REPOSITORY / "model" / "contract.json").read_text(encoding="utf-8"))["rows"]
SONG = SONGS / "metal.mp3"

IS_PAINTED = """(() => {
  const canvas = document.querySelector("#canvas");
  const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const columns = new Set();
  for (let i = 3; i < data.length; i += 4) if (data[i] > 0) columns.add(((i - 3) / 4) % width);
  return columns.size === width;
})()"""


def test_a_dropped_song_reaches_a_complete_chart(page: Page) -> None:
    assert page.state == "idle"
    analysis = page.analyse(SONG)
    assert page.state == "done"
    assert page.driver.execute_script("return states") == ["loading", "analysing", "done"]
    assert set(analysis) == {
        "model", "genres", "duration_s", "step_s", "probabilities", "unsure", "verdict", "timings_ms", "backend",
    }  # fmt: skip
    assert len(analysis["probabilities"]) == -(-int(analysis["duration_s"] * 1000) // 1000)
    assert all(abs(sum(row) - 1) < 1e-4 for row in analysis["probabilities"])
    assert analysis["unsure"] == [max(row) < RULE["unsure_below"] for row in analysis["probabilities"]]
    verdict = analysis["verdict"]
    assert verdict["unsure"] is (verdict["confidence"] < RULE["verdict_unsure_below"])
    assert verdict["confidence"] == max(verdict["probabilities"].values())
    assert set(analysis["timings_ms"]) >= {"decode", "features", "inference", "first_row", "total"}
    page.wait_for(IS_PAINTED)
    assert verdict["genre"] in page.text("#verdict")
    assert page.text("#title") == "metal"
    assert page.text("#shares .name") == verdict["genre"]


def test_rows_appear_while_the_song_is_still_being_decoded(page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "10-min.mp3", "-b:a", "64k", source="anoisesrc=duration=600:amplitude=0.1")
    page.analyse(SONG)  # the network is loaded
    page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const { setProgress, setRows } = SongView.prototype;
        let decoded = 0;
        SongView.prototype.setProgress = function (fraction, decoded_s) {
          decoded = fraction;
          setProgress.call(this, fraction, decoded_s);
        };
        SongView.prototype.setRows = function (rows, ...rest) {
          shown.push([rows.length, decoded]);
          setRows.call(this, rows, ...rest);
        };
        """
    )
    analysis = page.analyse(song)
    n_rows, decoded = zip(*page.driver.execute_script("return shown"), strict=True)
    assert 0 < n_rows[0] < 60
    assert decoded[0] < 0.2
    assert all(earlier <= later for earlier, later in pairwise(n_rows))
    assert n_rows[-1] == len(analysis["probabilities"]) == 600


def test_the_same_song_can_be_chosen_again(page: Page) -> None:
    first, second = page.analyse(SONG), page.analyse(SONG)
    assert first["probabilities"] == second["probabilities"]
    assert len(page.driver.execute_script("return analyses")) == 2


def test_a_song_dropped_before_the_network_is_ready_waits_for_it(page: Page) -> None:
    # Chosen in the same task as the page's own start: nothing of the network can have been loaded.
    page.reload()
    assert page.analyse(SONG)["timings_ms"]["first_row"] > 0


def test_a_file_chosen_before_the_page_has_its_script_is_taken(module_page: Page) -> None:
    script = """
    const { acceptSongs } = await load("ui/drop-zone.js");
    const input = document.createElement("input");
    input.type = "file";
    const chosen = new DataTransfer();
    chosen.items.add(new File(["x"], "early.mp3"));
    input.files = chosen.files;
    const taken = [];
    const onFiles = (found) => taken.push(...found.map(({ file }) => file.name));
    acceptSongs(input, document.createElement("button"), { onFiles });
    return [...taken, input.files.length];
    """
    assert module_page.run(script) == ["early.mp3", 0]


def test_files_can_be_dropped_anywhere(page: Page) -> None:
    page.run(
        """
        const response = await fetch("static/sample/medley.mp3");
        const carried = new DataTransfer();
        carried.items.add(new File([await response.blob()], "dropped song.mp3"));
        const drop = (type) => document.querySelector("h1").dispatchEvent(
          new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
        drop("dragenter");
        shown.push(document.documentElement.className);
        drop("dragover");
        drop("drop");
        """
    )
    page.wait_for("analyses.length === 1")
    assert page.driver.execute_script("return shown[0]") == "dragging"
    assert page.text("#title") == "dropped song"


def test_the_sample_song_is_a_click_away(page: Page) -> None:
    page.find("#sample").click()
    page.wait_for("analyses.length === 1")
    assert page.state == "done"


HOLD_THE_SAMPLE = """
const { fetch } = window;
window.fetch = async (url, ...rest) => {
  if (String(url).includes("sample")) await new Promise((resolve) => { window.letGo = resolve; });
  return fetch(String(url).includes("sample") ? String(url) + args[0] : url, ...rest);
};
"""


@pytest.mark.parametrize("ending", ["", ".gone"], ids=["arrives", "fails"])
def test_a_sample_that_comes_late_leaves_the_visitors_own_song_alone(page: Page, ending: str) -> None:
    page.run(HOLD_THE_SAMPLE, ending)
    page.find("#sample").click()
    assert page.state == "loading"
    page.analyse(SONG)
    page.run("letGo(); await new Promise((resolve) => setTimeout(resolve, 500))")
    assert (page.state, page.text("#title"), page.text("#alert")) == ("done", "metal", "")
    assert page.driver.execute_script("return analyses.length") == 1
    page.console()  # the browser's own line about a file that is not there


def test_a_song_does_not_end_the_wait_for_the_sample_chosen_right_after_it(page: Page) -> None:
    page.run(
        HOLD_THE_SAMPLE
        + """
        const carried = new DataTransfer();
        carried.items.add(new File([await (await fetch("static/sample/medley.mp3")).blob()], "dropped.mp3"));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        document.querySelector("#sample").click();
        """,
        "",
    )
    time.sleep(4)  # the dropped song would be done by now
    assert page.state == "loading"
    page.run("letGo()")
    page.wait_for("analyses.length > 0")
    assert page.text("#title") == "Genrescope sample medley"


def test_a_sample_that_cannot_be_had_is_an_error_in_words(page: Page) -> None:
    page.run(HOLD_THE_SAMPLE, ".gone")
    page.find("#sample").click()
    page.run("letGo()")
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert "The sample song could not be loaded." in page.text("#alert")
    page.console()  # the browser's own line about a file that is not there


@pytest.mark.parametrize("song", sorted((SONGS / "formats").iterdir()), ids=lambda song: song.name)
def test_every_format_that_the_browser_decodes(visited_page: Page, song: Path) -> None:
    analysis = visited_page.analyse(song)
    assert 3 < analysis["duration_s"] < 30
    assert visited_page.find("#audio").is_displayed()


def test_names_of_any_kind(visited_page: Page, tmp_path: Path) -> None:
    song = tmp_path / "söng & <b>名 #1%20.mp3"
    song.write_bytes(SONG.read_bytes())
    visited_page.analyse(song)
    assert visited_page.text("#title") == "söng & <b>名 #1%20"


def test_a_file_is_known_by_its_content_not_its_name(visited_page: Page, tmp_path: Path) -> None:
    shutil.copy(SONG, tmp_path / "holiday.jpg")
    assert visited_page.analyse(tmp_path / "holiday.jpg")["duration_s"] > 5


def test_the_song_plays_and_the_chart_follows(page: Page) -> None:
    page.analyse(SONG)
    page.run("await document.querySelector('audio').play()")
    page.wait_for("document.querySelector('audio').currentTime > 1.2")
    page.driver.execute_script("document.querySelector('audio').pause()")
    second = "String(Math.floor(document.querySelector('audio').currentTime)).padStart(2, '0')"
    page.wait_for(f"document.querySelector('#readout .time').textContent === '0:' + {second}")
    moved = page.driver.execute_script("return new DOMMatrix(document.querySelector('#playhead').style.transform).m41")
    assert moved > 0


# Chosen twice within a frame, as by a key that repeats; then what is asked to be called within ten frames.
PLAY_AGAIN_AND_AGAIN = """
const audio = document.querySelector("audio");
const nextFrame = window.requestAnimationFrame.bind(window);
for (let i = 0; i < 5; i += 1) {
  audio.pause();
  audio.play().catch(() => {});
}
await new Promise((resolve) => audio.addEventListener("timeupdate", resolve, { once: true }));
let n_looks = 0;
window.requestAnimationFrame = (look) => {
  n_looks += 1;
  return nextFrame(look);
};
for (let i = 0; i < 10; i += 1) await new Promise(nextFrame);
audio.pause();
return n_looks;
"""


def test_pausing_and_going_on_is_no_more_work(page: Page) -> None:
    page.analyse(SONG)
    assert 0 < page.run(PLAY_AGAIN_AND_AGAIN) < 25  # one a frame, and what is painted now and then


def test_a_click_on_the_chart_seeks(page: Page) -> None:
    duration_s = page.analyse(SONG)["duration_s"]
    plot = page.find("#plot")
    ActionChains(page.driver).move_to_element_with_offset(plot, plot.size["width"] // 4, 0).click().perform()
    at_s = page.driver.execute_script("return document.querySelector('audio').currentTime")
    assert at_s == pytest.approx(0.75 * duration_s, abs=0.5)


def test_dragging_on_the_chart_seeks_all_along(page: Page) -> None:
    duration_s = page.analyse(SONG)["duration_s"]
    plot = page.find("#plot")
    width = plot.size["width"]
    actions = ActionChains(page.driver).move_to_element_with_offset(plot, -width // 4, 0).click_and_hold()
    actions.move_by_offset(width // 4, 0).release().perform()
    at_s = page.driver.execute_script("return document.querySelector('audio').currentTime")
    assert at_s == pytest.approx(duration_s / 2, abs=0.5)


def test_keys_move_through_the_song_and_read_it(page: Page) -> None:
    analysis = page.analyse(SONG)
    plot = page.find("#plot")
    plot.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    page.wait_for("Math.abs(document.querySelector('audio').currentTime - 2) < 0.01")
    spoken = plot.get_attribute("aria-valuetext")
    likeliest = analysis["genres"][int(np.argmax(analysis["probabilities"][2]))]
    told = f"unsure, most like {likeliest} (" if analysis["unsure"][2] else f"{likeliest} "
    assert spoken.startswith(f"0:02, {told}")
    plot.send_keys(Keys.HOME)
    page.wait_for("document.querySelector('audio').currentTime === 0")
    plot.send_keys(Keys.END)
    page.wait_for("document.querySelector('audio').currentTime > 5")


def test_hovering_reads_a_second_without_seeking(page: Page) -> None:
    page.analyse(SONG)
    plot = page.find("#plot")
    ActionChains(page.driver).move_to_element(plot).perform()
    hovered = page.text("#readout .time")
    assert hovered != "0:00"
    assert page.driver.execute_script("return document.querySelector('audio').currentTime") == 0
    ActionChains(page.driver).move_to_element(page.find("h1")).perform()
    assert page.text("#readout .time") == "0:00"


def test_a_song_that_the_browser_cannot_play_still_gets_its_chart(page: Page, tmp_path: Path) -> None:
    # MPEG layer II: mpg123 decodes it, Chromium does not play it.
    song = make_audio(tmp_path / "layer2.mp2", "-c:a", "mp2", source="anoisesrc=duration=6:amplitude=0.3")
    page.analyse(song)
    page.wait_for("document.querySelector('#not-playable').checkVisibility()")
    assert not page.find("#audio").is_displayed()
    page.find("#plot").send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert page.text("#readout .time") == "0:02"
    page.analyse(SONG)
    assert page.find("#audio").is_displayed()
