"""The page in a real browser, as the tests see it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

# What a script in the page finds around it: modules of ours by path, and numbers that travel as base64.
PRELUDE = """
const load = (path) => import(new URL("static/" + path, document.baseURI));
const contractUrl = new URL("model/contract.json", document.baseURI).href;
const pack = (numbers) => {
  const bytes = new Uint8Array(Float32Array.from(numbers).buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return { float32: btoa(text) };
};
const unpack = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
"""


# What the page gives the browser to play, but for songs.
NOTE_PLAYED = """
window.played = [];
const { start } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function (...when) {
  played.push(this.buffer.getChannelData(0));
  return start.apply(this, when);
};
"""


def first_visit(driver: webdriver.Chrome, url: str) -> Page:
    """The page as it is where nobody has been before: with no song or setting kept."""
    kept = {"origin": url, "storageTypes": "local_storage,indexeddb"}
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", kept)  # before it is loaded: it shows what it finds
    return Page(driver, url)


@contextmanager
def own_tab(driver: webdriver.Chrome) -> Iterator[None]:
    """A new one. It is closed in the end, and all that were opened from it, even one that has crashed.

    And what plays in them, or listens: no later test hears it.
    """
    first, others = driver.current_window_handle, set(driver.window_handles)
    driver.switch_to.new_window("tab")
    try:
        yield
    finally:
        driver.switch_to.window(first)
        for tab in set(driver.window_handles) - others:
            driver.execute_cdp_cmd("Target.closeTarget", {"targetId": tab})


def packed(numbers: np.ndarray) -> str:
    """float32 numbers as a script's argument: `unpack` has them again."""
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()


class Page:
    """The page at a server's address, freshly loaded."""

    def __init__(self, driver: WebDriver, url: str) -> None:
        self.driver, self.url = driver, url
        self.reload()

    def reload(self) -> None:
        self.driver.get(f"{self.url}/")
        self.wait_for("document.readyState === 'complete'")  # WebKit's driver does not wait for the page's script
        self.driver.execute_script(
            "window.analyses = []; window.states = []; window.shown = [];"
            "document.addEventListener('genrescope:analysis', (event) => analyses.push(event.detail));"
            "const main = document.querySelector('main');"
            "new MutationObserver(() => states.push(main.dataset.state))"
            "  .observe(main, {attributeFilter: ['data-state']});"
        )

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of an async function body in the page; numbers that it `pack`s come as float32 arrays."""
        answer = self.driver.execute_async_script(
            f"{PRELUDE} const done = arguments[arguments.length - 1];"
            f"(async (...args) => {{ {script} }})(...arguments)"
            ".then((value) => done({ value }), (error) => done({ error: `${error.name}: ${error.message}` }));",
            *arguments,
        )
        if "error" in answer:
            raise PageError(answer["error"])
        return _unpacked(answer.get("value"))

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        return str(self.driver.execute_script("return document.querySelector(arguments[0]).textContent", selector))

    def choose(self, song: Path) -> None:
        """Gives the file to the page's file input for songs."""
        self.choose_all(song)

    def choose_all(self, *songs: Path) -> None:
        """Gives the files to the page's file input for songs, all at once."""
        self.find("#file").send_keys("\n".join(map(str, songs)))

    def forget(self) -> None:
        """The browser keeps no song's analysis any more: the next one is computed."""
        self.run('const { AnalysisStore } = await load("library/store.js"); await new AnalysisStore().forget();')

    def file_input(self, file: Path) -> WebElement:
        """A script's argument, whose `files[0]` the file is: as base64, millions of bytes take seconds."""
        chosen: WebElement = self.driver.execute_script(
            "const input = Object.assign(document.createElement('input'), { type: 'file' });"
            "return document.body.appendChild(input);"
        )
        chosen.send_keys(str(file))
        return chosen

    @property
    def state(self) -> str:
        return str(self.find("main").get_attribute("data-state"))

    def wait_for(self, condition: str, timeout_s: float = 60) -> Any:
        """Waits until an expression is true in the page; gives its value.

        A look costs 10 ms of a core, which the page needs itself: for what takes long there are fewer.
        """
        since = time.monotonic()
        while not (value := self.driver.execute_script(f"return {condition}")):
            if (waited_s := time.monotonic() - since) > timeout_s:
                alert = self.text("#alert")
                pytest.fail(f"not within {timeout_s} s: {condition}; state {self.state!r}, alert {alert!r}")
            time.sleep(min(max(0.02, waited_s / 10), 0.1))
        return value

    def analyse(self, song: Path, timeout_s: float = 60) -> dict[str, Any]:
        """Chooses a song, which is heard anew, and waits for its event; gives the event's detail."""
        self.forget()
        self._choose_and_wait(song, timeout_s)
        if self.state == "error":
            pytest.fail(f"{song.name}: {self.text('#alert')}")
        return dict(self.driver.execute_script("return analyses[analyses.length - 1]"))

    def refusal(self, song: Path, timeout_s: float = 60) -> str:
        """Chooses a file that the page cannot use; gives what it says about it."""
        self._choose_and_wait(song, timeout_s)
        assert self.state == "error", f"{song.name} was analysed"
        return self.text("#alert")

    def _choose_and_wait(self, song: Path, timeout_s: float) -> None:
        """Until it is heard or refused; what became of the one before it is none of that."""
        n_states, n_analyses = self.driver.execute_script("return [states.length, analyses.length]")
        self.choose(song)
        self.wait_for(f"states.slice({n_states}).includes('error') || analyses.length > {n_analyses}", timeout_s)

    def console(self) -> list[str]:
        """What the console has been told since it was last asked: errors of any kind, and warnings. Chromium only."""
        return [f"{entry['level']} {entry['message']}" for entry in self.driver.get_log("browser")]


class EmptyPage(Page):
    """A document of the page's origin with nothing of the page in it, to run modules of ours in."""

    def reload(self) -> None:
        self.driver.get(f"{self.url}/healthz")


class PageError(Exception):
    """A script in the page threw."""


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"float32"}:
        return np.frombuffer(base64.b64decode(value["float32"]), "<f4")
    if isinstance(value, dict):
        return {key: _unpacked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unpacked(inner) for inner in value]
    return value


def golden_files(folder: Path) -> list[dict[str, Any]]:
    """The golden cases of a model folder, with their arrays."""
    contract = json.loads((folder / "contract.json").read_text(encoding="utf-8"))
    golden = folder / contract["golden"]
    cases = json.loads(golden.read_text(encoding="utf-8"))["cases"]
    for case in cases:
        for stage, entry in case.items():
            if isinstance(entry, dict) and "file" in entry:
                kind = "<i2" if stage == "pcm" else "<f4"
                case[stage] = np.fromfile(golden.parent / entry["file"], kind).reshape(entry["shape"])
    return list(cases)
