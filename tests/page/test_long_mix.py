"""An hour of music: playing it costs no painting, whichever picture is looked at, and however closely."""

from __future__ import annotations

import pytest

from tests.page.browser import Page
from tests.page.test_zoom import AUDIO, COUNT_PAINTING, PAGE, SETTLE
from tests.support import SONGS

# One row a second as a network might hear them, with sound of as many seconds: 8-bit WAV, which is silent.
SHOW_AN_HOUR = """
const [n_rows, n_genres, rate_hz] = [3600, 10, 8000];
const genres = Array.from({ length: n_genres }, (_, genre) => `genre ${genre}`);
const probabilities = Array.from({ length: n_rows }, (_, second) =>
  genres.map((_, genre) => ((second + genre) % n_genres) / 45));
const head = new DataView(new ArrayBuffer(44));
const ascii = (offset, text) => [...text].forEach((c, i) => head.setUint8(offset + i, c.charCodeAt(0)));
ascii(0, "RIFF"); head.setUint32(4, 36 + n_rows * rate_hz, true); ascii(8, "WAVEfmt ");
head.setUint32(16, 16, true); head.setUint16(20, 1, true); head.setUint16(22, 1, true);
head.setUint32(24, rate_hz, true); head.setUint32(28, rate_hz, true);
head.setUint16(32, 1, true); head.setUint16(34, 8, true);
ascii(36, "data"); head.setUint32(40, n_rows * rate_hz, true);
const media = new Blob([head, new Uint8Array(n_rows * rate_hz).fill(128)], { type: "audio/wav" });
const shares = Object.fromEntries(genres.map((genre) => [genre, 0.1]));
view.showAnalysis({ title: "mix", media }, {
  model: { name: "net", version: "1" }, genres, duration_s: n_rows, step_s: 1, probabilities,
  unsure: probabilities.map((_, second) => second % 7 === 0),
  verdict: { genre: genres[0], confidence: 0.1, unsure: true, probabilities: shares },
});
"""


@pytest.fixture
def mix(page: Page) -> Page:
    """From the middle of the mix some minutes in view."""
    page.run(PAGE)
    page.analyse(SONGS / "metal.mp3")
    page.run(COUNT_PAINTING + SHOW_AN_HOUR)
    page.wait_for(f"{AUDIO}.duration > 3599")
    page.run(f"{AUDIO}.muted = true; {AUDIO}.currentTime = 1790;")
    page.find("#plot").send_keys("+++")
    return page


def test_playing_an_hour_paints_nothing(mix: Page) -> None:
    try:
        for picture in ("lanes", "heat", "stacked"):
            mix.find(f"input[name=picture][value={picture}]").click()
            mix.wait_for("n_painted > 0")
            start_s = mix.run(f"{SETTLE} await {AUDIO}.play(); return {AUDIO}.currentTime")
            mix.wait_for(f"{AUDIO}.currentTime > {start_s} + 1.5")
            mix.run(f"{AUDIO}.pause()")
            assert mix.driver.execute_script("return n_painted") == 0, picture
            assert mix.text("#readout .time") > "29:50"
    finally:
        mix.run("localStorage.removeItem('genrescope:picture')")
