"""The spectrogram of live sound: it grows with the chart, and stays when the session ends."""

from __future__ import annotations

from tests.page.browser import Page
from tests.page.live_sound import PLAY_TO_PAGE, listen, stop, wait_for_rows
from tests.page.song_list import open_row
from tests.page.test_kept_sound import KEPT_SOUNDS, PAINTED

# How far from the strip's start, in device pixels, the outline of the sound is painted.
PAINTED_TO = """(() => {
  const { width, height } = document.querySelector("#waveform");
  const { data } = document.querySelector("#waveform").getContext("2d").getImageData(0, 0, width, height);
  let last = -1;
  for (let i = 3; i < data.length; i += 4) if (data[i] > 0) last = Math.max(last, ((i - 3) / 4) % width);
  return last;
})()"""
PLAY_TONE = "const tone = context.createOscillator(); tone.connect(played); tone.start();"
SHOWN = "document.querySelector('#sound').checkVisibility()"


def test_the_spectrogram_grows_with_the_chart_and_stays_when_it_is_stopped(page: Page) -> None:
    page.run("localStorage.setItem('genrescope:sound', 'true')")
    page.reload()
    page.run(PLAY_TO_PAGE + PLAY_TONE)
    listen(page)
    first_px = page.wait_for(f"{SHOWN} && {PAINTED_TO} > 5 && {PAINTED_TO}")
    page.wait_for(f"{PAINTED_TO} > {first_px} + 10")
    width_px = page.driver.execute_script("return document.querySelector('#lanes').clientWidth")
    assert page.driver.execute_script(f"return {PAINTED_TO}") < width_px / 2  # of a minute, most is still to come
    stop(page)
    page.wait_for(f"{SHOWN} && {PAINTED_TO} > {width_px} / 2")
    assert page.find("#show-sound").is_enabled()


def test_the_spectrogram_of_a_session_is_there_on_the_next_visit(page: Page) -> None:
    page.run("localStorage.setItem('genrescope:sound', 'true')")
    page.reload()
    page.run(PLAY_TO_PAGE + PLAY_TONE)
    listen(page)
    wait_for_rows(page, 3)
    stop(page)
    title = page.text("#title")
    first = page.run(PAINTED)
    page.run(KEPT_SOUNDS, 1)
    page.reload()
    page.wait_for("document.querySelectorAll('#library-table tbody .open').length === 1")
    open_row(page, title)
    page.wait_for(SHOWN)
    assert page.run(PAINTED) == first
