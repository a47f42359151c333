"""The spectrogram of live sound: it grows with the chart, and stays when the session ends."""

from __future__ import annotations

from tests.page.browser import Page
from tests.page.test_live import PLAY_TO_PAGE, listen, stop

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
