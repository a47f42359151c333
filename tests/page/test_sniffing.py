"""static/decode/: what a file is and at which rate, by its content alone; checked on files that ffmpeg made."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.support import SONGS, make_audio

IDENTIFY = """
const bytes = Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0));
const { identify } = await load("decode/identify.js");
return identify(new Blob([bytes])).catch((error) => ({ code: error.code, details: error.details }));
"""


def identified(page: Page, content: bytes) -> dict[str, object]:
    return dict(page.run(IDENTIFY, base64.b64encode(content).decode()))


@pytest.mark.parametrize(
    ("name", "options", "container", "rate_hz"),
    [
        ("adpcm.wav", ["-ar", "44100", "-c:a", "adpcm_ms"], "compressed WAV", 44100),
        ("a.webm", ["-ar", "24000", "-c:a", "libopus"], "WebM", 48000),
        ("adpcm.aiff", ["-ar", "22050", "-c:a", "adpcm_ima_qt"], "AIFF", 22050),
    ],
)
def test_containers_and_their_rates(
    shared_module_page: Page, tmp_path: Path, name: str, options: list[str], container: str, rate_hz: int
) -> None:
    content = make_audio(tmp_path / name, *options).read_bytes()
    assert identified(shared_module_page, content) == {
        "by": "browser",
        "container": container,
        "sample_rate_hz": rate_hz,
    }


@pytest.mark.parametrize(
    ("name", "options", "container", "rate_hz"),
    [
        ("a.flac", ["-ar", "96000"], "FLAC", 96000),
        ("a.ogg", ["-ar", "32000", "-ac", "2", "-c:a", "vorbis", "-strict", "-2"], "Ogg", 32000),
        ("flac.ogg", ["-ar", "48000", "-c:a", "flac"], "Ogg", 48000),
        ("a.opus", ["-ar", "24000", "-c:a", "libopus"], "Ogg", 48000),
        ("a.aac", ["-ar", "44100", "-c:a", "aac"], "AAC", 44100),
        ("fast.m4a", ["-ar", "22050", "-c:a", "aac", "-movflags", "faststart"], "MP4", 22050),
        ("alac.m4a", ["-ar", "96000", "-c:a", "alac"], "MP4", 96000),
        ("a.m4a", ["-ar", "32000", "-c:a", "aac"], "MP4", 32000),
    ],
)
def test_what_consists_of_packets_is_told_apart(
    shared_module_page: Page, tmp_path: Path, name: str, options: list[str], container: str, rate_hz: int
) -> None:
    content = make_audio(tmp_path / name, *options).read_bytes()
    expected = {"by": "packets", "container": container, "sample_rate_hz": rate_hz, "first_byte": 0}
    assert identified(shared_module_page, content) == expected


@pytest.mark.parametrize(("codec", "rate_hz"), [("pcm_s16le", 11025), ("pcm_s24le", 96000)])
def test_wav_is_for_ourselves(shared_module_page: Page, tmp_path: Path, codec: str, rate_hz: int) -> None:
    content = make_audio(tmp_path / "a.wav", "-ar", str(rate_hz), "-c:a", codec).read_bytes()
    found = identified(shared_module_page, content)
    layout = found.pop("layout")
    assert found == {"by": "pcm", "container": "WAV", "sample_rate_hz": rate_hz}
    assert isinstance(layout, dict)
    assert layout["n_samples"] == 3 * rate_hz


def test_aac_with_spectral_band_replication_has_the_rate_that_comes_out(
    shared_module_page: Page, tmp_path: Path
) -> None:
    content = make_audio(tmp_path / "a.m4a", "-ar", "22050", "-ac", "2", "-c:a", "aac").read_bytes()
    plain = b"\x13\x90\x56\xe5\x00"  # AudioSpecificConfig: AAC LC, 22,050 Hz, stereo
    assert content.count(plain) == 1
    replicating = content.replace(plain, b"\x2b\x92\x00\x00\x00")  # SBR, 22,050 Hz, stereo, 44,100 Hz out
    assert identified(shared_module_page, replicating)["sample_rate_hz"] == 44100


@pytest.mark.parametrize(
    "options", [["-ar", "44100"], ["-ar", "22050"], ["-ar", "8000"], ["-c:a", "mp2", "-ar", "48000"]]
)
def test_mpeg_audio_is_for_mpg123(shared_module_page: Page, tmp_path: Path, options: list[str]) -> None:
    suffix = "mp2" if "mp2" in options else "mp3"
    content = make_audio(tmp_path / f"a.{suffix}", *options, "-id3v2_version", "0").read_bytes()
    assert identified(shared_module_page, content) == {"by": "mpg123", "first_byte": 0}


def test_an_id3_tag_and_junk_are_skipped(shared_module_page: Page, tmp_path: Path) -> None:
    frames = make_audio(tmp_path / "a.mp3", "-id3v2_version", "0").read_bytes()
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 2, 44]) + bytes(300)  # 2 * 128 + 44 = 300 bytes
    junk = b"\xff\xfb\x90\x00" + bytes(100_000)  # begins like a frame, but none follows
    assert identified(shared_module_page, tag + frames) == {"by": "mpg123", "first_byte": 310}
    assert identified(shared_module_page, junk + frames) == {"by": "mpg123", "first_byte": len(junk)}
    assert identified(shared_module_page, tag + junk + frames) == {"by": "mpg123", "first_byte": 310 + len(junk)}


def test_a_tag_longer_than_the_file_does_not_hide_the_song(shared_module_page: Page, tmp_path: Path) -> None:
    frames = make_audio(tmp_path / "a.mp3", "-id3v2_version", "0").read_bytes()
    lying = b"ID3\x04\x00\x00" + bytes([0x7F, 0x7F, 0x7F, 0x7F])
    assert identified(shared_module_page, lying + frames) == {"by": "mpg123", "first_byte": 10}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", {"code": "empty-file", "details": {}}),
        (b"\n<!DOCTYPE html><title>404</title>", {"code": "not-audio", "details": {"looks_like": "web page"}}),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), {"code": "not-audio", "details": {"looks_like": "PNG picture"}}),
        (b"\xff\xd8\xff\xe0" + bytes(99), {"code": "not-audio", "details": {"looks_like": "JPEG picture"}}),
        (b"hello, I am a text", {"code": "not-audio", "details": {}}),
        (bytes(10_000), {"code": "not-audio", "details": {}}),
        (b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10), {"code": "not-audio", "details": {}}),
    ],
)
def test_what_is_no_song_is_told_apart(shared_module_page: Page, content: bytes, expected: dict[str, object]) -> None:
    assert identified(shared_module_page, content) == expected


@pytest.mark.parametrize("song", sorted((SONGS / "formats").iterdir()), ids=lambda song: song.name)
def test_a_header_that_is_cut_off_is_an_answer_too(shared_module_page: Page, song: Path) -> None:
    content = song.read_bytes()
    for cut in (1, 3, 9, 13, 27, 40, 60, 90, 200, 1000):
        answer = identified(shared_module_page, content[:cut])
        assert "by" in answer or answer["code"] == "not-audio"
