"""Files that change, or vanish, after they were chosen: a browser reads them no more, and the page says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.support import SONGS

SONG = SONGS / "metal.mp3"
WORDS = "This file cannot be read any more"

HOLD = """
const input = Object.assign(document.createElement("input"), { type: "file", id: "hold" });
document.body.append(input);
"""
DROP_WHAT_IS_HELD = """
const carried = new DataTransfer();
carried.items.add(document.querySelector("#hold").files[0]);
document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
"""


def hold(page: Page, file: Path) -> None:
    """Chooses a file that the page does not get to see before DROP_WHAT_IS_HELD."""
    page.run(HOLD)
    page.find("#hold").send_keys(str(file))


def append_a_byte(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"x")


@pytest.mark.parametrize("spoil", [append_a_byte, Path.unlink], ids=["changed", "vanished"])
def test_a_file_that_is_spoilt_after_it_was_chosen(page: Page, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    expected = page.analyse(SONG)["probabilities"]
    hold(page, Path(shutil.copy(SONG, tmp_path / "spoilt.mp3")))
    spoil(tmp_path / "spoilt.mp3")
    page.run(DROP_WHAT_IS_HELD)
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert page.text("#alert").startswith(f"spoilt.mp3: {WORDS}")
    assert page.analyse(SONG)["probabilities"] == expected


def test_a_file_that_changes_while_it_is_read(page: Page, tmp_path: Path) -> None:
    """What is read ahead fails while nobody waits for it: that is told to who asks next, and not to the console."""
    file = tmp_path / "growing.mp3"
    file.write_bytes(SONG.read_bytes() * 30)
    hold(page, file)
    begin = """
    const { fileBlocks } = await load("decode/file-blocks.js");
    window.blocks = fileBlocks(document.querySelector("#hold").files[0], 0);
    const { value } = await blocks.next();
    await new Promise((resolve) => setTimeout(resolve, 500)); // the next one is read by then
    return value.length;
    """
    assert page.run(begin) == 1 << 19
    append_a_byte(file)
    go_on = """
    const { SongError } = await load("engine/song-error.js");
    const { value } = await blocks.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return [value.length, await blocks.next().catch((error) => SongError.from(error).code)];
    """
    assert page.run(go_on) == [1 << 19, "unreadable-file"]


def test_a_file_that_changes_before_the_browser_decodes_it(page: Page, tmp_path: Path) -> None:
    hold(page, Path(shutil.copy(SONGS / "formats" / "mono-8000.wav", tmp_path / "changed.wav")))
    append_a_byte(tmp_path / "changed.wav")
    decode = """
    const { decodeWhole } = await load("decode/browser-decoder.js");
    const { SongError } = await load("engine/song-error.js");
    const [file] = document.querySelector("#hold").files;
    return decodeWhole(file, "WAV", 8000).catch((error) => SongError.from(error).code);
    """
    assert page.run(decode) == "unreadable-file"
