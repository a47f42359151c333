"""training/soundtools.py: each tool against ffmpeg's, on music."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.support import SONGS
from training.perturbations import decoded
from training.soundtools import (
    SILENT,
    Audio,
    cut,
    masked,
    mixed_to_mono,
    overlaid,
    padded,
    rechannelled,
    resampled,
    shifted,
)

RATE_HZ = 44_100


def by_ffmpeg(filters: str, *others: Path, rate_hz: int = RATE_HZ, n_channels: int = 2) -> Audio:
    """The song through ffmpeg's filters, in floating point."""
    inputs = [word for path in (SONGS / "jazz.mp3", *others) for word in ("-i", str(path))]
    command = ["ffmpeg", "-nostdin", "-v", "error", *inputs, "-filter_complex", filters, "-f", "f32le", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    return Audio(np.frombuffer(done.stdout, "<f4").reshape(-1, n_channels), rate_hz)


@pytest.fixture(scope="module")
def song() -> Audio:
    """The page's decoder and ffmpeg's differ in the last bits: what is compared comes from one of them."""
    return by_ffmpeg("anull")


def assert_same(found: Audio, expected: Audio, atol: float = 1e-6) -> None:
    assert found.rate_hz == expected.rate_hz
    assert found.samples.dtype == np.float32
    np.testing.assert_allclose(found.samples, expected.samples, atol=atol)


def level_db(audio: Audio) -> float:
    return float(10 * np.log10(np.mean(audio.samples.astype(np.float64) ** 2)))


def test_the_song_is_music_of_two_channels(song: Audio) -> None:
    assert song.duration_s == pytest.approx(13.3, abs=0.1)
    assert np.abs(song.samples[:, 0] - song.samples[:, 1]).max() > 0.01


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 2.5), (3.25, 7.0)])
def test_cut(song: Audio, start_s: float, end_s: float) -> None:
    trim = f"atrim=start_sample={round(start_s * RATE_HZ)}:end_sample={round(end_s * RATE_HZ)}"
    assert_same(cut(song, start_s, end_s), by_ffmpeg(trim))


def test_what_is_cut_ends_with_the_song(song: Audio) -> None:
    assert cut(song, 13.0, 99.0).duration_s == pytest.approx(song.duration_s - 13, abs=1e-4)
    np.testing.assert_array_equal(cut(song, -1.0).samples, song.samples)
    with pytest.raises(ValueError, match=r"nothing lies between 20 and 30 s of 13\.\d+ s"):
        cut(song, 20, 30)


def test_padded(song: Audio) -> None:
    filters = f"adelay=delays={RATE_HZ // 2}S:all=1,apad=pad_len={RATE_HZ}"
    assert_same(padded(song, before_s=0.5, after_s=1.0), by_ffmpeg(filters))


def test_shifted_later(song: Audio) -> None:
    filters = f"adelay=delays={RATE_HZ // 4}S:all=1,atrim=end_sample={len(song.samples)}"
    assert_same(shifted(song, 0.25), by_ffmpeg(filters))


def test_shifted_earlier(song: Audio) -> None:
    n = RATE_HZ // 4
    assert_same(shifted(song, -0.25), by_ffmpeg(f"atrim=start_sample={n},apad=pad_len={n}"))


def test_shifted_out_of_its_time(song: Audio) -> None:
    for by_s in (99.0, -99.0):
        gone = shifted(song, by_s)
        assert gone.samples.shape == song.samples.shape
        assert not gone.samples.any()


def test_overlaid(song: Audio) -> None:
    """At the level that ffmpeg mixes it to; the other sound is mono and shorter, and begins again."""
    other = mixed_to_mono(cut(song, 2.0, 5.0))
    mixed = overlaid(song, other, snr_db=6.0)
    over = Audio((mixed.samples - song.samples)[:, :1], RATE_HZ)
    assert level_db(mixed_to_mono(song)) - level_db(over) == pytest.approx(6, abs=0.01)
    gain = 10 ** ((level_db(over) - level_db(Audio(np.resize(other.samples, (len(song.samples), 1)), RATE_HZ))) / 20)
    part = f"atrim=start_sample={2 * RATE_HZ}:end_sample={5 * RATE_HZ},asetpts=N/SR/TB"
    mono = "pan=stereo|c0=.5*c0+.5*c1|c1=.5*c0+.5*c1"
    loop = f"aloop=loop=-1:size={3 * RATE_HZ},volume={gain:.9f}:precision=double"
    mix = f"[0]asplit[a][b];[b]{part},{mono},{loop}[over];[a][over]amix=normalize=0:duration=first"
    assert_same(mixed, by_ffmpeg(mix), atol=2e-5)


def test_silence_is_laid_over_nothing(song: Audio) -> None:
    with pytest.raises(ValueError, match="silence is at no level"):
        overlaid(song, Audio(np.zeros((100, 1), np.float32), RATE_HZ), 6.0)


def test_a_sound_of_another_rate_is_laid_over_at_its_own_pitch(song: Audio) -> None:
    time_s = np.arange(8_000) / 8_000
    tone = Audio(np.sin(2 * np.pi * 1_000 * time_s, dtype=np.float32)[:, np.newaxis], 8_000)
    added = overlaid(song, tone, 0.0).samples[: 10 * RATE_HZ, 0] - song.samples[: 10 * RATE_HZ, 0]
    assert np.abs(np.fft.rfft(added)).argmax() / 10 == pytest.approx(1_000, abs=0.1)


@pytest.mark.parametrize(
    ("channels", "pan"),
    [
        ((1, 0), "pan=stereo|c0=c1|c1=c0"),
        ((0, SILENT), "pan=stereo|c0=c0|c1=0*c0"),
        ((0, 0), "pan=stereo|c0=c0|c1=c0"),
        ((0, 1, SILENT), "pan=3.0|c0=c0|c1=c1|c2=0*c0"),
    ],
)
def test_rechannelled(song: Audio, channels: tuple[int | None, ...], pan: str) -> None:
    assert_same(rechannelled(song, channels), by_ffmpeg(pan, n_channels=len(channels)))


def test_mixed_to_mono(song: Audio) -> None:
    assert_same(mixed_to_mono(song), by_ffmpeg("pan=mono|c0=.5*c0+.5*c1", n_channels=1))


@pytest.mark.parametrize("rate_hz", [32_000, 48_000])
def test_resampled(rate_hz: int) -> None:
    """ffmpeg's filter is long here, and still has a slope: what lies on it, and the song's ends, may differ."""
    softer = f"atrim=end_sample={12 * RATE_HZ},lowpass=f=6000,lowpass=f=6000,lowpass=f=6000"
    expected = by_ffmpeg(f"{softer},aresample={rate_hz}:filter_size=256:phase_shift=14:cutoff=0.99", rate_hz=rate_hz)
    found = resampled(by_ffmpeg(softer), rate_hz)
    assert found.samples.shape == (12 * rate_hz, 2)
    inside = slice(rate_hz, 11 * rate_hz)
    error = Audio(found.samples[inside] - expected.samples[inside], rate_hz)
    assert level_db(error) - level_db(found) < -50


def test_masked_all_the_time(song: Audio) -> None:
    """Held against ffmpeg's own mask of its short-time spectrum."""
    expected = by_ffmpeg(
        "afftfilt=real='re*(1-between(b*sr/2/nb,1000,2000))':imag='im*(1-between(b*sr/2/nb,1000,2000))'"
        ":win_size=4096:overlap=0.75:win_func=hann"
    )
    found = masked(song, 1_000, 2_000)
    assert found.samples.shape == song.samples.shape
    for low_hz, high_hz in ((100, 900), (1_100, 1_900), (2_100, 8_000)):
        here, there, before = (band_db(audio, low_hz, high_hz) for audio in (found, expected, song))
        if low_hz == 1_100:
            assert here < before - 40
            assert there < before - 40
        else:
            assert here == pytest.approx(before, abs=0.05)
            assert here == pytest.approx(there, abs=0.3)


def test_masked_between_two_times(song: Audio) -> None:
    found = masked(song, 1_000, 2_000, start_s=4.0, end_s=6.0)
    apart = np.abs(found.samples - song.samples).max(axis=1)
    assert apart[: round(3.9 * RATE_HZ)].max() < 1e-6
    assert apart[round(6.1 * RATE_HZ) :].max() < 1e-6
    assert band_db(cut(found, 4.1, 5.9), 1_100, 1_900) < band_db(cut(song, 4.1, 5.9), 1_100, 1_900) - 40


def band_db(audio: Audio, low_hz: float, high_hz: float) -> float:
    """Power of a band, over the middle of the sound: its ends are windowed."""
    spectrum = np.abs(np.fft.rfft(audio.samples * np.hanning(len(audio.samples))[:, np.newaxis], axis=0)) ** 2
    hz = np.fft.rfftfreq(len(audio.samples), 1 / audio.rate_hz)
    return float(10 * np.log10(spectrum[(hz >= low_hz) & (hz < high_hz)].sum()))


def test_nothing_changes_its_argument(song: Audio) -> None:
    before = song.samples.copy()
    for changed in (cut(song, 1.0), padded(song, 1.0), shifted(song, 1.0), overlaid(song, song, 0.0),
                    rechannelled(song, (1,)), resampled(song, 8_000), masked(song, 1.0, 2_000.0)):  # fmt: skip
        assert changed is not song
    np.testing.assert_array_equal(song.samples, before)


def test_a_decoded_file_is_one_of_these() -> None:
    assert decoded(SONGS / "jazz.mp3").duration_s == pytest.approx(13.3, abs=0.1)
