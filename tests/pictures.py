"""`python -m tests.pictures`: the README's pictures, of the page as it is and our own song, into docs/."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.page.browser import Page, first_visit
from tests.page.browsers import start_chromium
from tests.page.looks import emulate
from tests.support import REPOSITORY, ready_server_with

DOCS = REPOSITORY / "docs"
SECOND_S = 17  # jazz, of which the network is sure
WIDE, PHONE = {"width_px": 1280, "height_px": 1010}, {"width_px": 390, "height_px": 900}
TALL = {"width_px": 1280, "height_px": 3000}  # in which all of a part is seen


def main() -> int:
    """Takes them all; gives the exit code."""
    with ready_server_with() as server, tempfile.TemporaryDirectory() as folder:
        driver = start_chromium(Path(folder))
        try:
            page = first_visit(driver, server.url)
            emulate(page, **WIDE)
            page.find("#sample").click()
            page.wait_for("analyses.length === 1 && document.querySelector('main').dataset.state === 'done'")
            page.run("document.querySelector('#audio').currentTime = args[0];", SECOND_S)
            page.wait_for("!document.querySelector('#audio').seeking")
            _take_all(page)
        finally:
            driver.quit()
    return 0


def _take_all(page: Page) -> None:
    page.find("label:has(#show-sound)").click()
    _take_window(page, "page")
    emulate(page, **TALL)
    page.find("#why-button").click()
    page.wait_for("!document.querySelector('#why-play').matches('[aria-disabled=true]')")
    _take_part(page, "why")
    page.find("#why-close").click()
    page.find("#inside-button").click()
    page.wait_for("document.querySelector('.inside-unit canvas')?.checkVisibility()")
    _take_part(page, "inside")
    page.find("#inside-button").click()
    _choose(page, "heat")
    emulate(page, **WIDE, dark=True)
    _take_window(page, "dark")
    _choose(page, "stacked")
    emulate(page, **PHONE)
    _take_window(page, "narrow")


def _choose(page: Page, picture: str) -> None:
    page.find(f"label:has([name=picture][value={picture}])").click()


def _settle(page: Page) -> None:
    page.driver.execute_script("document.activeElement.blur(); scrollTo(0, 0);")
    page.run(
        "await Promise.all(document.getAnimations().map((each) => each.finished));"
        "await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));"
    )


def _take_window(page: Page, name: str) -> None:
    _settle(page)
    page.driver.get_screenshot_as_file(str(_place(name)))


def _take_part(page: Page, name: str) -> None:
    _settle(page)
    page.find(f"#{name}").screenshot(str(_place(name)))


def _place(name: str) -> Path:
    place = DOCS / f"{name}.png"
    print(place.relative_to(REPOSITORY))
    return place


if __name__ == "__main__":
    sys.exit(main())
