"""AAC and MP4 files that are damaged, cut off, or made to do harm."""

from __future__ import annotations

import base64
import random
import struct
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.page.test_mp4 import AAC, FRAGMENTED, PLAIN, SHORT, SHORT_S, SWEEP
from tests.page.test_packets import assert_seamless, damaged, decoded_by_ffmpeg, listened
from tests.support import make_audio


@pytest.mark.parametrize(("n_holes", "hole_bytes"), [(1, 9_000), (5, 1), (30, 20)])
@pytest.mark.parametrize("name", ["a.m4a", "a.aac"])
def test_damage_costs_what_it_hit(module_page: Page, tmp_path: Path, name: str, n_holes: int, hole_bytes: int) -> None:
    song = make_audio(tmp_path / name, *AAC, "-ar", "44100", "-movflags", "faststart", source=f"{SWEEP}:duration=12")
    found = listened(module_page, damaged(song.read_bytes(), n_holes=n_holes, hole_bytes=hole_bytes))
    assert_seamless(found, n_segments=3)
    assert found["n_samples"] / 44100 == pytest.approx(12, abs=0.06 * n_holes + hole_bytes / 12_000)


@pytest.mark.parametrize("name", ["a.m4a", "a.aac", "fragments.mp4"])
def test_cut_off(module_page: Page, tmp_path: Path, name: str) -> None:
    """An unfinished download: as much as is there."""
    options = FRAGMENTED if name == "fragments.mp4" else ("-movflags", "faststart")
    song = make_audio(tmp_path / name, *PLAIN, "-ar", "44100", *options, source=SHORT)
    song.write_bytes(song.read_bytes()[: song.stat().st_size * 2 // 3])
    found = listened(module_page, song.read_bytes())
    assert_seamless(found, n_segments=len(found["segments"]))
    assert found["n_samples"] == pytest.approx(decoded_by_ffmpeg(song, 2).shape[1], abs=1024)


@pytest.fixture(scope="module")
def small_song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("mp4")
    options = (*PLAIN, "-ar", "8000", "-movflags", "faststart")
    return make_audio(folder / "a.m4a", *options, source=SHORT).read_bytes()


def changed(content: bytes, name: bytes, offset: int, *numbers: int) -> bytes:
    """Other 32-bit numbers behind a box's name."""
    at = content.index(name) + 4 + offset
    return content[:at] + struct.pack(f">{len(numbers)}I", *numbers) + content[at + 4 * len(numbers) :]


MOST = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("name", "offset", "numbers"),
    [
        pytest.param(b"stsz", 8, (MOST,), id="4 billion packets"),
        pytest.param(b"stsz", 4, (1, MOST), id="4 billion packets of one byte"),
        pytest.param(b"stsz", 4, (MOST, MOST), id="4 billion packets of 4 GB"),
        pytest.param(b"stsz", 12, (0,), id="an empty packet"),
        pytest.param(b"stsz", 12, (MOST,), id="a packet of 4 GB"),
        pytest.param(b"stsz", 12, (1 << 20,), id="a packet of 1 MB"),
        pytest.param(b"stsz", -8, (16,), id="no sizes"),
        pytest.param(b"stsz", -8, (9,), id="a box without its content"),
        pytest.param(b"stco", 8, (MOST,), id="behind the end"),
        pytest.param(b"stco", 8, (0,), id="at the file's beginning"),
        pytest.param(b"stco", 4, (MOST,), id="4 billion chunks"),
        pytest.param(b"stsc", 12, (MOST,), id="4 billion packets in a chunk"),
        pytest.param(b"stsc", 12, (0,), id="no packets in a chunk"),
        pytest.param(b"stsc", 8, (MOST,), id="a group that never begins"),
        pytest.param(b"stts", 12, (0,), id="packets that take no time"),
        pytest.param(b"stts", 8, (MOST, MOST), id="packets that take for ever"),
        pytest.param(b"stts", 4, (MOST,), id="4 billion times"),
        pytest.param(b"elst", 4, (MOST,), id="4 billion edits"),
        pytest.param(b"elst", 8, (MOST, 0x7FFFFFFF), id="an edit behind the end"),
        pytest.param(b"elst", 8, (0, 0), id="an edit of all"),
        pytest.param(b"mdhd", 12, (0,), id="no ticks in a second"),
        pytest.param(b"mdhd", 12, (MOST,), id="4 billion ticks in a second"),
        pytest.param(b"mvhd", 12, (0,), id="no ticks in the film's second"),
        pytest.param(b"stsd", 4, (0,), id="no description"),
        pytest.param(b"stsd", 8, (0,), id="a description of no bytes"),
        pytest.param(b"esds", 4, (MOST, MOST, MOST), id="descriptors without end"),
        pytest.param(b"moov", -8, (8,), id="nothing in the movie"),
        pytest.param(b"moov", -8, (7,), id="a box smaller than its head"),
        pytest.param(b"trak", -8, (0,), id="a track to the end"),
        pytest.param(b"trak", -8, (1,), id="a size of 64 bits"),
    ],
)
def test_tables_of_nonsense(
    module_page: Page, small_song: bytes, name: bytes, offset: int, numbers: tuple[int, ...]
) -> None:
    """They give some of the song, or leave it to the browser; never more than there is."""
    found = listened(module_page, changed(small_song, name, offset, *numbers))
    assert not found["is_opened"] or found["n_samples"] <= SHORT_S * 8000 + 2048


OPEN = """
const { fetchContract } = await load("contract.js");
const { identify } = await load("decode/identify.js");
const { openPackets } = await load("decode/packets/source.js");
const contract = await fetchContract(contractUrl);
const found = [];
for (const text of args[0]) {
  const file = new Blob([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))]);
  const source = await openPackets(file, await identify(file), contract);
  let end_s = 0;
  for await (const { audio } of source?.segments() ?? []) end_s = audio.end.time_s;
  found.push(end_s);
}
return found;
"""


@pytest.mark.parametrize("options", [("-movflags", "faststart"), FRAGMENTED])
def test_any_byte_of_the_tables_may_be_wrong(module_page: Page, tmp_path: Path, options: tuple[str, ...]) -> None:
    song = make_audio(tmp_path / "a.m4a", *PLAIN, "-ar", "8000", *options, source=SHORT)
    content, chance = song.read_bytes(), random.Random(5)
    n_bytes = content.index(b"mdat")
    wrong = []
    for _ in range(150):
        bad = bytearray(content)
        for _ in range(chance.choice((1, 1, 4, 30))):
            bad[chance.randrange(24, n_bytes)] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
        wrong.append(base64.b64encode(bad).decode())
    lengths_s = module_page.run(OPEN, wrong)
    assert sum(abs(length_s - SHORT_S) < 0.3 for length_s in lengths_s) > 30
    assert max(lengths_s) <= SHORT_S * 48  # at another rate than it says, perhaps


def test_boxes_in_boxes_in_boxes(module_page: Page) -> None:
    deep = b""
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl") * 2000:
        deep = struct.pack(">I4s", 8 + len(deep), name) + deep
    many = struct.pack(">I4s", 8, b"free") * 50_000
    for boxes in (deep, many):
        content = struct.pack(">I4s", 16, b"ftyp") + b"M4A isom" + boxes
        assert listened(module_page, content) == {"is_opened": False}
