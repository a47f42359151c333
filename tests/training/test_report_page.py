"""The report in a real browser: it asks for nothing, nobody's names are code, and it plays what it may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.page.axe import violations
from tests.page.browser import Page
from tests.training.support import part, toy_set
from training.__main__ import main
from training.linear import train_linear
from training.split import split_from_archive, write_split

HOSTILE = (
    "</script><script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=1">',
    "{{ 7 * 7 }}",
)
RATE_HZ = 8000


class ReportPage(Page):
    """A file of the disk in place of the page."""

    def reload(self) -> None:
        self.driver.get(self.url)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of songs and genres with names that would do harm, with sound of one of them."""
    folder = tmp_path_factory.mktemp("page")
    songs = toy_set(folder / "set", n_songs=4, genres=HOSTILE)
    write_split(split_from_archive(songs), folder / "split.json", "<b>given</b>")
    train_linear(part(songs, "train"), part(songs, "valid"), folder / "run", 0, "<b>given</b>")
    sound = folder / "my #1 music" / f"{HOSTILE[2]}/0.wav"
    sound.parent.mkdir(parents=True)
    soundfile.write(sound, np.zeros(20 * RATE_HZ, np.float32), RATE_HZ)
    words = (
        "--set",
        "set",
        "--split",
        "split.json",
        "--run",
        "run",
        "--audio",
        "my #1 music",
        "--out",
        "a/report.html",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["report", *words]) == 0
    return folder / "a/report.html"


@pytest.fixture
def report(file: Path, chromium: webdriver.Chrome) -> Iterator[ReportPage]:
    """Open. A test that leaves anything in the console fails."""
    chromium.get_log("browser")
    page = ReportPage(chromium, file.as_uri())
    yield page
    assert not page.console()


def test_names_are_words_and_never_code(report: ReportPage) -> None:
    assert report.driver.title == "run: how the training went"
    heads = [head.text for head in report.driver.find_elements(By.CSS_SELECTOR, ".matrix tbody th")]
    assert heads == sorted(HOSTILE)
    assert report.driver.execute_script("return document.querySelectorAll('img, script').length") == 1  # its own script
    assert "<b>given</b>" in report.text("#songs ~ p")


def test_it_asks_for_nothing(report: ReportPage) -> None:
    requested = report.driver.execute_script("return performance.getEntriesByType('resource').map(({name}) => name)")
    assert [name for name in requested if not name.startswith("data:")] == []
    assert (
        report.run("try { await fetch('https://example.org/'); return 'asked' } catch { return 'refused' }")
        == "refused"
    )
    report.driver.get_log("browser")  # of that refusal


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_everybody_can_read_it(report: ReportPage, scheme: str, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    report.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    report.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert violations(report) == []
        assert report.run("return document.documentElement.scrollWidth") <= width
    finally:
        report.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        report.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_song_pointed_at_is_named(report: ReportPage) -> None:
    dot = report.find(".map [data-song='5']")
    ActionChains(report.driver).move_to_element(dot).perform()
    chosen = Select(report.find("#song")).first_selected_option
    assert report.text("#told").startswith(f"{chosen.text}: ")
    assert len(report.driver.find_elements(By.CSS_SELECTOR, ".map .pointed")) == 1


def test_a_song_can_be_chosen_without_a_mouse_and_is_heard_when_asked_for(report: ReportPage) -> None:
    Select(report.find("#song")).select_by_visible_text(f"{HOSTILE[2]}/0")
    assert f"{HOSTILE[2]}/0: {HOSTILE[2]}, heard as such, " in report.text("#told")
    assert report.run("return sound.paused")
    report.find("#play").click()
    WebDriverWait(report.driver, 10).until(lambda driver: driver.execute_script("return sound.currentTime > 0"))
    assert 5 < report.run("return sound.currentTime") < 20  # from its middle
    report.find("#stop").click()
    assert report.run("return sound.paused")
