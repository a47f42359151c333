"""Files whose packets end long before they do, and files made to take long; and that reading them can be ended."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.page.test_packets import FLAC, OPUS, SWEEP, VORBIS
from tests.support import make_audio

MIB = 1 << 20

# What the segments of a song with something before, or behind it, are made of.
OPEN = """
const song = Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0));
const filling = Uint8Array.from(args[1], (char) => char.charCodeAt(0));
const filler = Uint8Array.from({ length: args[2] }, (_, i) => filling[i % filling.length]);
const { fetchContract } = await load("contract.js");
const { openPackets } = await load("decode/packets/source.js");
const file = new Blob(args[3].map((what) => ({ song, filler })[what]));
const source = await openPackets(file, { container: args[4], first_byte: 0 }, await fetchContract(contractUrl));
const found = { n_samples: 0, n_bytes: 0 };
for await (const { audio, sample_rate_hz } of source?.segments() ?? []) {
  for (const { bytes } of audio.runs) found.n_bytes = Math.max(found.n_bytes, bytes.length);
  found.n_samples = Math.round(audio.end.time_s * sample_rate_hz);
}
return found;
"""


def opened(page: Page, song: bytes, filling: bytes, n_bytes: int, parts: list[str], container: str) -> dict[str, int]:
    """Samples of the song, and the bytes of its largest run of packets."""
    encoded = base64.b64encode(song).decode()
    return dict(page.run(OPEN, encoded, filling.decode("latin-1"), n_bytes, parts, container))


@pytest.mark.parametrize("filling", [b"\x00", b"\xff", b"\xff\xf8", b"fLaC"])
def test_what_follows_a_flac_files_last_frame_is_no_part_of_it(
    module_page: Page, tmp_path: Path, filling: bytes
) -> None:
    song = make_audio(tmp_path / "a.flac", *FLAC, "-ar", "16000", source=f"{SWEEP}:duration=12").read_bytes()
    found = opened(module_page, song, filling, 8 * MIB, ["song", "filler"], "FLAC")
    assert found["n_samples"] == 12 * 16000
    assert found["n_bytes"] < len(song) + 500_000


def test_a_flac_file_goes_on_behind_a_gap(module_page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.flac", *FLAC, "-ar", "16000", source=f"{SWEEP}:duration=12").read_bytes()
    found = opened(module_page, song, b"\x00", 8 * MIB, ["song", "filler", "song", "filler"], "FLAC")
    assert found["n_samples"] == 2 * 12 * 16000
    assert found["n_bytes"] < 2 * len(song) + 500_000


@pytest.mark.parametrize(("name", "options"), [("a.ogg", VORBIS), ("a.opus", OPUS)])
def test_a_song_among_false_pages_is_found(
    module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    """Whoever checks each of them to its end needs minutes for these."""
    song = make_audio(tmp_path / name, *options, "-ar", "48000", source=f"{SWEEP}:duration=12").read_bytes()
    filling = b"OggS" + b"\xff" * 23
    found = opened(module_page, song, filling, 24 * MIB, ["filler", "filler", "song"], "Ogg")
    assert found["n_samples"] / 48000 == pytest.approx(12, abs=2)


READ_FOR_A_WHILE = """
const filler = new Uint8Array(args[1]);
const file = new Blob([Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0)), filler]);
const aborter = new AbortController();
let n_slices = 0;
file.slice = (...range) => {
  n_slices += 1;
  if (n_slices === args[3]) aborter.abort();
  return Blob.prototype.slice.apply(file, range);
};
const { fetchContract } = await load("contract.js");
const { openPackets } = await load("decode/packets/source.js");
const contract = await fetchContract(contractUrl);
const read = async () => {
  const source = await openPackets(file, { container: args[2], first_byte: 0 }, contract, aborter.signal);
  for await (const _ of source.segments());
};
const error = await read().then(() => null, ({ name }) => name);
return { error, n_slices };
"""


@pytest.mark.parametrize(("container", "head"), [("Ogg", b"OggS"), ("FLAC", None)])
def test_a_song_that_is_over_is_read_no_further(
    module_page: Page, tmp_path: Path, container: str, head: bytes | None
) -> None:
    song = head or make_audio(tmp_path / "a.flac", *FLAC, source=f"{SWEEP}:duration=12").read_bytes()
    found = module_page.run(READ_FOR_A_WHILE, base64.b64encode(song).decode(), 16 * MIB, container, 9)
    assert found["error"] == "AbortError"
    assert found["n_slices"] < 12
