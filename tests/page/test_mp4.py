"""AAC, and what else MP4 files hold: the sound of the whole, a segment at a time, whatever their tables say."""

from __future__ import annotations

import base64
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page
from tests.page.test_packets import REFUSE_WHOLE_FILES, assert_seamless, decoded_by_ffmpeg, listened
from tests.parity.test_page_and_predict import assert_same
from tests.support import SONGS, ServerProcess, make_audio

SWEEP = "aevalsrc=0.4*sin(2*PI*(220+30*t)*t)*sin(t)+0.1*random(0)|0.3*random(1)"
MUSIC = f"{SWEEP}:duration=44.5"
SHORT_S = 4.5  # two segments as test_packets has them cut
SHORT = f"{SWEEP}:duration={SHORT_S}"
SURROUND = ("-af", "pan=5.1|FL=c0|FR=c1|FC=0.5*c0|LFE=0.2*c1|BL=c0|BR=c1")
AAC = ("-c:a", "aac")
# Without noise substitution, whose noise no two decoders have in common: what is left has to be the same.
PLAIN = (*AAC, "-aac_pns", "0")
RATES_HZ = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000)
FRAGMENTED = ("-movflags", "frag_keyframe+empty_moov", "-frag_duration", "2000000")

# Eight packets of a tone at 32 kHz, by an encoder that replicates its spectral bands (from 16 kHz) and makes stereo of
# mono, and says neither in its headers: HE-AAC v2 as radio stations send it.
REPLICATED = """
//FgQBACgAFAIoCjZukAuggAAAAAASoABvVxClpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa
WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWl7/8WBAEAKAAUBCgKNWgQAAAAAOJUEABvWRClpaWlpaWlpa
WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa
WlpaWlpaWlpaWlpaXv/xYEAUYlwA9JmY2HV1qquSzt4MZ+nTv4tWmN/s/XgS5sNErbPWS1kVaRVpEYD8wQJjCTEgnasEoBiFCgQhF7IzR5g9
+yva9j7Xsex1HalKcBpGYjXIyb/DSUaUpkZVhQJRbfcpp8Dgc2pRxBB/pOvzYX1vDKvg6Yfc59z/c4ep/BD7n5eECEQCjXlRsI+E/hr/bjBj
QIzAM06BQAAAAAJUEAf/8WBADoJoARzxGJZSQLwCIQqvca6miz2LQQWts4nAPj4GZmZgd8MMMHNExNUGg0GdS0aw65lFMzZighaOpqLOpqTf
A9/f3Hx8Zh7++gP/DYBAAQABQALAEAAqLgDMAKCUwbwHReSSKoAACaugAAAHCMADB//xYEAQYmQA9DEE1iAxHQhFUJDHJ/q/50QgIigfTp14
DWAGyejIfFiWwzdFFVgAZQQOwJQlWY7UC6brV8vGSZOnAQO/L4738lxmRLOBGVMFlEf4X/THtT1a+hHGZ6f3gzOpXuPG2IKZ5K2ZZX4ZmHVK
cVyXPHWAANOksf0AAAACMAHA//FgQA2ieAD4MQTWIDnMD+j/IQQACUvGAAHumURd4HIeI+P4BWqwMUUwOplHXTwcNsmteqdOUhBgj2N/gNmS
Va24qYuxtJF1ja7LStey2pHgrLU/BI0bC2pCcCbZQverqag06BKAAAAAcjAAcP/xYEAPgnwA+DEE1iAotIhkAIoSBBAFssei2zZs2C7k4hvI
5Dzb3Ij/XB4ndvyNtXLl7pJ7uc5qBxURNdVvzpYR/SiaNd/k+LmIW3W3retclgTzjnbafctV3zo/D1n4HKR175r7etDv2JU7KkNe8ZdVgBo0
C0AAAAARgDj/8WBAECJ8APwxBNYgKJ0YIgoR0CCCFAAb94oXMQpduIcS/OcR/MJ9hCPgbITLDeiA1ZElltLPKOtfnyGDLlruQukc1hr0IzoH
omKTNVFmiNAhq6NRCtV1NcOk/eI+5gPxAqIC3ZxRPYvLGmjgRKh2EmW8LfFS0waNAtAAAAAEYA4=
"""

DECODE_WHOLE = """
const content = Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0)).buffer;
const buffer = await new OfflineAudioContext(1, 1, args[1]).decodeAudioData(content);
return Array.from({ length: buffer.numberOfChannels }, (_, c) => pack(buffer.getChannelData(c)));
"""


def decoded_whole(page: Page, content: bytes, rate_hz: int) -> np.ndarray:
    """[n_channels, n], by the browser's decodeAudioData."""
    return np.array(page.run(DECODE_WHOLE, base64.b64encode(content).decode(), rate_hz))


def assert_ffmpegs(found: dict[str, Any], song: Path, worst: float = 1e-5) -> None:
    """The same samples from the first one on; ffmpeg (5.1) plays an encoder's padding at the end, too."""
    expected = decoded_by_ffmpeg(song, found["n_channels"])
    n_more = expected.shape[1] - found["n_samples"]
    assert 0 <= n_more <= 1024
    np.testing.assert_allclose(np.array(found["channels"]), expected[:, : found["n_samples"]], rtol=0, atol=worst)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_aac_of_any_rate(module_page: Page, tmp_path: Path, rate_hz: int) -> None:
    song = make_audio(tmp_path / "a.m4a", *PLAIN, "-ar", str(rate_hz), source=SHORT)
    found = listened(module_page, song.read_bytes())
    assert_seamless(found, n_segments=2)
    assert max(segment["off"] for segment in found["segments"]) <= 1e-6
    assert (found["sample_rate_hz"], found["n_samples"]) == (rate_hz, round(SHORT_S * rate_hz + 0.1))


@pytest.mark.parametrize(
    ("name", "options", "worst"),
    [
        pytest.param("a.m4a", (*PLAIN, "-ac", "1", "-ar", "44100"), 1e-5, id="mono"),
        pytest.param("a.m4a", (*PLAIN, "-ar", "44100", "-movflags", "faststart"), 1e-5, id="tables first"),
        pytest.param("a.m4a", (*PLAIN, "-ar", "44100", *FRAGMENTED), 1e-5, id="fragments"),
        pytest.param("a.mov", (*PLAIN, "-ar", "44100"), 1e-5, id="QuickTime"),
        pytest.param("a.m4a", (*PLAIN, "-ar", "44100", "-b:a", "32k"), 1e-5, id="32 kb/s"),
        pytest.param("a.aac", (*PLAIN, "-ar", "44100"), 1e-5, id="ADTS"),
        pytest.param("a.aac", (*PLAIN, "-ar", "8000", "-ac", "1"), 1e-5, id="ADTS, 8 kHz, mono"),
        pytest.param("a.mp4", ("-c:a", "flac", "-strict", "-2"), 0, id="FLAC"),
    ],
)
def test_the_samples_are_ffmpegs(
    module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...], worst: float
) -> None:
    song = make_audio(tmp_path / name, *options, source=SHORT)
    found = listened(module_page, song.read_bytes(), with_sound=True)
    assert_seamless(found, n_segments=2)
    assert max(segment["off"] for segment in found["segments"]) <= 1e-6
    assert_ffmpegs(found, song, worst)


@pytest.mark.parametrize("options", [(), ("-ac", "1"), ("-movflags", "faststart")])
def test_the_samples_are_those_of_the_whole_file(module_page: Page, tmp_path: Path, options: tuple[str, ...]) -> None:
    content = make_audio(tmp_path / "a.m4a", *AAC, "-ar", "22050", *options, source=SHORT).read_bytes()
    found = listened(module_page, content, with_sound=True)
    np.testing.assert_array_equal(np.array(found["channels"]), decoded_whole(module_page, content, 22050))


def test_5_1_is_of_six_channels(module_page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.m4a", *PLAIN, *SURROUND, "-ar", "48000", source=SHORT)
    found = listened(module_page, song.read_bytes())
    assert_seamless(found, n_segments=2)
    assert max(segment["off"] for segment in found["segments"]) <= 1e-6
    assert (found["n_channels"], found["n_samples"]) == (6, SHORT_S * 48000)


def test_the_edit_of_a_fragmented_file(module_page: Page, tmp_path: Path) -> None:
    """As browsers have it; ffmpeg (5.1) passes over it. Only the browser cuts off the padding at the end."""
    options = ("-ar", "44100", "-movflags", "frag_keyframe+default_base_moof+delay_moov")
    content = make_audio(tmp_path / "a.m4a", *PLAIN, *options, source=SHORT).read_bytes()
    found, whole = listened(module_page, content, with_sound=True), decoded_whole(module_page, content, 44100)
    assert 0 <= found["n_samples"] - whole.shape[1] < 1024
    np.testing.assert_array_equal(np.array(found["channels"])[:, : whole.shape[1]], whole)


def test_opus_begins_where_its_edit_says(module_page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.mp4", "-c:a", "libopus", source=SHORT)
    found = listened(module_page, song.read_bytes())
    assert_seamless(found, n_segments=2)
    assert max(segment["off"] for segment in found["segments"]) <= 1e-3
    assert found["n_samples"] == SHORT_S * 48000


@pytest.mark.parametrize("n_ms", [20, 150, 2_540, 2_580, 7_610])
@pytest.mark.parametrize("name", ["a.m4a", "a.aac"])
def test_any_length(module_page: Page, tmp_path: Path, name: str, n_ms: int) -> None:
    song = make_audio(tmp_path / name, *AAC, "-ar", "48000", source=f"{SWEEP}:duration={n_ms / 1000}")
    found = listened(module_page, song.read_bytes())
    n_more = 0 if name == "a.m4a" else 1024 + -(n_ms * 48) % 1024
    assert found["n_samples"] == n_ms * 48 + n_more
    assert_seamless(found, n_segments=len(found["segments"]))


def test_the_sound_of_a_film(module_page: Page, tmp_path: Path) -> None:
    """Its packets lie in small groups between the pictures, the tables behind them all."""
    film = tmp_path / "a.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=25:duration=12"]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *picture, "-f", "lavfi", "-i", SHORT]
    subprocess.run([*command, "-c:v", "mpeg4", *PLAIN, "-ar", "44100", film], check=True, timeout=60)
    assert_ffmpegs(listened(module_page, film.read_bytes(), with_sound=True), film)


# --- where the song begins and ends -----------------------------------------------------------------------------------


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def with_comment(content: bytes, comment: str) -> bytes:
    """A file whose tables are at its end, with Apple's comment instead of its edit list and comments."""
    data = box(b"data", bytes((0, 0, 0, 1)) + bytes(4) + comment.encode())
    parts = box(b"mean", bytes(4) + b"com.apple.iTunes") + box(b"name", bytes(4) + b"iTunSMPB") + data
    comments = box(b"udta", box(b"meta", bytes(4) + box(b"ilst", box(b"----", parts))))
    plain = content.replace(b"udta", b"free").replace(b"elst", b"free")
    at = plain.rindex(b"moov") - 4
    (size,) = struct.unpack(">I", plain[at : at + 4])
    assert at + size == len(plain)
    return plain[:at] + struct.pack(">I", size + len(comments)) + plain[at + 4 :] + comments


def test_apples_comment_tells_where_the_song_is(module_page: Page, tmp_path: Path) -> None:
    content = make_audio(tmp_path / "a.m4a", *PLAIN, "-ar", "44100", source=SHORT).read_bytes()
    whole = listened(module_page, content, with_sound=True)
    comment = " 00000000 00000840 000001CA 000000000002700D 00000000 00000000"
    found = listened(module_page, with_comment(content, comment), with_sound=True)
    assert found["n_samples"] == 0x2700D
    shift = 0x840 - 1024
    expected = np.array(whole["channels"])[:, shift : shift + 0x2700D]
    np.testing.assert_array_equal(np.array(found["channels"]), expected)


@pytest.mark.parametrize("comment", ["", " 1 2 3", " 00000000 zz", " 0 840 0 0", " 0 FFFFFFFF 0 FFFFFFFFFFFFFFFF"])
def test_a_comment_of_nonsense_does_no_harm(module_page: Page, tmp_path: Path, comment: str) -> None:
    content = make_audio(tmp_path / "a.m4a", *PLAIN, "-ar", "44100", source=SHORT).read_bytes()
    found = listened(module_page, with_comment(content, comment))
    assert not found["is_opened"] or found["n_samples"] <= SHORT_S * 44100 + 1024


def test_a_song_cut_out_of_another(module_page: Page, tmp_path: Path) -> None:
    """An edit of the song's middle, as a phone's ring tone is."""
    content = bytearray(make_audio(tmp_path / "a.m4a", *PLAIN, "-ar", "44100", source=SHORT).read_bytes())
    whole = listened(module_page, bytes(content), with_sound=True)
    at = content.index(b"elst") + 12
    content[at : at + 8] = struct.pack(">II", 2000, 1024 + 44100)  # milliseconds, samples
    found = listened(module_page, bytes(content), with_sound=True)
    expected = np.array(whole["channels"])[:, 44100 : 3 * 44100]
    np.testing.assert_array_equal(np.array(found["channels"]), expected)


# --- replication of spectral bands ------------------------------------------------------------------------------------


def test_replication_that_no_header_tells_of_is_found_out(module_page: Page) -> None:
    found = listened(module_page, base64.b64decode(REPLICATED))
    assert (found["sample_rate_hz"], found["n_channels"], found["n_samples"]) == (32000, 2, 8 * 2048)


def test_replication_that_the_header_tells_of(module_page: Page, tmp_path: Path) -> None:
    """A decoder doubles the rate because it is told to, if there is something to replicate or not."""
    content = make_audio(tmp_path / "a.m4a", *PLAIN, "-ar", "22050", "-ac", "2", source=SHORT).read_bytes()
    plain = b"\x13\x90\x56\xe5\x00"  # AudioSpecificConfig: AAC LC, 22,050 Hz, stereo
    assert content.count(plain) == 1
    for replicating in (
        b"\x2b\x92\x08\x00\x00",
        b"\x13\x90\x56\xe5\xa0",
    ):  # in front; behind, where old players miss it
        found = listened(module_page, content.replace(plain, replicating))
        assert (found["sample_rate_hz"], found["n_samples"]) == (44100, SHORT_S * 44100)


# --- what cannot be decoded so ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((*AAC, "-profile:a", "aac_main"), id="AAC Main"),
        pytest.param((*AAC, "-profile:a", "aac_ltp", "-strict", "-2"), id="AAC LTP"),
        pytest.param(("-c:a", "alac"), id="ALAC"),
        pytest.param(("-c:a", "libmp3lame", "-f", "mp4"), id="MP3"),
        pytest.param(("-c:a", "ac3", "-f", "mp4"), id="AC-3"),
    ],
)
def test_other_kinds_are_left_to_the_browser(module_page: Page, tmp_path: Path, options: tuple[str, ...]) -> None:
    song = make_audio(tmp_path / "a.m4a", *options, source=SHORT)
    assert listened(module_page, song.read_bytes()) == {"is_opened": False}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((SONGS / "formats" / "stereo-44100-aac.m4a").read_bytes()[:3000], id="no tables"),
        pytest.param(bytes(4) + b"ftypM4A " + bytes(100), id="no boxes"),
        pytest.param(b"\xff\xf1\x50\x80\x01\x1f\xfc\x00" * 2, id="ADTS headers only"),
    ],
)
def test_nothing_to_decode_is_left_to_the_browser(module_page: Page, content: bytes) -> None:
    assert listened(module_page, content) == {"is_opened": False}


def test_what_only_the_browser_decodes_has_its_rows(page: Page, ready_server: ServerProcess, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.m4a", *AAC, "-profile:a", "aac_main", "-ar", "44100", source=SHORT)
    assert_same(page, ready_server, song)


# --- the whole page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.m4a", (*AAC, "-ar", "44100", "-b:a", "160k")),
        ("b.m4a", (*AAC, "-ar", "48000", *FRAGMENTED)),
        ("a.aac", (*AAC, "-ar", "44100")),
    ],
)
def test_the_same_rows_as_predict_without_ever_decoding_the_whole(
    visited_page: Page, ready_server: ServerProcess, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    visited_page.driver.execute_script(REFUSE_WHOLE_FILES)
    assert_same(visited_page, ready_server, make_audio(tmp_path / name, *options, source=MUSIC))
