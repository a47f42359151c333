"""A chart that comes with a link: it is shown without its sound, whoever made it, and the page works on."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from tests.page.browser import Page
from tests.page.chart_links import Chart
from tests.support import SONGS

SONG = SONGS / "metal.mp3"
LINKED = Chart(title="Linked song")
INCOMPLETE = "The chart in this link is incomplete"


@pytest.fixture
def away(page: Page) -> Page:
    """The page, left: an address that differs in its fragment alone would not load it again."""
    page.driver.get("about:blank")
    return page


def open_link(page: Page, fragment: str) -> None:
    """As from another program: a fresh page."""
    page.driver.get(f"{page.url}/{fragment}")
    page.wait_for("document.readyState === 'complete'")
    page.driver.execute_script(
        "window.analyses = []; window.states = [];"
        "document.addEventListener('genrescope:analysis', (event) => analyses.push(event.detail));"
    )


def test_a_linked_chart_is_shown_and_says_that_it_has_no_sound(away: Page) -> None:
    open_link(away, LINKED.fragment())
    away.wait_for("document.querySelector('main').dataset.state === 'done'")
    assert away.text("#title") == "Linked song"
    assert away.text("#verdict") == "Mostly blues, 60\u202f%"
    note = away.find("#from-link")
    assert note.is_displayed()
    assert note.text == "This chart came with a link, without its sound. Drop the song, or any other one, to hear it."
    assert away.text("#announcer").startswith("A chart from a link, without its sound: Linked song.")
    assert not away.find("#audio").is_displayed()
    assert not away.find("#not-playable").is_displayed()
    assert (away.text("#alert"), away.text("#status")) == ("", "")
    away.find("#plot").send_keys(Keys.ARROW_RIGHT)
    assert away.text("#readout") == "0:01blues 78\u202f%jazz 22\u202f%"
    away.find("#plot").send_keys(Keys.ARROW_RIGHT)
    assert away.text("#readout") == "0:02unsuremost like jazz (61\u202f%)"
    assert away.find("#take-along").is_displayed()


def test_a_song_takes_the_place_of_a_linked_chart(away: Page) -> None:
    open_link(away, LINKED.fragment())
    away.wait_for("document.querySelector('main').dataset.state === 'done'")
    analysis = away.analyse(SONG)
    assert away.text("#title") == "metal"
    assert analysis["verdict"]["genre"] in away.text("#verdict")
    assert not away.find("#from-link").is_displayed()
    assert away.find("#audio").is_displayed()
    assert away.driver.current_url == f"{away.url}/"  # a reload does not bring the link's chart back


def test_a_link_is_opened_on_a_page_that_has_a_song(page: Page) -> None:
    page.analyse(SONG)
    page.driver.execute_script("location.hash = arguments[0]", LINKED.fragment())
    page.wait_for("document.querySelector('#title').textContent === 'Linked song'")
    assert page.find("#from-link").is_displayed()
    assert not page.find("#audio").is_displayed()
    assert page.driver.execute_script("return document.querySelector('audio').hasAttribute('src')") is False
    coarse = Chart(title="Another", step_us=5_000_000, duration_us=15_000_000)
    page.driver.execute_script("location.hash = arguments[0]", coarse.fragment())
    page.wait_for("document.querySelector('#title').textContent === 'Another'")
    assert "Each column stands for 5 seconds." in page.text("#from-link")
    assert len(page.driver.execute_script("return analyses")) == 1


def test_a_link_opened_while_a_song_is_heard_takes_its_place(page: Page) -> None:
    page.driver.execute_script(
        """
        const main = document.querySelector("main");
        const [fragment] = arguments;
        new MutationObserver((_, observer) => {
          if (main.dataset.state !== "loading") return;
          observer.disconnect();
          location.hash = fragment;
        }).observe(main, { attributeFilter: ["data-state"] });
        """,
        LINKED.fragment(),
    )
    page.choose(SONGS.parent.parent / "static" / "sample" / "medley.mp3")
    page.wait_for("document.querySelector('#title').textContent === 'Linked song'")
    assert page.state == "done"
    page.run("await new Promise((resolve) => setTimeout(resolve, 1000))")
    assert (page.text("#title"), page.driver.execute_script("return analyses.length")) == ("Linked song", 0)


def test_a_broken_link_is_an_error_on_a_page_that_works(away: Page) -> None:
    open_link(away, LINKED.fragment()[:40])
    away.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert away.text("#alert").startswith(INCOMPLETE)
    assert not away.find("#song").is_displayed()
    assert away.find("#picker label").is_displayed()
    away.analyse(SONG)
    assert (away.text("#alert"), away.text("#title")) == ("", "metal")


def test_a_broken_link_leaves_the_song_on_the_page(page: Page) -> None:
    page.analyse(SONG)
    page.driver.execute_script("location.hash = '#chart.1d.AAAA.end'")
    page.wait_for("document.querySelector('#alert').textContent")
    assert page.text("#alert").startswith(INCOMPLETE)
    assert page.text("#title") == "metal"
    assert page.find("#audio").is_displayed()
    assert page.find("#take-along").is_displayed()


def test_other_fragments_mean_nothing(away: Page) -> None:
    for fragment in ("#", "#song", "#charts", "#%E0%A4%A"):
        away.driver.get("about:blank")
        open_link(away, fragment)
        assert (away.state, away.text("#alert")) == ("idle", ""), fragment


def test_what_a_link_says_is_text_and_stays_so(away: Page) -> None:
    markup = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    names = ("<b onmouseover=alert(1)>bold</b>", "__proto__", "constructor")
    chart = Chart(title=markup, genres=names, shares=(2000, 5000, 3000), top=1, model=("<i>net", "&amp;"))
    chart.rows = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    open_link(away, chart.fragment())
    away.wait_for("document.querySelector('main').dataset.state === 'done'")
    assert away.text("#title") == markup
    assert away.text("#verdict") == "Mostly __proto__, 50\u202f%"
    added = "document.querySelectorAll('#song :is(img, script, b, i), #announcer *').length"
    assert away.driver.execute_script(f"return {added}") == 0
    listed = "[...document.querySelectorAll('#shares .name')].map((name) => name.textContent)"
    assert away.driver.execute_script(f"return {listed}") == ["__proto__", "constructor", names[0]]
    away.find("#plot").send_keys(Keys.ARROW_RIGHT)
    assert away.text("#readout .genre") == "__proto__ 100\u202f%"
    assert "run" not in away.driver.title


def test_no_request_carries_the_chart(away: Page) -> None:
    fragment = LINKED.fragment()
    open_link(away, fragment)
    away.wait_for("document.querySelector('main').dataset.state === 'done'")
    names = away.driver.execute_script("return performance.getEntriesByType('resource').map(({ name }) => name)")
    assert len(names) > 20
    data = fragment.split(".")[2]
    assert [name for name in names if data[:20] in name] == []
