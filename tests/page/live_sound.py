"""Live sound in the page, as the tests make it: what a script plays takes the microphone's place."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.page.browser import Page

# In place of the microphone: what a script of the test plays.
PLAY_TO_PAGE = """
window.context = new AudioContext();
window.played = context.createMediaStreamDestination();
navigator.mediaDevices.getUserMedia = async (wanted) => { window.wanted = wanted; return played.stream; };
"""

# A source that ends by itself, as a microphone does that is unplugged: the sound of a file that is played once.
PLAY_ONCE = """
const bytes = Uint8Array.from(atob(args[0]), (c) => c.charCodeAt(0));
const audio = new Audio(URL.createObjectURL(new Blob([bytes], { type: "audio/wav" })));
navigator.mediaDevices.getUserMedia = async () => {
  await audio.play();
  window.once = audio.captureStream();
  return once;
};
"""


def listen_to_file(page: Page, wav: Path) -> None:
    """Listens to a sound that ends, and with it the source."""
    page.run(PLAY_ONCE, base64.b64encode(wav.read_bytes()).decode())
    listen(page)


def listen(page: Page, source: str = "microphone") -> None:
    n_before = page.driver.execute_script("window.shown = []; return states.length")
    since = f"states.slice({n_before})"  # it may be over again
    page.find(f"#listen-{source}").click()
    page.wait_for(f"{since}.some((state) => state === 'analysing' || state === 'error')")
    assert "analysing" in page.driver.execute_script(f"return {since}"), page.text("#alert")


def wait_for_rows(page: Page, n_rows: int) -> None:
    page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const { setRows } = SongView.prototype;
        SongView.prototype.setRows = function (rows, ...rest) {
          shown.push(rows.length);
          setRows.call(this, rows, ...rest);
        };
        """
    )
    page.wait_for(f"shown.some((n_rows) => n_rows >= {n_rows})", 60 + n_rows)


def stop(page: Page) -> dict[str, object]:
    n = page.driver.execute_script("return analyses.length")
    page.find("#live-stop").click()
    page.wait_for(f"analyses.length > {n} || document.querySelector('main').dataset.state === 'error'")
    assert page.state == "done", page.text("#alert")
    return dict(page.driver.execute_script("return analyses[analyses.length - 1]"))
