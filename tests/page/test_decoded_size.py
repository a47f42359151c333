"""Files that only the browser decodes, and whole: those that would take too much memory are refused before."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.support import make_audio

SIZE = """
const file = new Blob([Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0))]);
const { decodedBytes } = await load("decode/decoded-size.js");
const { identify } = await load("decode/identify.js");
return decodedBytes(file, await identify(file));
"""


@pytest.mark.parametrize(
    ("name", "options", "rate_hz", "n_channels"),
    [
        ("a.m4a", ("-c:a", "aac", "-ar", "44100", "-ac", "2"), 44100, 2),
        ("a.m4a", ("-c:a", "aac", "-ar", "22050", "-ac", "2", "-movflags", "faststart"), 22050, 2),
        ("a.m4a", ("-c:a", "alac", "-ar", "96000", "-ac", "2"), 96000, 2),
        ("a.webm", ("-c:a", "libopus", "-ac", "2"), 48000, 2),
        ("a.webm", ("-c:a", "libvorbis", "-ar", "32000", "-ac", "1"), 32000, 1),
        ("a.wav", ("-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"), 8000, 1),
    ],
)
def test_the_header_tells(
    module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...], rate_hz: int, n_channels: int
) -> None:
    song = make_audio(tmp_path / name, *options, source="anoisesrc=duration=9")
    found = module_page.run(SIZE, base64.b64encode(song.read_bytes()).decode())
    assert found == pytest.approx(9 * rate_hz * n_channels * 4, rel=0.03)


@pytest.mark.parametrize(("name", "options"), [("a.aac", ("-b:a", "128k")), ("a.caf", ())])
def test_a_file_that_does_not_say_is_guessed_by_its_bytes(
    module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    song = make_audio(tmp_path / name, "-ac", "2", *options, source="anoisesrc=duration=9")
    found = module_page.run(SIZE, base64.b64encode(song.read_bytes()).decode())
    assert found == 11 * song.stat().st_size


def test_too_long_for_memory_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    """A file that says that it plays for hours."""
    song = make_audio(tmp_path / "a.m4a", "-c:a", "alac", "-ar", "44100", "-ac", "2")
    content = bytearray(song.read_bytes())
    header = content.index(b"mdhd") + 4
    timescale, duration = struct.unpack(">II", content[header + 12 : header + 20])
    assert (timescale, round(duration / timescale)) == (44100, 3)
    content[header + 16 : header + 20] = struct.pack(">I", 3 * 3600 * timescale)
    song.write_bytes(content)
    assert "too long to be decoded in this browser's memory" in page.refusal(song)


def test_what_comes_in_pieces_may_be_of_any_length(page: Page, tmp_path: Path) -> None:
    """The same of a FLAC file, which is never decoded whole: what its header says does not matter."""
    song = make_audio(tmp_path / "a.flac", "-ar", "44100", "-ac", "2")
    content = bytearray(song.read_bytes())
    content[21] |= 0x0F  # the highest bits of the number of samples
    song.write_bytes(content)
    assert page.analyse(song)["duration_s"] == pytest.approx(3)
