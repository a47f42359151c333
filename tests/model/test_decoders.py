"""model/decoders.py and mp3_decoder.py: MP3 takes the fast way, and loses nothing where that gives up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.audio import open_audio
from model.decoders import Decoder, Pcm, start_ffmpeg, start_mp3_decoder
from tests.support import SONGS, make_audio

STEREO = "aevalsrc=0.5*sin(2*PI*440*t)|0.25*sin(2*PI*660*t):d=6:s=44100"


def sound_of(decoder: Decoder | None) -> tuple[Pcm, int]:
    """All that a decoder gives, and its rate."""
    assert decoder is not None
    try:
        header = decoder.read_header()
        assert header is not None
        channels, rate_hz = header
        return np.concatenate([block.copy() for block in decoder.blocks(channels)]), rate_hz
    finally:
        decoder.close()


def missed_something(path: Path) -> bool:
    """Whether the MP3 decoder leaves a file to ffmpeg."""
    decoder = start_mp3_decoder(path)
    assert decoder is not None
    try:
        if header := decoder.read_header():
            for _ in decoder.blocks(header[0]):
                pass
        return decoder.missed_something()
    finally:
        decoder.close()


def assert_like_ffmpegs(path: Path) -> None:
    """open_audio gives as much sound as ffmpeg, and the same."""
    with open_audio(path) as audio:
        pcm = np.concatenate(list(audio))
    expected, rate_hz = sound_of(start_ffmpeg(path))
    assert (pcm.shape, audio.sample_rate_hz) == (expected.shape, rate_hz)
    np.testing.assert_allclose(pcm, expected, atol=1e-4)


@pytest.mark.parametrize("path", [*sorted(SONGS.glob("*.mp3")), *sorted(SONGS.glob("formats/*.mp3"))], ids=str)
def test_songs_are_decoded_whole_by_the_fast_decoder(path: Path) -> None:
    assert not missed_something(path)
    fast, slow = sound_of(start_mp3_decoder(path)), sound_of(start_ffmpeg(path))
    assert (fast[0].shape, fast[1]) == (slow[0].shape, slow[1])
    np.testing.assert_allclose(fast[0], slow[0], atol=1e-4)


@pytest.mark.parametrize("suffix", ["flac", "ogg", "wav", "m4a", "mp2"])
def test_other_formats_are_ffmpegs(tmp_path: Path, suffix: str) -> None:
    assert start_mp3_decoder(make_audio(tmp_path / f"a.{suffix}")) is None


def test_tags_after_the_sound_are_not_missed_sound(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp3")
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))  # ID3v1
    assert not missed_something(path)


def test_variable_rate_without_a_header_that_counts_is_heard_to_its_end(tmp_path: Path) -> None:
    """Its length can only be guessed from its first frames, which are the larger ones."""
    source = "anoisesrc=duration=4:sample_rate=44100:seed=1[a];sine=440:duration=8[b];[a][b]concat=v=0:a=1"
    path = make_audio(tmp_path / "a.mp3", "-q:a", "2", "-write_xing", "0", source=source)
    assert missed_something(path)
    assert_like_ffmpegs(path)


def test_songs_one_after_the_other_in_a_file_are_all_heard(tmp_path: Path) -> None:
    one = make_audio(tmp_path / "one.mp3", source=STEREO)
    path = tmp_path / "two.mp3"
    path.write_bytes(2 * one.read_bytes())
    assert missed_something(path)
    assert_like_ffmpegs(path)


def test_damage_that_ends_the_fast_decoder_costs_only_the_middle(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp3", "-b:a", "128k", source="sine=440:duration=30")
    data = bytearray(path.read_bytes())
    data[100_000:160_000] = np.random.default_rng(0).bytes(60_000)
    path.write_bytes(data)
    assert missed_something(path)
    with open_audio(path) as audio:
        n_samples = sum(map(len, audio))
    assert 25 < n_samples / audio.sample_rate_hz <= 30


@pytest.mark.parametrize("n_bytes", [4_000, 100_000, 3_000_000])
def test_a_gap_of_zeros_is_not_the_end(tmp_path: Path, n_bytes: int) -> None:
    """As a download leaves it whose parts came out of order."""
    data = make_audio(tmp_path / "a.mp3", "-b:a", "128k", source="sine=440:duration=30").read_bytes()
    path = tmp_path / "gap.mp3"
    path.write_bytes(data[:200_000] + bytes(n_bytes) + data[200_000:])
    assert missed_something(path)
    with open_audio(path) as audio:
        n_samples = sum(map(len, audio))
    assert 29 < n_samples / audio.sample_rate_hz < 31


def test_zeros_and_a_tag_after_the_sound_are_not_missed_sound(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp3")
    path.write_bytes(path.read_bytes() + bytes(5_000) + b"TAG" + bytes(125))
    assert not missed_something(path)


def test_an_id3_tag_before_another_format_is_no_mp3(tmp_path: Path) -> None:
    flac = make_audio(tmp_path / "a.flac").read_bytes()
    path = tmp_path / "b.flac"
    path.write_bytes(b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10) + flac)
    assert missed_something(path)
    assert_like_ffmpegs(path)


def test_fast_decoder_can_open_nothing_else(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp3", source="sine=440:duration=60")
    decoder = start_mp3_decoder(path)
    assert decoder is not None
    try:
        assert decoder.read_header() == (1, 44100)
        limits = Path(f"/proc/{decoder._process.pid}/limits")
        if not limits.is_file():
            pytest.skip("only Linux shows a process's limits")
        lines = [line.split() for line in limits.read_text().splitlines()]
        assert [line[3:5] for line in lines if line[:3] == ["Max", "open", "files"]] == [["0", "0"]]
    finally:
        decoder.close()
