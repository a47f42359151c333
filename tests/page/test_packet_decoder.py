"""Decoders that hang, or only seem to: each is Chromium's own, kept from getting or giving what it should."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.page.browser import Page, PageError
from tests.support import SONGS

# `hold(decoder, number)` says of each decoder that is made what becomes of it; a second is a tenth of one.
PREPARE = """
const setTimeoutOnce = window.setTimeout;
window.setTimeout = (call, ms) => setTimeoutOnce(call, ms / 10);
window.n_decoders = 0;
window.held = [];
const Real = window.AudioDecoder;
window.AudioDecoder = class extends Real {
  constructor(init) {
    super(init);
    n_decoders += 1;
    this.is_held = window.isHeld(n_decoders);
    this.n_taken = 0;
  }
  decode(chunk) {
    this.n_taken += 1;
    if (!this.is_held || this.n_taken < 20) super.decode(chunk);
  }
  flush() {
    if (!this.is_held) return super.flush();
    return new Promise((resolve, reject) => held.push(() => super.flush().then(resolve, reject)));
  }
};
"""

OPEN = """
const file = new Blob([Uint8Array.from(atob(args[0]), (char) => char.charCodeAt(0))]);
const { joined } = await load("arrays.js");
const { fetchContract } = await load("contract.js");
const { decodeRun } = await load("decode/packets/decoder.js");
const { openPackets } = await load("decode/packets/source.js");
const contract = await fetchContract(contractUrl);
const open = () => openPackets(file, { container: "Ogg", first_byte: 0 }, contract);
const sound = async (run) => {
  const blocks = [];
  for await (const [first] of decodeRun(run)) blocks.push(first.slice());
  return joined(blocks);
};
"""

HANG_WHILE_DECODING = f"""{OPEN}
const source = await open();
const {{ value }} = await source.segments().next();
const [run] = value.audio.runs;
const expected = await sound(run);
window.isHeld = (number) => number <= args[1];
{PREPARE}
const found = await sound(run);
return {{ is_same: found.length > 0 && found.every((sample, i) => sample === expected[i]), n: n_decoders }};
"""

HANG_AT_FIRST = f"""{OPEN}
window.isHeld = (number) => number === 1;
{PREPARE}
const is_opened = [Boolean(await open()), Boolean(await open())];
const n_tried = n_decoders;
held.splice(0).forEach((go) => go());
while (!(await open())) await new Promise((resolve) => setTimeoutOnce(resolve, 10));
return {{ is_opened, n_tried }};
"""


def song() -> str:
    return base64.b64encode((SONGS / "formats" / "stereo-48000.opus").read_bytes()).decode()


def test_a_decoder_that_hangs_is_started_again(page: Page) -> None:
    found: dict[str, Any] = page.run(HANG_WHILE_DECODING, song(), 1)
    assert found == {"is_same": True, "n": 2}


def test_one_that_hangs_again_is_no_silence(page: Page) -> None:
    with pytest.raises(PageError, match=r"SongError: worker-crashed .*hangs"):
        page.run(HANG_WHILE_DECODING, song(), 2)


def test_one_that_hangs_when_tried_is_tried_once_until_it_answers(page: Page) -> None:
    found = page.run(HANG_AT_FIRST, song())
    assert found == {"is_opened": [False, False], "n_tried": 1}
