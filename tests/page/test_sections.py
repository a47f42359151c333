"""static/sections.js and its list: a song's parts in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.page.browser import Page
from tests.support import REPOSITORY, SONGS

GENRES = ["blues", "jazz", "rock"]
SAMPLE = REPOSITORY / "static" / "sample" / "medley.mp3"


def row(**shares: float) -> list[float]:
    """A second in which some genres have so much, and the others the rest."""
    rest = (1 - sum(shares.values())) / max(1, len(GENRES) - len(shares))
    return [shares.get(genre, rest) for genre in GENRES]


def sections(page: Page, rows: list[list[float]], unsure: list[bool] | None = None, **heard: float) -> list[Any]:
    """(start, end, genre, elements) of each section."""
    script = 'const { sectionsOf } = await load("sections.js"); return sectionsOf(args[0]);'
    known = {"step_s": 1, "duration_s": len(rows) * heard.get("step_s", 1), **heard}
    found = page.run(script, {"genres": GENRES, "rows": rows, "unsure": unsure or [False] * len(rows), **known})
    return [(s["start_s"], s["end_s"], s["genre"], s["elements"]) for s in found]


def test_a_song_of_two_genres_changes_where_it_does(module_page: Page) -> None:
    rows = [row(jazz=0.7)] * 41 + [row(rock=0.6)] * 89
    assert sections(module_page, rows, duration_s=129.4) == [(0, 41, "jazz", []), (41, 129.4, "rock", [])]


def test_what_else_is_heard_is_named_by_falling_share(module_page: Page) -> None:
    assert sections(module_page, [row(jazz=0.5, blues=0.21, rock=0.29)] * 20) == [(0, 20, "jazz", ["rock", "blues"])]
    assert sections(module_page, [row(jazz=0.7, blues=0.19, rock=0.11)] * 20) == [(0, 20, "jazz", [])]


def test_a_flicker_is_no_section_however_certain(module_page: Page) -> None:
    rows = ([row(jazz=0.6)] * 15 + [row(rock=1)] * 3) * 5
    assert [(start, genre) for start, _, genre, _ in sections(module_page, rows)] == [(0, "jazz")]


def test_a_doubtful_change_that_lasts_is_told_like_a_clear_one(module_page: Page) -> None:
    rows = [row(jazz=0.5, rock=0.4)] * 40 + [row(jazz=0.4, rock=0.5)] * 40
    assert [(start, genre) for start, _, genre, _ in sections(module_page, rows)] == [(0, "jazz"), (40, "rock")]
    clear = [row(jazz=1)] * 7 + [row(rock=1)] * 7
    assert [(start, genre) for start, _, genre, _ in sections(module_page, clear)] == [(0, "jazz"), (7, "rock")]


def test_an_unsure_stretch_is_named_unsure_and_a_doubtful_second_is_not(module_page: Page) -> None:
    rows = [row(jazz=0.7)] * 20 + [row(jazz=0.35)] * 20 + [row(jazz=0.7)] * 9 + [row(jazz=0.35)] + [row(jazz=0.7)] * 10
    unsure = [max(shares) < 0.4 for shares in rows]
    found = sections(module_page, rows, unsure)
    assert found == [(0, 20, "jazz", []), (20, 40, None, []), (40, 60, "jazz", [])]


def test_the_price_of_a_change_is_in_seconds_whatever_the_rows_step(module_page: Page) -> None:
    rows = [row(jazz=0.7)] * 80 + [row(rock=0.7)] * 12 + [row(jazz=0.7)] * 80
    assert len(sections(module_page, rows)) == 3
    assert len(sections(module_page, rows, step_s=0.25)) == 1


def test_nothing_heard_has_no_sections(module_page: Page) -> None:
    assert sections(module_page, []) == []


@pytest.mark.parametrize(("module", "name"), [("sections", "sectionsOf"), ("sections-of-several", "sectionsOfSeveral")])
def test_ten_hours_do_not_hold_the_page_up(module_page: Page, module: str, name: str) -> None:
    """By what it computes, not by the clock: every row is looked at a constant number of times."""
    script = """
    const { [args[2]]: sections } = await load(`${args[1]}.js`);
    let n_read = 0;
    const row = new Proxy([0.2, 0.5, 0.3], { get: (...of) => { n_read += 1; return Reflect.get(...of); } });
    const rows = Array.from({ length: args[0] }, () => row);
    const unsure = rows.map(() => false);
    sections({ genres: ["a", "b", "c"], rows, unsure, step_s: 1, duration_s: args[0], thresholds: [0.1, 0.4, 0.4] });
    return n_read;
    """
    assert module_page.run(script, 2000, module, name) < 2.1 * module_page.run(script, 1000, module, name)


def several(page: Page, *stretches: tuple[int, dict[str, float]]) -> list[Any]:
    """(start, end, genres, elements) of stretches of so many seconds, where each genre is heard from a half on."""
    rows = [[shares.get(genre, 0.1) for genre in GENRES] for n_s, shares in stretches for _ in range(n_s)]
    unsure = [max(row) < 0.5 for row in rows]
    heard = {"genres": GENRES, "rows": rows, "unsure": unsure, "step_s": 1, "duration_s": len(rows)}
    script = 'return (await load("sections-of-several.js")).sectionsOfSeveral(args[0]);'
    found = page.run(script, heard | {"thresholds": [0.5] * len(GENRES)})
    assert [section["genre"] for section in found] == [next(iter(section["genres"]), None) for section in found]
    return [(s["start_s"], s["end_s"], s["genres"], s["elements"]) for s in found]


def test_genres_that_are_heard_together_make_a_section_together(module_page: Page) -> None:
    both, alone = {"jazz": 0.9, "blues": 0.8}, {"rock": 0.8}
    told = several(module_page, (41, both), (30, alone))
    assert told == [(0, 41, ["jazz", "blues"], []), (41, 71, ["rock"], [])]
    assert several(module_page, (20, {"jazz": 0.9}), (20, both)) == [
        (0, 20, ["jazz"], []), (20, 40, ["jazz", "blues"], []),
    ]  # fmt: skip


def test_what_is_heard_now_and_then_is_an_element(module_page: Page) -> None:
    jazz, and_rock = {"jazz": 0.9}, {"jazz": 0.9, "rock": 0.7}
    assert several(module_page, *[(5, jazz), (3, and_rock)] * 5) == [(0, 40, ["jazz"], ["rock"])]
    assert several(module_page, *[(9, jazz), (1, and_rock)] * 4) == [(0, 40, ["jazz"], [])]


def test_a_flicker_of_many_genres_at_once_is_no_section(module_page: Page) -> None:
    jazz, others = {"jazz": 0.9}, {"blues": 1.0, "rock": 1.0}
    assert [genres for _, _, genres, _ in several(module_page, *[(15, jazz), (3, others)] * 3)] == [["jazz"]]


def test_where_none_is_heard_the_section_is_unsure(module_page: Page) -> None:
    told = several(module_page, (15, {"jazz": 0.9}), (15, {"jazz": 0.3}), (15, {"jazz": 0.9}))
    assert told == [(0, 15, ["jazz"], []), (15, 30, [], []), (30, 45, ["jazz"], [])]
    assert several(module_page, (3, {"jazz": 0.2})) == [(0, 3, [], [])]


def test_sections_in_words(module_page: Page) -> None:
    script = """
    const { sectionInWords, spanInWords } = await load("messages.js");
    return [spanInWords(0, 41.6), sectionInWords({ genre: "rock", elements: [] }),
      sectionInWords({ genre: "jazz", elements: ["blues", "rock"] }), sectionInWords({ genre: null, elements: [] }),
      sectionInWords({ genre: "jazz", genres: ["jazz", "blues", "rock"], elements: ["pop"] })];
    """
    words = ["0:00–0:41", "rock", "jazz, with elements of blues and rock", "unsure"]
    words.append("jazz, blues and rock, with elements of pop")
    assert module_page.run(script) == words


def test_the_page_lists_the_sections_and_each_goes_to_its_start(page: Page) -> None:
    analysis = page.analyse(SAMPLE)
    buttons = page.driver.find_elements("css selector", "#sections button")
    assert len(buttons) >= 3
    assert re.match(r"0:00–0:\d\d classical", buttons[0].text.replace("\n", " "))
    assert page.driver.execute_script("return document.querySelector('#sections [aria-current]').textContent") == (
        page.text("#sections button")
    )
    buttons[1].send_keys(Keys.ENTER)
    start_s = page.driver.execute_script("return document.querySelector('audio').currentTime")
    assert 5 < start_s < analysis["duration_s"] / 2
    assert buttons[1].get_attribute("aria-current") == "true"
    assert buttons[0].get_attribute("aria-current") is None


def test_a_new_song_has_no_sections_of_the_one_before(page: Page) -> None:
    page.analyse(SAMPLE)
    duration_s = page.analyse(SONGS / "metal.mp3")["duration_s"]
    spans = page.driver.execute_script(
        "return [...document.querySelectorAll('#sections .span')].map((s) => s.textContent)"
    )
    assert spans[0].startswith("0:00–")
    assert spans[-1].endswith(f"–0:{int(duration_s):02}")
