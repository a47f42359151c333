"""Fixtures that tests of several parts share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

import model  # noqa: F401 - before NumPy
from tests.multi_label import write_multi_label_model
from tests.page.browser import EmptyPage, Page, first_visit, own_tab
from tests.page.browsers import start_chromium
from tests.support import REPOSITORY, ServerProcess, ready_server_with, untraced

RESTING = ", ".join(f"main[data-state={state}]" for state in ("idle", "done", "error"))
OTHER_PEOPLES_SONGS = REPOSITORY.parent / "shared" / "data" / "songs"  # licensed music that we may not ship


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    """A server with the shipped model, shared by all tests. Its page is up, its model may be loading."""
    process = ServerProcess()
    try:
        process.wait_for_page()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def server_url(server: ServerProcess) -> str:
    """Where the page is, without a slash at the end: http://127.0.0.1:PORT."""
    return server.url


@pytest.fixture(scope="session")
def ready_server(server: ServerProcess) -> ServerProcess:
    """The shared server, its model loaded: /predict works."""
    server.wait_until_ready()
    return server


@pytest.fixture(scope="session")
def multi_label_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that can hear several genres at once."""
    return write_multi_label_model(tmp_path_factory.mktemp("multi") / "several")


@pytest.fixture(scope="session")
def multi_label_server(multi_label_model: Path) -> Iterator[ServerProcess]:
    """A server with that model, loaded."""
    with ready_server_with(MODEL=str(multi_label_model)) as process:
        yield process


@pytest.fixture(scope="session")
def other_peoples_songs() -> Path:
    """The folder of licensed songs that some checks can additionally use."""
    if not OTHER_PEOPLES_SONGS.is_dir():
        pytest.skip("extra test: the folder of licensed songs is not here")
    return OTHER_PEOPLES_SONGS


@pytest.fixture(scope="module")
def untraced_networks() -> Iterator[None]:
    """For tests that ask each of their networks a few times."""
    with untraced():
        yield


# --- the page in a browser, one for all tests -----------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Chromium; the page's cache lives as long as it does."""
    driver = start_chromium(tmp_path_factory.mktemp("chromium"))
    yield driver
    driver.quit()


@pytest.fixture
def page(chromium: webdriver.Chrome, server_url: str) -> Iterator[Page]:
    """The page, freshly loaded, with no song or setting kept. A test that leaves an error in the console fails."""
    chromium.get_log("browser")
    with own_tab(chromium):
        yield from _without_complaints(first_visit(chromium, server_url))


@pytest.fixture(scope="module")
def long_visit(chromium: webdriver.Chrome, server_url: str) -> Iterator[Page]:
    """See `visited_page`."""
    chromium.get_log("browser")
    with own_tab(chromium):
        yield first_visit(chromium, server_url)


@pytest.fixture
def visited_page(long_visit: Page) -> Iterator[Page]:
    """The page as the file's tests with this fixture, which stand side by side, leave it to each other.

    For those of one song after the other or one refusal after the other, as a visitor has them: a page that is loaded
    for each is most of their work. Only what hangs, or is the page no more, is loaded anew.
    """
    if not long_visit.driver.find_elements("css selector", RESTING):
        long_visit.reload()
    yield from _without_complaints(long_visit)


def _without_complaints(page: Page) -> Iterator[Page]:
    yield page
    complaints = [entry for entry in page.console() if entry.startswith("SEVERE")]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def module_page(chromium: webdriver.Chrome, server_url: str) -> Page:
    """An empty page of the server's to run modules in: without the page's own, which takes half a second to start."""
    return EmptyPage(chromium, server_url)


@pytest.fixture(scope="module")
def shared_module_page(chromium: webdriver.Chrome, server_url: str) -> Page:
    """module_page, one for all of a file's tests: for those that change nothing of it but what modules keep."""
    return EmptyPage(chromium, server_url)
