"""What the page shows where the network is unsure: hatching instead of a genre's colour, words that claim nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from tests.page.browser import Page
from tests.page.painting import paint
from tests.support import SONGS

SONG = SONGS / "metal.mp3"


def test_an_unsure_second_is_hatched_between_its_lanes_too(module_page: Page) -> None:
    pixels = paint(module_page, "lanes", [[0.6, 0.4]] * 4, 160, [False, True, True, False])
    clear, vague = np.delete(pixels, slice(40, 120), axis=1), pixels[:, 40:120]
    edge, above = 2, 0  # no lane is there
    assert not clear[above : above + edge, :, 3].any()
    assert vague[above : above + edge, :, 3].any()
    assert not vague[above : above + edge, :, 3].all()


def test_hatching_that_comes_second_by_second_is_as_if_painted_at_once(module_page: Page) -> None:
    unsure = [True] * 5 + [False] * 3 + [True] * 30
    rows = [[0.6, 0.4]] * len(unsure)
    whole = paint(module_page, "lanes", rows, 333, unsure)
    bit_by_bit = paint(module_page, "lanes", rows, 333, unsure, list(range(1, len(unsure) + 1)))
    np.testing.assert_array_equal(bit_by_bit, whole)


def test_a_column_of_several_seconds_is_unsure_where_most_of_them_are(module_page: Page) -> None:
    thirds = [[False, False, False], [True, False, False], [True, False, True], [True, True, True]]
    unsure = [second for third in thirds for second in third * 10]
    pixels = paint(module_page, "lanes", [[0.6, 0.4]] * len(unsure), 40, unsure)
    hatched = pixels[..., 1].any(axis=0)
    np.testing.assert_array_equal(hatched, np.repeat([False, False, True, True], 10))


# Before the page's own script: every contract that it fetches has this rule.
RULE = """
const plainFetch = fetch;
window.fetch = async (url, ...rest) => {
  const answer = await plainFetch(url, ...rest);
  if (!String(url).endsWith("contract.json")) return answer;
  const contract = await answer.json();
  return Response.json({ ...contract, rows: { ...contract.rows, unsure_below: %s, verdict_unsure_below: %s } });
};
"""


@pytest.fixture
def page_with_rule(chromium: webdriver.Chrome, server_url: str) -> Iterator[Callable[[float, float], Page]]:
    """The page with a contract of other bounds: of seconds, and of the verdict."""
    with ExitStack() as stack:

        def load(unsure_below: float, verdict_unsure_below: float) -> Page:
            rule = {"source": RULE % (unsure_below, verdict_unsure_below)}
            script = chromium.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", rule)
            stack.callback(chromium.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", script)
            return Page(chromium, server_url)

        yield load


def test_a_song_of_nothing_that_was_taught_is_told_as_such(page_with_rule: Callable[[float, float], Page]) -> None:
    page = page_with_rule(1, 1)
    analysis = page.analyse(SONG)
    genre = analysis["verdict"]["genre"]
    assert all(analysis["unsure"])
    assert analysis["verdict"]["unsure"] is True
    assert page.text("#verdict").startswith(f"Unsure, most like {genre} (")
    assert page.text("#announcer").endswith(f"{page.text('#verdict')}.")
    assert page.find("#unsure-note").is_displayed()
    page.find("#plot").send_keys(Keys.ARROW_RIGHT)
    likeliest = analysis["genres"][int(np.argmax(analysis["probabilities"][1]))]
    assert (page.text("#readout .unsure"), page.text("#readout .guess").split()[2]) == ("unsure", likeliest)
    assert page.find("#plot").get_attribute("aria-valuetext").startswith(f"0:01, unsure, most like {likeliest} (")
    assert page.driver.execute_script("return document.querySelector('#readout .genre')") is None


def test_where_nothing_is_unsure_nothing_says_so(page_with_rule: Callable[[float, float], Page]) -> None:
    page = page_with_rule(0, 0)
    analysis = page.analyse(SONG)
    assert not any(analysis["unsure"])
    assert analysis["verdict"]["unsure"] is False
    assert page.text("#verdict").startswith("Mostly ")
    assert not page.find("#unsure-note").is_displayed()
    assert page.driver.execute_script("return document.querySelectorAll('#song .unsure, #song.unsure').length") == 0


def test_the_next_song_begins_without_the_last_ones_doubts(page: Page) -> None:
    page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const view = new SongView({ onSong() {}, onTime() {} });
        const file = new File(["no song"], "a.mp3");
        const verdict = { genre: "a", confidence: 0.5, unsure: true, probabilities: { a: 0.5, b: 0.5 } };
        view.open();
        view.show(file, ["a", "b"], 1);
        view.setRows([[0.5, 0.5]], [true]);
        view.finish({ verdict, duration_s: 1, timings_ms: { total: 1 } });
        const doubts = () => [
          document.querySelector("#song").matches(".unsure"),
          document.querySelector("#unsure-note").checkVisibility(),
          document.querySelector("#readout .unsure") !== null,
        ];
        shown.push(doubts());
        view.show(file, ["a", "b"], 1);
        shown.push(doubts());
        """
    )
    assert page.driver.execute_script("return shown") == [[True] * 3, [False] * 3]
