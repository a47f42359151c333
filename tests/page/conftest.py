"""The browser for the tests of the page and of parity: one for all, with a fresh page for each test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.page.browser import Page
from tests.page.browsers import start_chromium
from tests.support import REPOSITORY

MEDLEY = REPOSITORY / "static" / "sample" / "medley.mp3"


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
    page = Page(chromium, server_url)
    page.forget_all()
    yield page
    complaints = [entry for entry in page.console() if entry.startswith("SEVERE")]
    assert not complaints, "\n".join(complaints)
    chromium.get("about:blank")  # what plays or listens would go on beside the next tests


@pytest.fixture
def module_page(chromium: webdriver.Chrome, server_url: str) -> Page:
    """Some page of ours to run modules in, freshly loaded: the one before may be of a server that has ended."""
    return Page(chromium, server_url)


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as a visitor has one, of three genres. To be copied by whoever changes it."""
    from tests.page.models import export_toy  # here: TensorFlow takes seconds to import
    from tests.page.own_models import GENRES

    return export_toy(tmp_path_factory.mktemp("own") / "my model", *GENRES)


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The medley's beginning in formats that Chromium cannot decode and ffmpeg can."""
    folder = tmp_path_factory.mktemp("fallback")
    for name, *options in (
        ("song.wma", "-c:a", "wmav2"),
        ("song.ac3", "-c:a", "ac3"),
        ("song.tta", "-c:a", "tta"),
        ("song.wv", "-c:a", "wavpack"),
        ("ima.aifc", "-c:a", "adpcm_ima_qt", "-f", "aiff"),
        ("song.caf", "-c:a", "pcm_s16le", "-t", "30"),
    ):
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", MEDLEY, "-t", "12", *options, folder / name]
        subprocess.run(command, check=True, timeout=60)
    return folder
