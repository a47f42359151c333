"""Songs through the page, one after the other, in a real browser that may fail on one of them."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from selenium.common.exceptions import WebDriverException

from tests.listening.heard import Heard
from tests.page.browser import Page
from tests.page.browsers import Browser

SONG_TIMEOUT_S = 300  # the longest song takes a few seconds, on a machine with nothing else to do
BROWSER_IS_GONE = (WebDriverException, OSError)


class NotHeard(Exception):
    """A song that the page gave no analysis of. The message says why, in the page's words where it has some."""


class Listener:
    """The page at a server's address, in a browser of its own; after a failure in a new one, so that all others count.

    Used as a context manager, which closes the browser.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._opened = ExitStack()
        self.page: Page | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._close()

    def hear(self, path: Path) -> Heard:
        """The file by the page's file input. Raises NotHeard."""
        if not path.is_file():
            raise NotHeard("The file is not there.")
        return Heard.from_event(self._analysis(path))

    def _analysis(self, path: Path) -> dict[str, Any]:
        try:
            return self._ready_page().analyse(path.resolve(), SONG_TIMEOUT_S)
        except pytest.fail.Exception as failure:  # what helpers of the tests raise
            self._close()
            raise NotHeard(str(failure).replace(f"{path.name}: ", "")) from failure
        except BROWSER_IS_GONE as error:
            self._close()
            raise NotHeard(f"The browser failed ({type(error).__name__}).") from error

    def _ready_page(self) -> Page:
        if self.page is None:
            driver = self._opened.enter_context(self._browser.open())
            self.page = Page(driver, self._url)
        return self.page

    def _close(self) -> None:
        self.page = None
        with suppress(*BROWSER_IS_GONE):
            self._opened.close()
