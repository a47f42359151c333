"""MPEG files in segments: the sound of a file decoded in one go, whatever its frames, its tags and its damage."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.features import SignalChain
from tests.page.browser import Page
from tests.support import SONGS, make_audio

CHAIN = SignalChain()
NOISE = "anoisesrc=duration=70:seed=3:amplitude=0.3"  # frames that borrow from each other, and no two alike

# The log-mel of the segments, joined, and of the whole file decoded in one go, as the page did before it cut songs.
SCRIPT = """
const bytes = Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0));
const { fetchContract, fetchMelFilters } = await load("contract.js");
const { identify } = await load("decode/identify.js");
const { MpegSource } = await load("decode/mpeg/source.js");
const { SegmentTask } = await load("engine/segment-task.js");
const { loadDsp } = await load("signal/dsp.js");
const contract = await fetchContract(contractUrl);
const filters = await fetchMelFilters(contract.signal_chain, contractUrl);
const tools = { contract, mel_filters: filters, dsp: await loadDsp() };
const file = new Blob([bytes]);
const { first_byte } = await identify(file);
const listen = async (segment) => {
  const parts = [];
  try {
    for await (const part of new SegmentTask(segment, tools).parts()) parts.push(part);
  } catch (error) {
    return { kind: error.constructor.name };
  }
  return { kind: segment.audio.kind, log_mel: parts.flatMap((part) => [...part.log_mel]), end: parts.at(-1).end };
};
const segments = [];
for await (const segment of new MpegSource(file, first_byte, contract).segments()) segments.push(await listen(segment));
const whole = await listen(new MpegSource(file, first_byte, contract).rest(0));
return {
  kinds: segments.map(({ kind }) => kind),
  log_mel: pack(segments.flatMap(({ log_mel }) => log_mel ?? [])),
  whole: pack(whole.log_mel),
  end: segments.at(-1).end,
  whole_end: whole.end,
};
"""


def listened(page: Page, content: bytes) -> dict[str, Any]:
    return dict(page.run(SCRIPT, base64.b64encode(content).decode()))


def assert_close(log_mel: np.ndarray, whole: np.ndarray) -> None:
    """The decoder's sums run in another order, depending on how many frames it had before: float32 rounding, which in
    bands that the encoder left empty is all there is.
    """
    is_sound = whole > whole.max() - 70
    np.testing.assert_allclose(log_mel[is_sound], whole[is_sound], rtol=0, atol=1e-3)
    np.testing.assert_allclose(log_mel, whole, rtol=0, atol=0.5)


def assert_same(found: dict[str, Any], n_segments: int) -> None:
    assert found["kinds"] == ["mpeg"] * n_segments
    assert found["log_mel"].shape == found["whole"].shape
    assert_close(found["log_mel"], found["whole"])
    assert found["end"]["time_s"] == pytest.approx(found["whole_end"]["time_s"], abs=1e-9)
    assert found["whole_end"]["fraction"] == pytest.approx(1)


MP3 = ("-c:a", "libmp3lame")
SILENCE_AROUND_S = 0.15  # that encoders put around songs, of two of them; and what is no whole frame at the end


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((*MP3, "-b:a", "192k", "-ac", "2"), id="CBR"),
        pytest.param((*MP3, "-q:a", "2", "-ac", "2"), id="VBR"),
        pytest.param((*MP3, "-b:a", "128k", "-write_xing", "0"), id="without an info frame"),
        pytest.param((*MP3, "-b:a", "32k"), id="a long way back for bits"),
        pytest.param((*MP3, "-b:a", "8k", "-ar", "11025"), id="MPEG 2.5"),
        pytest.param((*MP3, "-b:a", "64k", "-ar", "24000", "-ac", "2"), id="MPEG 2"),
        pytest.param((*MP3, "-b:a", "320k", "-ar", "48000", "-ac", "2"), id="48 kHz"),
        pytest.param((*MP3, "-b:a", "128k", "-ar", "32000", "-write_id3v1", "1", "-metadata", "title=a"), id="ID3v1"),
        pytest.param(("-c:a", "mp2", "-b:a", "192k", "-ac", "2", "-f", "mp2"), id="layer II"),
    ],
)
def test_segments_sound_like_the_whole(module_page: Page, tmp_path: Path, options: tuple[str, ...]) -> None:
    song = make_audio(tmp_path / "song.mp3", *options, source=NOISE)
    assert_same(listened(module_page, song.read_bytes()), n_segments=6)


@pytest.mark.parametrize("n_ms", [200, 9_800, 9_990, 10_030, 29_900, 30_050])
def test_any_length(module_page: Page, tmp_path: Path, n_ms: int) -> None:
    song = make_audio(tmp_path / "song.mp3", *MP3, source=f"anoisesrc=duration={n_ms / 1000}:seed=3")
    found = listened(module_page, song.read_bytes())
    assert_same(found, n_segments=len(found["kinds"]))
    assert found["end"]["time_s"] == pytest.approx(n_ms / 1000, abs=0.001)


def test_a_last_frame_that_is_cut_off(module_page: Page) -> None:
    content = (SONGS / "metal.mp3").read_bytes()
    found = listened(module_page, content[: len(content) * 2 // 3])
    assert_same(found, n_segments=len(found["kinds"]))


def test_from_damage_on_the_file_is_decoded_in_one_go(module_page: Page, tmp_path: Path) -> None:
    content = bytearray(make_audio(tmp_path / "song.mp3", *MP3, "-b:a", "128k", source=NOISE).read_bytes())
    content[600_000:630_000] = bytes(30_000)
    found = listened(module_page, bytes(content))
    assert found["kinds"] == ["mpeg", "mpeg", "mpeg", "mpeg-rest"]
    n = int(35 * 12.9) * 128  # as far as the damage
    assert_close(found["log_mel"][:n], found["whole"][:n])
    # Behind it, the player that was given the file from its start also knows where the silence at its end begins.
    assert found["end"]["time_s"] == pytest.approx(found["whole_end"]["time_s"], abs=0.1)


@pytest.mark.parametrize("rate_hz", [22050, 48000])
def test_two_songs_of_different_kinds_in_one_file(module_page: Page, tmp_path: Path, rate_hz: int) -> None:
    """The change lies seconds after the last segment's start, amid what is decoded at once."""
    options, source = (*MP3, "-b:a", "32k"), "anoisesrc=duration=65:seed=3"
    one = make_audio(tmp_path / "one.mp3", *options, "-ar", "44100", source=source).read_bytes()
    two = make_audio(tmp_path / "two.mp3", *options, "-ar", str(rate_hz), "-ac", "2", source=source).read_bytes()
    found = listened(module_page, one + two)
    assert found["kinds"][-1] == "mpeg-rest"
    assert found["end"]["time_s"] == pytest.approx(130, abs=SILENCE_AROUND_S)
    assert len(found["log_mel"]) / CHAIN.n_mels / CHAIN.frame_rate_hz == pytest.approx(130, abs=SILENCE_AROUND_S)


def test_frames_that_are_all_header_and_no_sound_are_noticed(module_page: Page, tmp_path: Path) -> None:
    """Headers that follow each other perfectly, over bytes that a decoder drops: the count tells."""
    content = bytearray(make_audio(tmp_path / "song.mp3", *MP3, "-b:a", "128k", "-write_xing", "0").read_bytes())
    info = bytes(17) + b"Info"  # every frame claims to be one of information
    at = content.index(b"\xff\xfb")
    while at + 4 < len(content) and content[at] == 0xFF:
        padding = content[at + 2] >> 1 & 1
        content[at + 4 : at + 4 + len(info)] = info
        at += 417 + padding
    assert "IrregularSegment" in listened(module_page, bytes(content))["kinds"]
