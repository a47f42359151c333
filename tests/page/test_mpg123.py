"""The decoder of MPEG audio gives the mean of the channels, whatever way an encoder stored them."""

from __future__ import annotations

import base64
import subprocess
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.page.browser import Page
from tests.support import make_audio

SCRIPT = """
const { createMpegDecoder } = await load("decode/mpeg/mpg123.js");
const decoder = await createMpegDecoder({ is_gapless: false });
const bytes = Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0));
const blocks = [];
for (const { samples, sample_rate_hz } of decoder.decode(bytes)) {
  blocks.push({ samples: pack(samples), sample_rate_hz });
}
decoder.free();
return blocks;
"""
# Clicks, each channel at times of its own, for which an encoder changes its windows; and what both have in common.
LEFT = "sin(2000*t)/5+(random(0)-0.5)*(0.02+lt(mod(t,0.37),0.01))"
RIGHT = "sin(2000*t)/5+(random(1)-0.5)*(0.02+lt(mod(t,0.23),0.01))"
MP3 = ("-c:a", "libmp3lame", "-write_xing", "0")
ROUNDING = 2e-6
TWO_DECODERS = 1e-5  # measured: 4e-6
FRAME = 1152  # samples at most


def noise(*channels: str) -> str:
    """Three seconds of them, for ffmpeg."""
    expressions = "|".join(channels).replace(",", "\\,")
    return f"aevalsrc=exprs={expressions}:s=48000:d=3"


def decoded(page: Page, content: bytes, rate_hz: int) -> npt.NDArray[np.float32]:
    blocks = decoded_blocks(page, content)
    assert {rate for rate, _ in blocks} == {rate_hz}
    return np.concatenate([samples for _, samples in blocks])


def decoded_blocks(page: Page, content: bytes) -> list[tuple[int, npt.NDArray[np.float32]]]:
    """Sample rates, and what came at each."""
    blocks = page.run(SCRIPT, base64.b64encode(content).decode())
    return [(block["sample_rate_hz"], block["samples"]) for block in blocks]


def mean_by_ffmpeg(song: Path, decoder: str, n_channels: int) -> npt.NDArray[np.float32]:
    """Independent of libmpg123: all channels, then their mean."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-c:a", decoder, "-i", song, "-f", "f32le", "-"]
    pcm = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    mean: npt.NDArray[np.float32] = np.frombuffer(pcm, dtype=np.float32).reshape(-1, n_channels).mean(axis=1)
    return mean


@pytest.mark.parametrize(
    ("n_channels", "rate_hz", "options"),
    [
        pytest.param(2, 48000, (*MP3, "-b:a", "128k", "-joint_stereo", "1"), id="joint stereo"),
        pytest.param(2, 48000, (*MP3, "-b:a", "192k", "-joint_stereo", "0"), id="plain stereo"),
        pytest.param(2, 22050, (*MP3, "-b:a", "64k", "-ar", "22050"), id="MPEG 2"),
        pytest.param(2, 8000, (*MP3, "-b:a", "24k", "-ar", "8000"), id="MPEG 2.5"),
        pytest.param(2, 48000, ("-c:a", "mp2", "-b:a", "192k", "-f", "mp2"), id="layer II"),
        pytest.param(1, 48000, (*MP3, "-b:a", "64k", "-ac", "1"), id="mono"),
    ],
)
def test_the_mean_of_the_channels(
    module_page: Page, tmp_path: Path, n_channels: int, rate_hz: int, options: tuple[str, ...]
) -> None:
    song = make_audio(tmp_path / "song.mp3", *options, source=noise(LEFT, RIGHT))
    expected = mean_by_ffmpeg(song, "mp2float" if "mp2" in options else "mp3float", n_channels)
    found = decoded(module_page, song.read_bytes(), rate_hz)
    n = min(len(found), len(expected))
    assert n > 2.9 * rate_hz
    np.testing.assert_allclose(found[:n], expected[:n], rtol=0, atol=TWO_DECODERS)


def test_channels_whose_windows_differ(module_page: Page, tmp_path: Path) -> None:
    """Two mono songs as the channels of one, which no encoder at hand would leave with windows of their own."""
    options = (*MP3, "-b:a", "128k", "-reservoir", "0")
    left = make_audio(tmp_path / "left.mp3", *options, source=noise(LEFT)).read_bytes()
    right = make_audio(tmp_path / "right.mp3", *options, source=noise(RIGHT)).read_bytes()
    expected = (decoded(module_page, left, 48000) + decoded(module_page, right, 48000)) / 2
    found = decoded(module_page, as_stereo(left, right), 48000)
    np.testing.assert_allclose(found, expected, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("rates_hz", [(44100, 22050), (44100, 48000), (8000, 48000, 8000)])
def test_samples_come_at_the_rate_of_their_own_frames(
    module_page: Page, tmp_path: Path, rates_hz: tuple[int, ...]
) -> None:
    """Recordings joined in one file: the second ones lie in the middle of what is decoded at once."""
    names = (tmp_path / f"{number}.mp3" for number in range(len(rates_hz)))
    songs = [
        make_audio(name, *MP3, "-b:a", "32k", "-ar", str(rate_hz), source=noise(LEFT)).read_bytes()
        for name, rate_hz in zip(names, rates_hz, strict=True)
    ]
    found = decoded_blocks(module_page, b"".join(songs))
    stretches = [(rate, [samples for _, samples in blocks]) for rate, blocks in groupby(found, lambda block: block[0])]
    assert tuple(rate for rate, _ in stretches) == rates_hz
    for song, (rate_hz, blocks) in zip(songs, stretches, strict=True):
        alone, joined = decoded(module_page, song, rate_hz), np.concatenate(blocks)
        np.testing.assert_allclose(joined[FRAME:], alone[FRAME : len(joined)], rtol=0, atol=ROUNDING)
        assert len(joined) > len(alone) - FRAME


MONO_BYTES, STEREO_BYTES = 384, 768  # a frame of 128 and of 256 kb/s at 48 kHz
HEADER_BITS, MONO_SIDE_BITS, GRANULE_SIDE_BITS = 32, 136, 59


def as_stereo(left: bytes, right: bytes) -> bytes:
    """Of two mono songs at 48 kHz, 128 kb/s, without a bit reservoir, one in stereo at 256 kb/s (ISO 11172-3, 2.4)."""
    starts = [song.index(b"\xff\xfb\x94") for song in (left, right)]
    n_frames = min((len(song) - start) // MONO_BYTES for song, start in zip((left, right), starts, strict=True))
    frames = []
    for number in range(n_frames):
        at = number * MONO_BYTES
        mono = [song[start + at :][:MONO_BYTES] for song, start in zip((left, right), starts, strict=True)]
        frames.append(stereo_frame(*mono))
    return b"".join(frames)


def stereo_frame(left: bytes, right: bytes) -> bytes:
    header = bytes([0xFF, 0xFB, 0xD4, left[3] & 0x3F])
    bits = [f"{int.from_bytes(frame):0{8 * MONO_BYTES}b}"[HEADER_BITS:] for frame in (left, right)]
    shared_factors = [channel[14:18] for channel in bits]
    sides, sounds = [], []
    at = [MONO_SIDE_BITS, MONO_SIDE_BITS]
    for granule in range(2):
        for number, channel in enumerate(bits):
            side = channel[18 + granule * GRANULE_SIDE_BITS :][:GRANULE_SIDE_BITS]
            n = int(side[:12], 2)  # part2_3_length
            sides.append(side)
            sounds.append(channel[at[number] : at[number] + n])
            at[number] += n
    content = "".join(["0" * 12, *shared_factors, *sides, *sounds]).ljust(8 * (STEREO_BYTES - 4), "0")
    return header + int(content, 2).to_bytes(STEREO_BYTES - 4)
