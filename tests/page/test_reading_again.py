"""Memory that is used again: what is read from files into it and what is lent to helpers is right, and not mixed up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.page.browser import EmptyPage, Page
from tests.page.browsers import start_chromium
from tests.support import ServerProcess

# File byte i is (i * i) >> 8, modulo 256: no two stretches alike.
FILE = """
const { PartReader, fileBlocks } = await load("decode/file-blocks.js");
const bytes = Uint8Array.from({ length: args[0] }, (_, i) => (i * i) >> 8);
const file = new Blob([bytes]);
const isSame = (found, from) => found.every((byte, i) => byte === bytes[from + i]);
"""


@pytest.mark.parametrize(("n_bytes", "first"), [(0, 0), (1, 0), (1 << 19, 0), (1_700_000, 0), (1_700_000, 1_100_001)])
def test_blocks_are_the_file(module_page: Page, n_bytes: int, first: int) -> None:
    """Each is looked at before the next is asked for, while the next is being read."""
    script = f"""{FILE}
    let at = args[1];
    const are_right = [];
    for await (const block of fileBlocks(file, at)) {{
      await new Promise((resolve) => setTimeout(resolve, 20));
      are_right.push(isSame(block, at));
      at += block.length;
    }}
    return [at, are_right.length, are_right.every(Boolean)];
    """
    assert module_page.run(script, n_bytes, first) == [n_bytes, -(-(n_bytes - first) // (1 << 19)), True]


def test_a_read_is_answered_whatever_is_collected_meanwhile(server: ServerProcess, tmp_path: Path) -> None:
    """Chromium 156 collects a reader that nothing refers to, and never answers its read: every second one here."""
    script = f"""{FILE}
    const collecting = setInterval(gc, 0);
    const n_read = [];
    for (let i = 0; i < 20; i += 1) {{
      const all = new PartReader().read(file);
      gc();
      n_read.push(await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 3000, "no answer"))]));
    }}
    clearInterval(collecting);
    return n_read.map((part) => part.length);
    """
    driver = start_chromium(tmp_path, "--js-flags=--expose-gc")
    try:
        assert EmptyPage(driver, server.url).run(script, 1 << 20) == [1 << 20] * 20
    finally:
        driver.quit()


def test_parts_of_any_size_one_after_the_other(module_page: Page) -> None:
    script = f"""{FILE}
    const reader = new PartReader();
    const found = [];
    for (const [from, to] of args[1]) {{
      const part = await reader.read(file.slice(from, to));
      found.push(part.length === to - from && isSame(part, from));
    }}
    return found;
    """
    parts = [[0, 10], [200_000, 900_000], [5, 70_000], [30, 30], [0, 1_000_000], [999_999, 1_000_000]]
    assert module_page.run(script, 1_000_000, parts) == [True] * len(parts)


def test_rooms_are_large_enough_and_lent_to_one_at_a_time(module_page: Page) -> None:
    script = """
    const { Rooms } = await load("engine/rooms.js");
    const rooms = new Rooms();
    const [first, second] = [rooms.take(10_000), rooms.take(10_000)];
    rooms.takeBack(first);
    const again = rooms.take(9_000);
    rooms.takeBack(second);
    const larger = rooms.take(1_000_001);
    return [first !== second, again === first, larger.byteLength >= 1_000_001, rooms.take(0) instanceof ArrayBuffer];
    """
    assert module_page.run(script) == [True] * 4


def test_memory_given_back_is_gone(module_page: Page) -> None:
    script = """
    const { merged, release } = await load("arrays.js");
    const parts = [Float32Array.of(1, 2), Float32Array.of(3)];
    const room = new Float32Array(8);
    const whole = merged(parts, room);
    const small = merged([Float32Array.of(4, 5)], new Float32Array(1));
    release(parts[0]); // once more does no harm
    return [[...whole], whole.buffer === room.buffer, [...small], parts.map(({ length }) => length)];
    """
    assert module_page.run(script) == [[1, 2, 3], True, [4, 5], [0, 0]]
