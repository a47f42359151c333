"""The sound as it is looked at: from samples to bytes, in the helpers, and from bytes to pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.page.browser import Page
from tests.support import REPOSITORY, SONGS, make_audio

SAMPLE = REPOSITORY / "static" / "sample" / "medley.mp3"
HOP_S = 1711 / 22050

KEEP_SOUND = """
const { SongView } = await load("ui/song-view.js");
const { setSound } = SongView.prototype;
SongView.prototype.setSound = function (sound) { window.sound = sound; setSound.call(this, sound); };
"""


def frames_of(page: Page) -> np.ndarray:
    """All frames that the page was given, [n, n_bands + 1]."""
    bytes_, depth = page.run("return [pack(sound.whole().frames), sound.depth];")
    return np.asarray(bytes_).reshape(-1, depth)


def test_peaks_are_the_largest_sample_of_each_hop(module_page: Page) -> None:
    script = """
    const { Peaks } = await load("signal/peaks.js");
    const peaks = new Peaks(4);
    for (const block of [[0.1, -0.5], [], [0.2, 0.3, 0.7], [0, 0, -0.25, 0.9]]) peaks.push(Float32Array.from(block));
    return [peaks.take(1), peaks.take(9)];
    """
    (first,), rest = module_page.run(script)
    assert [first, *rest] == pytest.approx([0.5, 0.7])


def test_a_frame_has_the_loudest_of_its_mels_in_each_band_and_its_peak(module_page: Page) -> None:
    script = """
    const { bandsOf, soundPicture } = await load("signal/sound-picture.js");
    const log_mel = new Float32Array(2 * 128).fill(-100);
    log_mel[3] = -12;
    log_mel[128 + 127] = 300;
    return [bandsOf(128), bandsOf(40), [...soundPicture(log_mel, 128, [0.5, 2])]];
    """
    n_bands, n_few, picture = module_page.run(script)
    frames = np.reshape(picture, (2, 65))
    assert (n_bands, n_few) == (64, 40)
    assert frames[0, 1] == 120  # 60 dB above the lowest in half decibels
    assert frames[0, 64] == pytest.approx(127.5, abs=0.5)
    assert frames[1, 63] == 255
    assert frames[1, 64] == 255
    assert np.count_nonzero(frames) == 4


@pytest.mark.parametrize("ending", ["mp3", "wav", "ogg"])
def test_what_is_heard_where_is_seen_there(page: Page, tmp_path: Path, ending: str) -> None:
    """A beep of a second in a minute and a half of nothing, which several helpers share."""
    source = "aevalsrc='if(between(t,70,71),0.5*sin(2*PI*1000*t),0)':d=90:s=44100"
    song = make_audio(tmp_path / f"beep.{ending}", source=source)
    page.run(KEEP_SOUND)
    duration_s = page.analyse(song)["duration_s"]
    frames = frames_of(page)
    assert len(frames) == pytest.approx(duration_s / HOP_S, abs=2)
    loud = np.flatnonzero(frames[:, -1] > 60)
    assert loud[0] * HOP_S == pytest.approx(70, abs=0.15)
    assert loud[-1] * HOP_S == pytest.approx(71, abs=0.15)
    assert frames[loud[3:-3], -1] == pytest.approx(128, abs=12)
    assert (frames[loud[3:-3], :-1].argmax(axis=1) == frames[loud[5], :-1].argmax()).all()


def test_frames_beyond_the_limit_share_columns_and_the_loudest_stays(module_page: Page) -> None:
    script = """
    const { SoundFrames } = await load("signal/sound-frames.js");
    const frames = new SoundFrames(1, 0.1, 8);
    frames.push(Uint8Array.from({ length: 2 * 21 }, (_, i) => (i % 2 === 0 ? i / 2 : 100)));
    const { n_columns, column_s, loudest, highest } = frames;
    return [[...frames.columns(0, n_columns)].filter((_, i) => i % 2 === 0), column_s, loudest, highest];
    """
    tones, column_s, loudest, highest = module_page.run(script)
    assert tones == [3, 7, 11, 15, 19, 20]
    assert column_s == pytest.approx(0.4)
    assert (loudest, highest) == (20, 100)


PAINT = """
const { paintSpectrogram, paintWaveform } = await load("ui/spectrogram.js");
const [bytes, n_bands, n_columns, width, height, ends] = args;
const style = { ink: [255, 0, 0], loudest: 200, highest: 200, hairline: 1 };
return [paintSpectrogram, paintWaveform].map((paint, i) => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height: i === 0 ? n_bands : height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let from = 0;
  for (const end of ends) {
    paint(context, { bytes: Uint8Array.from(bytes.slice(0, end * (n_bands + 1))), n_bands }, from, n_columns, style);
    from = end;
  }
  return pack(context.getImageData(0, 0, width, canvas.height).data.filter((_, i) => i % 4 === 3));
});
"""


def paint(page: Page, frames: np.ndarray, width: int, ends: list[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Densities of the spectrogram, [n_bands, width], and of the outline, [40, width]."""
    n, n_bands = frames.shape[0], frames.shape[1] - 1
    tones, outline = page.run(PAINT, frames.ravel().tolist(), n_bands, n, width, 40, ends or [n])
    return tones.reshape(n_bands, width), outline.reshape(40, width)


def test_low_tones_are_below_and_loud_ones_dense(module_page: Page) -> None:
    frames = np.zeros((10, 5), int)
    frames[2, 0], frames[7, 3], frames[:, 4] = 200, 150, 100
    tones, outline = paint(module_page, frames, 100)
    assert (tones[3, 20:30] == 255).all()
    assert (tones[0, 70:80] > 0).all()
    assert (tones[0, 70:80] < 255).all()
    assert np.count_nonzero(tones) == 20
    np.testing.assert_array_equal(np.count_nonzero(outline, axis=0), 20)  # half as high as the highest


@pytest.mark.parametrize("width", [333, 20])
def test_sound_that_comes_bit_by_bit_is_as_if_painted_at_once(module_page: Page, width: int) -> None:
    frames = np.random.default_rng(1).integers(0, 200, (60, 5))
    for parts, whole in zip(
        paint(module_page, frames, width, list(range(1, 61))), paint(module_page, frames, width), strict=True
    ):
        np.testing.assert_array_equal(parts, whole)


def test_the_spectrogram_can_be_shown_and_is_on_the_next_visit_too(page: Page) -> None:
    page.analyse(SAMPLE)
    assert not page.find("#sound").is_displayed()
    page.find("#show-sound").click()
    page.wait_for("document.querySelector('#sound').checkVisibility()")
    inked = (
        "[...document.querySelectorAll('#sound canvas')].every((canvas) => canvas.width > 300 &&"
        " canvas.getContext('2d').getImageData(0, 0, canvas.width - 20, canvas.height).data.some((v) => v > 0))"
    )
    page.wait_for(inked)
    try:
        page.reload()
        page.analyse(SONGS / "metal.mp3")
        page.wait_for(f"document.querySelector('#sound').checkVisibility() && {inked}")
    finally:
        page.run("localStorage.removeItem('genrescope:sound')")


def test_why_there_is_no_spectrogram_of_a_song_that_the_server_heard_is_the_same_each_time(page: Page) -> None:
    page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const { finish } = SongView.prototype;
        SongView.prototype.finish = function (...what) { window.view = this; finish.apply(this, what); };
        """
    )
    page.analyse(SONGS / "metal.mp3")
    show = "const again = { ...analyses[0], backend: 'server', timings_ms: args[0] };"
    show += "view.showAnalysis({ title: 'again', media: null }, again)"
    for timings_ms in ({"upload": 1, "total": 2}, {"store": 1, "total": 2}):  # the second time, from the list
        page.run(show, timings_ms)
        assert "the server has heard this song" in page.text("#no-sound")


def test_an_analysis_without_its_sound_has_no_spectrogram(page: Page) -> None:
    page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const { finish } = SongView.prototype;
        SongView.prototype.finish = function (...what) { window.view = this; finish.apply(this, what); };
        """
    )
    page.find("#sample").click()
    page.wait_for("analyses.length === 1")
    page.find("#show-sound").click()
    try:
        page.wait_for("document.querySelector('#sound').checkVisibility()")
        page.run("view.showAnalysis({ title: 'saved', media: null }, analyses[0])")
        page.wait_for("!document.querySelector('#sound').checkVisibility()")
    finally:
        page.run("localStorage.removeItem('genrescope:sound')")
