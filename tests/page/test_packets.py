"""Opus, Vorbis and FLAC, packet by packet: the sound of the whole file, a segment at a time, damaged or not."""

from __future__ import annotations

import itertools
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page
from tests.parity.test_page_and_predict import assert_same
from tests.support import SONGS, ServerProcess, make_audio

SWEEP = "aevalsrc=0.4*sin(2*PI*(220+30*t)*t)*sin(t)+0.1*random(0)|0.3*random(1)"
MUSIC_S = 9  # three segments, cut for windows of a quarter of the network's
MUSIC = f"{SWEEP}:duration={MUSIC_S}"
LONG_S = 32  # three segments as the page cuts them
LONG = f"{SWEEP}:duration={LONG_S}"
SURROUND = ("-af", "pan=5.1|FL=c0|FR=c1|FC=0.5*c0|LFE=0.2*c1|BL=c0|BR=c1")
OPUS, VORBIS, FLAC = ("-c:a", "libopus"), ("-c:a", "libvorbis"), ("-c:a", "flac")

# The sound of each segment, held to that of all packets by one decoder.
LISTEN = """
const file = args[0].files[0];
const { joined } = await load("arrays.js");
const { fetchContract } = await load("contract.js");
const { identify } = await load("decode/identify.js");
const { decodeRun } = await load("decode/packets/decoder.js");
const { openPackets } = await load("decode/packets/source.js");
const contract = await fetchContract(contractUrl);
const route = await identify(file);
const sound = async (run) => {
  const blocks = [];
  for await (const channels of decodeRun(run)) blocks.push(channels.map((each) => each.slice()));
  const all = blocks[0].map((_, c) => joined(blocks.map((channels) => channels[c])));
  return all.map((channel) => channel.subarray(run.n_dropped, run.n_dropped + run.n_samples));
};
const listen = async (network) => {
  const segments = [];
  const source = await openPackets(file, route, { ...contract, network });
  if (!source) return segments;
  for await (const { audio, sample_rate_hz } of source.segments()) {
    const runs = [];
    for (const run of audio.runs) runs.push(await sound(run));
    const channels = runs[0].map((_, c) => joined(runs.map((run) => run[Math.min(c, run.length - 1)])));
    segments.push({ channels, end: Math.round(audio.end.time_s * sample_rate_hz), audio, sample_rate_hz });
  }
  return segments;
};
const [whole] = await listen({ ...contract.network, window_frames: 1e9 });
if (!whole) return { is_opened: false };
const off = ({ channels, end }) => {
  const from = end - channels[0].length;
  const apart = (samples, expected) => samples.map((sample, i) => Math.abs(sample - expected[from + i]));
  const worst = (numbers) => numbers.reduce((most, number) => Math.max(most, number), 0);
  const offs = whole.channels.slice(0, channels.length).map((expected, c) => worst(apart(channels[c], expected)));
  return { from, end, off: Math.max(...offs) };
};
const window_frames = contract.network.window_frames / 4; // shorter segments: as many of a song that is soon made
const listened = await listen({ ...contract.network, window_frames });
const segments = listened.map((segment) => ({ ...off(segment), ...segment.audio.end }));
const { channels, sample_rate_hz } = whole;
return {
  is_opened: true, sample_rate_hz, segments, n_samples: channels[0].length, n_channels: channels.length,
  n_runs: whole.audio.runs.length, channels: args[1] ? channels.map(pack) : [],
};
"""


def listened(page: Page, content: bytes, *, with_sound: bool = False) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return dict(page.run(LISTEN, page.file_input(Path(file.name)), with_sound))


def decoded_by_ffmpeg(song: Path, n_channels: int) -> np.ndarray:
    """[n_channels, n], float32, at the file's own rate."""
    command = ["ffmpeg", "-nostdin", "-v", "quiet", "-i", song, "-map", "0:a:0", "-f", "f32le", "-"]
    samples = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(samples, "<f4").reshape(-1, n_channels).T


def assert_seamless(found: dict[str, Any], n_segments: int) -> None:
    """Each segment begins before the one before it ends, and all of them make the whole."""
    segments = found["segments"]
    assert len(segments) == n_segments
    assert segments[0]["from"] == 0
    for one, next_one in itertools.pairwise(segments):
        assert one["from"] < next_one["from"] < one["end"] < next_one["end"]
        assert 0 < one["fraction"] <= next_one["fraction"]
    assert segments[-1]["end"] == found["n_samples"]
    assert segments[-1]["fraction"] == 1


@pytest.mark.parametrize(
    ("name", "options", "worst"),
    [
        pytest.param("a.flac", (*FLAC, "-ar", "44100"), 0, id="FLAC"),
        pytest.param("a.flac", (*FLAC, "-ar", "96000", "-sample_fmt", "s32"), 0, id="FLAC, 96 kHz, 24 bits"),
        pytest.param("a.flac", (*FLAC, *SURROUND), 0, id="FLAC, 5.1"),
        pytest.param("a.ogg", (*FLAC, "-ar", "32000", "-ac", "1"), 0, id="Ogg FLAC"),
        pytest.param("a.ogg", (*VORBIS, "-ar", "44100"), 1e-6, id="Vorbis"),
        pytest.param("a.ogg", (*VORBIS, "-ar", "8000", "-ac", "1"), 1e-6, id="Vorbis, 8 kHz"),
        pytest.param("a.ogg", (*VORBIS, *SURROUND), 1e-6, id="Vorbis, 5.1"),
        pytest.param("a.opus", OPUS, 1e-3, id="Opus"),
        pytest.param("a.opus", (*OPUS, "-ac", "1", "-b:a", "12k", "-application", "voip"), 0.03, id="Opus, speech"),
        pytest.param("a.opus", (*OPUS, "-frame_duration", "60"), 1e-3, id="Opus, 60 ms"),
        pytest.param("a.opus", (*OPUS, "-frame_duration", "2.5"), 1e-3, id="Opus, 2.5 ms"),
        pytest.param("a.opus", (*OPUS, *SURROUND, "-mapping_family", "1"), 1e-3, id="Opus, 5.1"),
    ],
)
def test_segments_sound_like_the_whole_and_are_as_long_as_ffmpeg_finds_it(
    module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...], worst: float
) -> None:
    song = make_audio(tmp_path / name, *options, source=MUSIC)
    found = listened(module_page, song.read_bytes())
    assert_seamless(found, n_segments=3)
    assert max(segment["off"] for segment in found["segments"]) <= worst
    assert found["n_samples"] == decoded_by_ffmpeg(song, found["n_channels"]).shape[1]


@pytest.mark.parametrize("n_ms", [20, 150, 2_540, 2_580, 7_610])
@pytest.mark.parametrize(("name", "options"), [("a.flac", FLAC), ("a.ogg", VORBIS), ("a.opus", OPUS)])
def test_any_length(module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...], n_ms: int) -> None:
    song = make_audio(tmp_path / name, *options, source=f"{SWEEP}:duration={n_ms / 1000}")
    found = listened(module_page, song.read_bytes())
    assert found["n_samples"] == n_ms * found["sample_rate_hz"] / 1000
    assert_seamless(found, n_segments=len(found["segments"]))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.flac", ()),
        ("a.flac", ("-sample_fmt", "s32")),
        ("a.flac", ("-frame_size", "500", "-compression_level", "0")),
        ("a.oga", ("-f", "ogg")),
    ],
)
def test_lossless_is_lossless(module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...]) -> None:
    song = make_audio(tmp_path / name, *FLAC, "-ar", "11025", *options, source=f"{SWEEP}:duration=6")
    found = listened(module_page, song.read_bytes(), with_sound=True)
    np.testing.assert_allclose(np.array(found["channels"]), decoded_by_ffmpeg(song, 2), rtol=0, atol=1e-7)


def test_vorbis_is_ffmpegs_to_the_sample(module_page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.ogg", *VORBIS, "-ar", "11025", source=f"{SWEEP}:duration=6")
    found = listened(module_page, song.read_bytes(), with_sound=True)
    np.testing.assert_allclose(np.array(found["channels"]), decoded_by_ffmpeg(song, 2), rtol=0, atol=1e-5)


# --- damage, chains, company ------------------------------------------------------------------------------------------


def damaged(content: bytes, *, n_holes: int, hole_bytes: int) -> bytes:
    found = bytearray(content)
    for number in range(1, n_holes + 1):
        at = len(found) * number // (n_holes + 1)
        found[at : at + hole_bytes] = bytes(hole_bytes)
    return bytes(found)


@pytest.mark.parametrize(("name", "options"), [("a.flac", FLAC), ("a.ogg", VORBIS), ("a.opus", OPUS), ("b.ogg", FLAC)])
@pytest.mark.parametrize(("n_holes", "hole_bytes"), [(1, 9_000), (5, 1), (30, 20)])
def test_damage_costs_what_it_hit(
    module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...], n_holes: int, hole_bytes: int
) -> None:
    song = make_audio(tmp_path / name, *options, source=LONG)
    content = damaged(song.read_bytes(), n_holes=n_holes, hole_bytes=hole_bytes)
    song.write_bytes(content)
    found = listened(module_page, content)
    assert_seamless(found, n_segments=len(found["segments"]))
    found_s = found["n_samples"] / found["sample_rate_hz"]
    if options == FLAC:  # ffmpeg leaves out more than was hit
        assert found_s == pytest.approx(LONG_S, abs=0.3 * n_holes + 0.8)
    else:
        assert found_s == pytest.approx(decoded_by_ffmpeg(song, 2).shape[1] / found["sample_rate_hz"], abs=0.1)


def test_damage_in_a_quiet_flac_file_costs_no_more(module_page: Page, tmp_path: Path) -> None:
    """Its frames are small: many would fit into what one may take at most."""
    song = make_audio(tmp_path / "a.flac", *FLAC, source="sine=440:duration=20")
    found = listened(module_page, damaged(song.read_bytes(), n_holes=1, hole_bytes=1000))
    assert found["n_samples"] / found["sample_rate_hz"] == pytest.approx(20, abs=0.25)


@pytest.mark.parametrize(("name", "options"), [("a.flac", FLAC), ("a.ogg", VORBIS), ("a.opus", OPUS), ("b.ogg", FLAC)])
def test_cut_off(module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...]) -> None:
    song = make_audio(tmp_path / name, *options, source=MUSIC)
    song.write_bytes(song.read_bytes()[: song.stat().st_size * 2 // 3])
    found = listened(module_page, song.read_bytes())
    assert_seamless(found, n_segments=len(found["segments"]))
    expected = decoded_by_ffmpeg(song, 2).shape[1] / found["sample_rate_hz"]
    assert found["n_samples"] / found["sample_rate_hz"] == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(("name", "options"), [("a.ogg", VORBIS), ("a.opus", OPUS)])
def test_a_chain_is_one_song(module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...]) -> None:
    one = make_audio(tmp_path / f"one_{name}", *options, "-ar", "48000", source=MUSIC).read_bytes()
    two = make_audio(tmp_path / f"two_{name}", *options, "-ar", "48000", source=f"{SWEEP}:duration=7").read_bytes()
    found = listened(module_page, one + two)
    assert found["n_runs"] == 2
    assert found["n_samples"] == (MUSIC_S + 7) * 48000
    assert_seamless(found, n_segments=4)


@pytest.mark.parametrize("options", [OPUS, (*VORBIS, "-ac", "1"), (*VORBIS, *SURROUND), (*FLAC, "-f", "ogg")])
def test_a_chain_of_different_kinds_is_one_song(module_page: Page, tmp_path: Path, options: tuple[str, ...]) -> None:
    one = make_audio(tmp_path / "one.ogg", *VORBIS, "-ar", "48000", source=f"{SWEEP}:duration=4").read_bytes()
    two = make_audio(tmp_path / "two.ogg", *options, "-ar", "48000", source=f"{SWEEP}:duration=8").read_bytes()
    found = listened(module_page, one + two + one)
    assert (found["n_runs"], found["n_samples"]) == (3, 16 * 48000)
    assert_seamless(found, n_segments=4)
    assert max(segment["off"] for segment in found["segments"]) <= 1e-3


def test_of_a_chain_of_different_rates_the_first_is_heard(module_page: Page, tmp_path: Path) -> None:
    one = make_audio(tmp_path / "one.ogg", *VORBIS, "-ar", "48000", source=MUSIC).read_bytes()
    two = make_audio(tmp_path / "two.ogg", *VORBIS, "-ar", "32000", source=MUSIC).read_bytes()
    assert listened(module_page, one + two + one)["n_samples"] == MUSIC_S * 48000


def test_two_flac_files_in_one(module_page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.flac", *FLAC, "-ar", "16000", source=f"{SWEEP}:duration=4").read_bytes()
    found = listened(module_page, song + song)
    assert found["n_samples"] / 16000 == pytest.approx(8, abs=0.5)


def test_the_sound_of_a_film(module_page: Page, tmp_path: Path) -> None:
    film = tmp_path / "a.ogv"
    picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=12"]
    sound = ["-f", "lavfi", "-i", f"{SWEEP}:duration=12"]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *picture, *sound, "-c:v", "libtheora", *VORBIS, film]
    subprocess.run(command, check=True, timeout=60)
    found = listened(module_page, film.read_bytes())
    assert found["n_samples"] == decoded_by_ffmpeg(film, 2).shape[1]


@pytest.mark.parametrize("name", ["a.ogg", "a.opus"])
def test_a_recording_that_begins_in_the_middle(module_page: Page, tmp_path: Path, name: str) -> None:
    """As a radio's: the first position in the file is far from 0."""
    whole = make_audio(tmp_path / f"whole_{name}", *(OPUS if name == "a.opus" else VORBIS), source=MUSIC)
    content = whole.read_bytes()
    pages = [at for at in range(len(content)) if content[at : at + 4] == b"OggS"]
    song = tmp_path / name
    song.write_bytes(content[: pages[2]] + content[pages[len(pages) // 2] :])
    found = listened(module_page, song.read_bytes())
    expected = decoded_by_ffmpeg(song, 2).shape[1] / found["sample_rate_hz"]
    assert found["n_samples"] / found["sample_rate_hz"] == pytest.approx(expected, abs=0.06)


# --- what cannot be decoded so ----------------------------------------------------------------------------------------


def test_without_a_decoder_of_packets_the_file_is_left_to_the_browser(page: Page) -> None:
    page.driver.execute_script("delete window.AudioDecoder")
    assert listened(page, (SONGS / "formats" / "stereo-48000.opus").read_bytes()) == {"is_opened": False}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"fLaC" + bytes(100), id="no STREAMINFO"),
        pytest.param(b"OggS" + bytes(100), id="no page"),
        pytest.param((SONGS / "formats" / "stereo-48000.opus").read_bytes()[:200], id="headers only"),
        pytest.param((SONGS / "formats" / "stereo-44100-vorbis.ogg").read_bytes()[:2000], id="half the headers"),
        pytest.param((SONGS / "formats" / "mono-32000.flac").read_bytes()[:5000], id="no whole frame"),
    ],
)
def test_nothing_to_decode_is_left_to_the_browser(module_page: Page, content: bytes) -> None:
    assert listened(module_page, content) == {"is_opened": False}


def test_a_file_without_sound_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    song = tmp_path / "a.flac"
    song.write_bytes((SONGS / "formats" / "mono-32000.flac").read_bytes()[:5000])
    assert "This FLAC file is damaged or cut off" in page.refusal(song)


# --- the whole page ---------------------------------------------------------------------------------------------------

REFUSE_WHOLE_FILES = """
window.OfflineAudioContext.prototype.decodeAudioData = () => Promise.reject(new Error('asked for the whole file'));
"""


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.flac", (*FLAC, "-ar", "96000", "-sample_fmt", "s32")),
        ("a.ogg", (*VORBIS, "-ar", "44100")),
        ("b.ogg", (*FLAC, "-ar", "48000")),
        ("a.opus", (*OPUS, "-b:a", "128k")),
        ("a.wav", ()),
    ],
)
def test_the_same_rows_as_predict_without_ever_decoding_the_whole(
    visited_page: Page, ready_server: ServerProcess, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    visited_page.driver.execute_script(REFUSE_WHOLE_FILES)
    assert_same(visited_page, ready_server, make_audio(tmp_path / name, *options, source=LONG))
