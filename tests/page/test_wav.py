"""WAV files: samples as ffmpeg reads them, whatever their form, a segment at a time."""

from __future__ import annotations

import base64
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page
from tests.parity.test_page_and_predict import assert_same
from tests.support import ServerProcess, make_audio

NOISE = "anoisesrc=duration=2:seed=3:amplitude=1"
SURROUND = "pan=5.1|FL=c0|FR=0.5*c0|FC=c0|LFE=0.2*c0|BL=c0|BR=c0"
PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")

READ = """
const file = new Blob([Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0))]);
const { identify } = await load("decode/identify.js");
const { pcmStretch, readPcm } = await load("decode/pcm/format.js");
const { by, layout } = await identify(file);
if (by !== "pcm") return { by };
const { bytes, format } = pcmStretch(file, layout)(0, layout.n_samples);
const channels = readPcm(new Uint8Array(await bytes.arrayBuffer()), format);
return { by, sample_rate_hz: layout.sample_rate_hz, channels: channels.map(pack) };
"""


def read(page: Page, content: bytes) -> dict[str, Any]:
    return dict(page.run(READ, base64.b64encode(content).decode()))


def read_by_ffmpeg(song: Path, n_channels: int) -> np.ndarray:
    """[n_channels, n], float32."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", song, "-f", "f32le", "-"]
    return (
        np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, "<f4").reshape(-1, n_channels).T
    )


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(content) if size is None else size) + content + bytes(len(content) % 2)


def wav(*chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, chunks))) + b"WAVE" + b"".join(chunks)


def fmt(tag: int = 1, n_channels: int = 1, rate_hz: int = 8000, bits: int = 16, extension: bytes = b"") -> bytes:
    block = n_channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, n_channels, rate_hz, rate_hz * block, block, bits) + extension)


SAMPLES = np.arange(-6000, 6000, 3, dtype="<i2")
DATA = chunk(b"data", SAMPLES.tobytes())


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"])
@pytest.mark.parametrize(("n_channels", "options"), [(1, ()), (2, ("-ac", "2")), (6, ("-af", SURROUND))])
def test_the_samples_are_ffmpegs(
    module_page: Page, tmp_path: Path, codec: str, n_channels: int, options: tuple[str, ...]
) -> None:
    song = make_audio(tmp_path / "a.wav", *options, "-ar", "11025", "-c:a", codec, source=NOISE)
    found = read(module_page, song.read_bytes())
    assert found["sample_rate_hz"] == 11025
    np.testing.assert_array_equal(np.array(found["channels"]), read_by_ffmpeg(song, n_channels))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(wav(fmt(), DATA), id="plain"),
        pytest.param(wav(chunk(b"LIST", bytes(101)), fmt(), chunk(b"id3 ", bytes(300_001)), DATA), id="odd chunks"),
        pytest.param(wav(fmt(), DATA, chunk(b"LIST", b"behind")), id="a chunk behind"),
        pytest.param(wav(fmt(), chunk(b"data", SAMPLES.tobytes(), size=0)), id="size 0"),
        pytest.param(wav(fmt(), chunk(b"data", SAMPLES.tobytes(), size=0xFFFFFFFF)), id="size unknown"),
        pytest.param(wav(fmt(), chunk(b"data", SAMPLES.tobytes(), size=99_999)), id="cut off"),
        pytest.param(
            b"RF64\xff\xff\xff\xffWAVE"
            + chunk(b"ds64", struct.pack("<QQQI", 0, SAMPLES.nbytes, len(SAMPLES), 0))
            + fmt()
            + chunk(b"data", SAMPLES.tobytes(), size=0xFFFFFFFF)
            + chunk(b"LIST", bytes(100)),
            id="RF64",
        ),
        pytest.param(b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + wav(fmt(), DATA), id="behind an ID3 tag"),
        pytest.param(
            wav(fmt(0xFFFE, extension=struct.pack("<HHI", 22, 16, 4) + PCM_GUID), DATA), id="WAVE_FORMAT_EXTENSIBLE"
        ),
    ],
)
def test_wherever_the_samples_lie(module_page: Page, tmp_path: Path, content: bytes) -> None:
    song = tmp_path / "a.wav"
    song.write_bytes(content)
    found = read(module_page, content)
    np.testing.assert_array_equal(np.array(found["channels"]), read_by_ffmpeg(song, 1))
    np.testing.assert_array_equal(np.array(found["channels"]), [SAMPLES / np.float32(32768)])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(wav(fmt()), id="no samples"),
        pytest.param(wav(fmt(), chunk(b"data", b"")), id="an empty chunk of samples"),
        pytest.param(wav(DATA, fmt()), id="samples before their form"),
        pytest.param(wav(fmt(6, bits=8), DATA), id="A-law"),
        pytest.param(wav(fmt(3, bits=16), DATA), id="floats of 16 bits"),
        pytest.param(wav(fmt(n_channels=0), DATA), id="no channels"),
        pytest.param(wav(fmt(rate_hz=0), DATA), id="no rate"),
        pytest.param(wav(chunk(b"fmt ", b"\x01\x00"), DATA), id="cut-off form"),
        pytest.param(wav(bytes(100_000)), id="zeros instead of chunks"),
    ],
)
def test_what_we_cannot_read_is_left_to_the_browser(module_page: Page, content: bytes) -> None:
    assert read(module_page, content) == {"by": "browser"}


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-ar", "96000", "-ac", "2", "-c:a", "pcm_s24le"), id="96 kHz, 24 bits"),
        pytest.param(("-ar", "44100", "-af", SURROUND, "-c:a", "pcm_s16le"), id="5.1"),
        pytest.param(("-ar", "8000", "-c:a", "pcm_u8"), id="8 kHz, 8 bits"),
    ],
)
def test_a_song_of_several_segments(
    visited_page: Page, ready_server: ServerProcess, tmp_path: Path, options: tuple[str, ...]
) -> None:
    source = "aevalsrc=0.4*sin(2*PI*220*t)*sin(t)+0.1*random(0):duration=45"
    assert_same(visited_page, ready_server, make_audio(tmp_path / "a.wav", *options, source=source))


def test_no_samples_is_said_in_words(page: Page, tmp_path: Path) -> None:
    song = tmp_path / "a.wav"
    song.write_bytes(wav(fmt(), chunk(b"data", b"")))
    assert "damaged or cut off" in page.refusal(song)
