"""A song that the browser cannot hear, and the page's offer to send it to the server: as the tests meet it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.page.browser import Page

ASKED = "document.querySelector('#fallback-yes').checkVisibility()"
WORDS = "document.querySelector('#fallback-words').textContent"
ALERT = "document.querySelector('#fallback-alert').textContent"


def ask(page: Page, song: Path) -> str:
    """Chooses a song that the browser cannot hear, and waits for the question; gives its words."""
    page.choose(song)
    page.wait_for(ASKED)
    return page.text("#fallback-words")


def say_yes(page: Page) -> dict[str, Any]:
    """Gives the analysis that comes of it."""
    n = page.driver.execute_script("return analyses.length")
    page.find("#fallback-yes").click()
    page.wait_for(f"analyses.length > {n} || ({ASKED} && {ALERT})")
    assert page.text("#fallback-alert") == ""
    return dict(page.driver.execute_script("return analyses.at(-1)"))


def slow_down(page: Page, bytes_a_second: int, *, offline: bool = False) -> None:
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    page.driver.execute_cdp_cmd("Network.enable", {})  # type: ignore[attr-defined]
    page.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)  # type: ignore[attr-defined]
