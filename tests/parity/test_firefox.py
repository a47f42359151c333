"""Parity in Firefox: decoded by other decoders, the song is the same at every stage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from model.predictor import Predictor
from tests.page.browser import Page, PageError
from tests.parity.compare import hold
from tests.parity.files import own_songs
from tests.parity.firefox import FIREFOX
from tests.parity.measure import measure_file


@pytest.fixture(scope="module")
def firefox_page(server_url: str) -> Iterator[Page]:
    if reason := FIREFOX.why_not():
        pytest.skip(f"extra test: {reason}")
    with FIREFOX.open() as driver:
        yield Page(driver, server_url)


@pytest.mark.parametrize("name", ["FLAC 32 kHz 16-bit mono", "Ogg Vorbis"])
def test_every_stage_of_a_file(firefox_page: Page, predictor: Predictor, name: str) -> None:
    song = next(each for each in own_songs() if each.name == name)
    hold(*measure_file(firefox_page, predictor, song).deviations)


def test_scripts_find_what_those_before_left(firefox_page: Page) -> None:
    firefox_page.run("window.left = args.slice(0, 4)", [1, 2.5], {"hop": 1710}, None, "text")
    assert firefox_page.run("return window.left") == [[1, 2.5], {"hop": 1710}, None, "text"]
    assert firefox_page.run("") is None


def test_a_script_that_throws(firefox_page: Page) -> None:
    with pytest.raises(PageError, match="RangeError: too far"):
        firefox_page.run("throw new RangeError('too far')")
