"""AIFF and AIFF-C files: samples as ffmpeg reads them, whatever their form, a segment at a time."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.page.browser import Page
from tests.page.test_wav import NOISE, SURROUND, read, read_by_ffmpeg
from tests.parity.test_page_and_predict import assert_same
from tests.support import ServerProcess, make_audio

SAMPLES = np.arange(-6000, 6000, 3, dtype=">i2")
RATES = {8000: "400bfa00000000000000", 44100: "400eac44000000000000", 0: "00000000000000000000"}


@pytest.mark.parametrize(
    "codec", ["pcm_s8", "pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_s16le", "pcm_f32be", "pcm_f64be"]
)
@pytest.mark.parametrize(("n_channels", "options"), [(1, ()), (2, ("-ac", "2")), (6, ("-af", SURROUND))])
def test_the_samples_are_ffmpegs(
    shared_module_page: Page, tmp_path: Path, codec: str, n_channels: int, options: tuple[str, ...]
) -> None:
    song = make_audio(tmp_path / "a.aiff", *options, "-ar", "11025", "-c:a", codec, source=NOISE)
    found = read(shared_module_page, song.read_bytes())
    assert found["sample_rate_hz"] == 11025
    np.testing.assert_array_equal(np.array(found["channels"]), read_by_ffmpeg(song, n_channels))


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    return name + struct.pack(">I", len(content) if size is None else size) + content + bytes(len(content) % 2)


def aiff(*chunks: bytes, kind: bytes = b"AIFF") -> bytes:
    return b"FORM" + struct.pack(">I", 4 + sum(map(len, chunks))) + kind + b"".join(chunks)


def common(
    n_channels: int = 1, n_samples: int = len(SAMPLES), bits: int = 16, rate_hz: int = 8000, kind: bytes = b""
) -> bytes:
    return chunk(b"COMM", struct.pack(">HIH", n_channels, n_samples, bits) + bytes.fromhex(RATES[rate_hz]) + kind)


def samples(content: bytes = SAMPLES.tobytes(), offset: int = 0, size: int | None = None) -> bytes:
    return chunk(b"SSND", struct.pack(">II", offset, 0) + bytes(offset) + content, size)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(aiff(common(), samples()), id="plain"),
        pytest.param(aiff(samples(), common()), id="samples before their form"),
        pytest.param(aiff(common(), samples(offset=6)), id="samples that begin later"),
        pytest.param(
            aiff(chunk(b"NAME", b"odd"), common(), chunk(b"ID3 ", bytes(300_001)), samples()), id="odd chunks"
        ),
        pytest.param(aiff(common(n_samples=99_999), samples(size=999_999)), id="cut off"),
        pytest.param(aiff(common(), samples(SAMPLES.tobytes() + bytes(999))), id="more bytes than samples"),
        pytest.param(
            aiff(common(kind=b"NONE\x0enot compressed\x00"), samples(), kind=b"AIFC"), id="AIFF-C, not compressed"
        ),
        pytest.param(
            aiff(common(kind=b"sowt\x00\x00"), samples(SAMPLES.astype("<i2").tobytes()), kind=b"AIFC"),
            id="AIFF-C, little-endian",
        ),
        pytest.param(aiff(common(kind=b"twos\x00\x00"), samples(), kind=b"AIFC"), id="AIFF-C, big-endian"),
        pytest.param(aiff(common(bits=12), samples()), id="12 bits in two bytes"),
        pytest.param(
            b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + aiff(common(), samples()), id="behind an ID3 tag"
        ),
    ],
)
def test_wherever_the_samples_lie(shared_module_page: Page, content: bytes) -> None:
    found = read(shared_module_page, content)
    assert found["sample_rate_hz"] == 8000
    np.testing.assert_array_equal(np.array(found["channels"]), [SAMPLES / np.float32(32768)])


def test_24_bits_whose_header_says_16(shared_module_page: Page) -> None:
    """As QuickTime writes it: the name counts."""
    content = b"".join(struct.pack(">i", number * 1000)[1:] for number in range(-4000, 4000))
    found = read(shared_module_page, aiff(common(n_samples=8000, kind=b"in24\x00\x00"), samples(content), kind=b"AIFC"))
    np.testing.assert_array_equal(np.array(found["channels"])[0], np.arange(-4000, 4000) * np.float32(1000 / 2**23))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(aiff(common()), id="no samples"),
        pytest.param(aiff(samples()), id="no form"),
        pytest.param(aiff(common(), samples(b"")), id="an empty chunk of samples"),
        pytest.param(aiff(common(), samples(offset=2, size=9)), id="samples that begin behind their end"),
        pytest.param(aiff(common(n_channels=0), samples()), id="no channels"),
        pytest.param(aiff(common(rate_hz=0), samples()), id="no rate"),
        pytest.param(aiff(common(bits=0), samples()), id="no bits"),
        pytest.param(aiff(common(bits=40), samples()), id="five bytes"),
        pytest.param(aiff(common(kind=b"ima4\x00\x00"), samples(), kind=b"AIFC"), id="compressed"),
        pytest.param(aiff(chunk(b"COMM", b"\x00\x01"), samples()), id="cut-off form"),
        pytest.param(aiff(bytes(100_000)), id="zeros instead of chunks"),
    ],
)
def test_what_we_cannot_read_is_left_to_the_browser(shared_module_page: Page, content: bytes) -> None:
    assert read(shared_module_page, content) == {"by": "browser"}


def test_it_is_analysed_where_it_cannot_be_played(page: Page, ready_server: ServerProcess, tmp_path: Path) -> None:
    """Chromium's <audio> element does not take AIFF: the page says so, beside the chart."""
    song = make_audio(
        tmp_path / "a.aiff", "-ar", "44100", "-ac", "2", source="aevalsrc=0.4*sin(440*PI*t*t):duration=45"
    )
    assert_same(page, ready_server, song)
    page.wait_for("!document.querySelector('#not-playable').hidden")
    assert "cannot play this file, but it can show its genres" in page.text("#not-playable")
