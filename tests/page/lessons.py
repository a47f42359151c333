"""Genres taught in the page: as the tests do it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.page.browser import Page
from tests.support import SONGS

TAUGHT = "!document.querySelector('#teach-taught').hidden"


def cut(song: str, folder: Path, first_s: float, ending: str = "mp3") -> Path:
    """Four seconds of one of our songs."""
    path = folder / f"{song}-{first_s:g}.{ending}"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-ss", str(first_s), "-t", "4", "-i", SONGS / f"{song}.mp3", path]
    subprocess.run(command, check=True, timeout=60)
    return path


def open_panel(page: Page) -> None:
    page.find("#teach > summary").click()
    page.wait_for("document.querySelectorAll('#teach .genre').length >= 2")


def add_songs(page: Page, number: int, songs: Sequence[Path]) -> None:
    """To the genre of that number, from 0."""
    selector = f"#teach .genre:nth-child({number + 1}) input[type=file]"
    page.find(selector).send_keys("\n".join(map(str, songs)))


def name_genre(page: Page, number: int, name: str) -> None:
    """In one go: of a name that is typed another tab has each beginning, and may show it where it is to be cleared."""
    field = page.find(f"#teach .genre:nth-child({number + 1}) .name")
    page.driver.execute_script(
        """
        const [field, name] = arguments;
        field.focus();
        field.select();
        document.execCommand("insertText", false, name);
        field.blur();
        """,
        field,
        name,
    )


def teach(page: Page, genres: Mapping[str, Sequence[Path]]) -> None:
    """In the panel that is open; waits until it is taught."""
    for number, (name, songs) in enumerate(genres.items()):
        if number == len(page.driver.find_elements("css selector", "#teach .genre")):
            page.find("#teach-add").click()
        name_genre(page, number, name)
        add_songs(page, number, songs)
    page.wait_for(TAUGHT)


def songs_of(page: Page, number: int) -> list[str]:
    """What the page shows of the songs of a genre: title and state."""
    script = """
    const rows = document.querySelectorAll(`#teach .genre:nth-child(${arguments[0] + 1}) li`);
    return [...rows].map((row) => [...row.querySelectorAll("span")].map((s) => s.textContent).join(" ").trim());
    """
    return list(page.driver.execute_script(script, number))


# The teaching worker is what fits: `n_fits` counts those that the page begins from now on.
COUNT_FITS = """
window.n_fits = 0;
const Native = Worker;
window.Worker = class extends Native {
  postMessage(order, ...rest) {
    if (order.what === "fit") n_fits += 1;
    super.postMessage(order, ...rest);
  }
};
"""
KEPT = """
const database = await new Promise((resolve) => {
  const request = indexedDB.open("genrescope");
  request.onsuccess = () => resolve(request.result);
});
const read = async () => {
  const all = database.transaction("lessons").objectStore("lessons").getAll();
  await new Promise((resolve) => (all.onsuccess = resolve));
  return all.result;
};
let kept = await read();
const isAwaited = () => (!args[0] || kept.some(({ fit }) => fit)) && JSON.stringify(kept).includes(args[1]);
while (!isAwaited()) kept = await read();
database.close();
return JSON.stringify(kept);
"""


def kept_parts(page: Page, *, with_fit: bool = False, with_name: str = "") -> str:
    """What the browser keeps of the lesson, as JSON; if asked for, once what was fitted is there, and this name."""
    return str(page.run(KEPT, with_fit, f'"name":"{with_name}"' if with_name else ""))
