"""static/take-along/chart-link.js: what a link carries, how long it is, and links of any kind of stranger."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page
from tests.page.chart_links import Chart, packed, read

MAX_LINK_LENGTH = 2000
PAGE_URL = "https://genrescope.example.org/"
GENRES = ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"]

MAKE = 'return (await load("take-along/chart-link.js")).chartLink(...args);'
OPEN = """
const { linkedSong } = await load("take-along/chart-link.js");
return Promise.all(args[0].map((fragment) => linkedSong(fragment).catch((error) => error.code ?? String(error))));
"""


def song(n_rows: int, title: str = "A song", genres: list[str] = GENRES, seed: int = 0) -> dict[str, Any]:
    """As lively as music: probabilities drift from genre to genre, six decimals of them."""
    generator = np.random.default_rng(seed)
    logits = np.cumsum(generator.normal(0, 0.8, (n_rows, len(genres))), axis=0) % 8
    smooth = np.exp(np.abs(logits - 4))
    rows = np.round(smooth / smooth.sum(axis=1, keepdims=True), 6)
    mean = np.round(rows.mean(axis=0), 6)
    verdict = {
        "genre": genres[int(mean.argmax())],
        "confidence": mean.max(),
        "unsure": False,
        "probabilities": dict(zip(genres, mean, strict=True)),
    }
    analysis = {
        "model": {"name": "genrescope-gtzan", "version": "2026.11.22+cd7ebb798aa1"},
        "genres": genres,
        "duration_s": n_rows - 0.123456,
        "step_s": 1.0,
        "probabilities": rows.tolist(),
        "unsure": (rows.max(axis=1) < 0.3).tolist(),
        "verdict": verdict,
    }
    return {"title": title, "analysis": analysis}


def open_all(page: Page, fragments: list[str]) -> list[Any]:
    return list(page.run(OPEN, fragments))


@pytest.mark.parametrize("n_rows", [1, 7, 60])
def test_a_chart_comes_back_within_what_a_byte_tells(shared_module_page: Page, n_rows: int) -> None:
    sent = song(n_rows, "Söng & 名 🎵")
    link = shared_module_page.run(MAKE, sent, PAGE_URL)
    [received] = open_all(shared_module_page, [link["url"].removeprefix(PAGE_URL)])
    assert link["step_s"] == 1
    assert received["title"] == sent["title"]
    assert received["analysis"].keys() == sent["analysis"].keys()
    exact, told = sent["analysis"], received["analysis"]
    for key in ("model", "genres", "duration_s", "step_s", "unsure"):
        assert told[key] == exact[key], key
    np.testing.assert_allclose(told["probabilities"], exact["probabilities"], rtol=0, atol=1 / 255)
    np.testing.assert_allclose(np.sum(told["probabilities"], axis=1), 1, atol=1e-5)
    assert told["verdict"]["genre"] == exact["verdict"]["genre"]
    assert told["verdict"]["confidence"] == told["verdict"]["probabilities"][exact["verdict"]["genre"]]
    for genre, share in exact["verdict"]["probabilities"].items():
        assert told["verdict"]["probabilities"][genre] == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize("n_rows", [1, 30, 240, 600, 3600, 36_000])
def test_a_link_fits_into_a_message_however_long_the_song(shared_module_page: Page, n_rows: int) -> None:
    sent = song(n_rows)
    link = shared_module_page.run(MAKE, sent, PAGE_URL)
    assert len(link["url"]) <= MAX_LINK_LENGTH
    said = read(link["url"].removeprefix(PAGE_URL))
    n = round(said["step_s"])
    assert link["step_s"] == n
    assert n <= max(1, n_rows // 60)
    assert said["duration_s"] == sent["analysis"]["duration_s"]
    rows, unsure = np.array(sent["analysis"]["probabilities"]), np.array(sent["analysis"]["unsure"])
    groups = [slice(first, first + n) for first in range(0, n_rows, n)]
    means = [rows[group].mean(axis=0) for group in groups]
    np.testing.assert_allclose(said["probabilities"], means, rtol=0, atol=1 / said["levels"])
    assert said["unsure"] == [bool(unsure[group].mean() > 0.5) for group in groups]


def several(n_rows: int, genres: list[str] = GENRES) -> dict[str, Any]:
    """Of genres that are heard at once: probabilities of any sum, many of them just above or below a threshold."""
    sent = song(n_rows, genres=genres, seed=n_rows)
    generator = np.random.default_rng(n_rows)
    thresholds = np.round(generator.uniform(0.1, 0.9, len(genres)), 6)
    rows = np.round(np.clip(thresholds + np.cumsum(generator.normal(0, 0.05, (n_rows, len(genres))), axis=0), 0, 1), 6)
    mean = rows.mean(axis=0)
    order = np.argsort(-mean)
    heard = [genres[genre] for genre in order if mean[genre] >= thresholds[genre]]
    sent["analysis"] |= {"probabilities": rows.tolist(), "unsure": (rows < thresholds).all(axis=1).tolist()}
    sent["analysis"] |= {"multi_label": True, "thresholds": thresholds.tolist()}
    sent["analysis"]["verdict"] = {
        "genre": heard[0] if heard else genres[order[0]],
        "confidence": mean[genres.index(heard[0])] if heard else mean.max(),
        "unsure": not heard,
        "genres": heard,
        "probabilities": dict(zip(genres, mean.tolist(), strict=True)),
    }
    return sent


@pytest.mark.parametrize("n_rows", [1, 7, 40])
def test_a_chart_of_several_genres_comes_back_with_what_is_heard(shared_module_page: Page, n_rows: int) -> None:
    sent = several(n_rows)
    link = shared_module_page.run(MAKE, sent, PAGE_URL)
    [received] = open_all(shared_module_page, [link["url"].removeprefix(PAGE_URL)])
    exact, told = sent["analysis"], received["analysis"]
    assert link["step_s"] == 1
    assert told.keys() == exact.keys()
    for key in ("model", "genres", "duration_s", "step_s", "multi_label", "thresholds", "unsure"):
        assert told[key] == exact[key], key
    np.testing.assert_allclose(told["probabilities"], exact["probabilities"], rtol=0, atol=1 / 100)
    heard = [np.array(each["probabilities"]) >= exact["thresholds"] for each in (told, exact)]
    np.testing.assert_array_equal(*heard)
    for key in ("genre", "genres", "unsure"):
        assert told["verdict"][key] == exact["verdict"][key], key
    assert told["verdict"]["probabilities"] == pytest.approx(exact["verdict"]["probabilities"], abs=1e-4)


def test_what_lies_between_two_levels_is_heard_as_it_was(shared_module_page: Page) -> None:
    """Where the level's six decimals reach the threshold and its exact value does not, and near a threshold of 0."""
    sent = several(40, ["a", "b"])
    rows = [[0.666666, 0.0], [0.666667, 0.0]] * 20
    sent["analysis"] |= {"probabilities": rows, "unsure": [True, False] * 20, "thresholds": [0.666667, 1e-7]}
    url = shared_module_page.run(MAKE, sent, PAGE_URL)["url"]
    [received] = open_all(shared_module_page, [url.removeprefix(PAGE_URL)])
    told = np.array(received["analysis"]["probabilities"]) >= received["analysis"]["thresholds"]
    assert told.tolist() == [[False, False], [True, False]] * 20


@pytest.mark.parametrize(("n_rows", "n_genres"), [(240, 10), (3600, 10), (240, 40)])
def test_so_does_one_of_a_long_song_or_many_genres(shared_module_page: Page, n_rows: int, n_genres: int) -> None:
    link = shared_module_page.run(MAKE, several(n_rows, [f"g{number}" for number in range(n_genres)]), PAGE_URL)
    assert len(link["url"]) <= MAX_LINK_LENGTH
    [received] = open_all(shared_module_page, [link["url"].removeprefix(PAGE_URL)])
    assert received["analysis"]["step_s"] == link["step_s"]
    assert len(received["analysis"]["thresholds"]) == n_genres


def test_a_longer_title_is_cut(shared_module_page: Page) -> None:
    link = shared_module_page.run(MAKE, song(60, "🎵" * 500), PAGE_URL)
    assert len(link["url"]) <= MAX_LINK_LENGTH
    title = read(link["url"].removeprefix(PAGE_URL))["title"]
    assert title == "🎵" * 49 + "…"


def test_names_that_cannot_fit_are_an_error(shared_module_page: Page) -> None:
    alphabet = np.random.default_rng(1).choice(list("abcdefghijklmnopqrstuvwxyz0123456789"), (100, 60))
    sent = song(10, genres=["".join(name) for name in alphabet])
    code = shared_module_page.run(
        """
        const { chartLink } = await load("take-along/chart-link.js");
        return chartLink(...args).catch((error) => error.code);
        """,
        sent,
        PAGE_URL,
    )
    assert code == "too-large"


def test_a_link_made_by_the_books_opens(shared_module_page: Page) -> None:
    chart = Chart(genres=("blues", "jazz", "rock"), top=1, is_unsure=1, shares=(1000, 6000, 3000))
    chart.levels, chart.rows = 100, [[10, 60, 30], [0, 100, 0], [100, 0, 0]]
    plain, deflated = open_all(shared_module_page, [packed(chart.bytes(), "1p"), chart.fragment()])
    assert plain == deflated
    assert plain["analysis"]["probabilities"] == [[0.1, 0.6, 0.3], [0, 1, 0], [1, 0, 0]]
    assert plain["analysis"]["unsure"] == [False, False, True]
    assert plain["analysis"]["verdict"] == {
        "genre": "jazz",
        "confidence": 0.6,
        "unsure": True,
        "probabilities": {"blues": 0.1, "jazz": 0.6, "rock": 0.3},
    }
    assert (plain["analysis"]["step_s"], plain["analysis"]["duration_s"]) == (1, 2.5)


def test_a_link_that_was_cut_anywhere_is_incomplete(shared_module_page: Page) -> None:
    url = shared_module_page.run(MAKE, song(60), PAGE_URL)["url"].removeprefix(PAGE_URL)
    ends = range(len("#chart."), len(url), 7)
    cut = [url[:end] for end in ends]
    mended = [f"{url[:end]}.end" for end in ends if end < len(url) - 8]
    assert set(open_all(shared_module_page, cut + mended)) == {"incomplete"}


def test_a_link_that_was_changed_anywhere_is_noticed(shared_module_page: Page) -> None:
    url = shared_module_page.run(MAKE, song(60), PAGE_URL)["url"].removeprefix(PAGE_URL)
    [whole] = open_all(shared_module_page, [url])
    changed = [f"{url[:at]}{'A' if url[at] != 'A' else 'B'}{url[at + 1 :]}" for at in range(10, len(url) - 4, 5)]
    opened = open_all(shared_module_page, changed)
    assert [song for song in opened if isinstance(song, dict) and song != whole] == []
    assert opened.count("incomplete") > len(opened) - 3  # a letter's last bits may mean nothing


GOOD = Chart()
TOO_MANY = replace(GOOD, genres=tuple(map(str, range(101))), shares=(10_000, *[0] * 100), rows=[[255] + [0] * 100] * 3)
HOSTILE = {
    "no genres": replace(GOOD, n_genres=0),
    "one genre": replace(GOOD, genres=("blues",), shares=(10_000,), rows=[[255]] * 3),
    "101 genres": TOO_MANY,
    "a milliard genres": replace(GOOD, n_genres=10**9),
    "the same genre twice": replace(GOOD, genres=("jazz", "jazz")),
    "a genre without a name": replace(GOOD, genres=("jazz", " \t")),
    "a genre of a novel": replace(GOOD, genres=("jazz", "x" * 500)),
    "a title of a novel": replace(GOOD, title="x" * 5000),
    "a title that is no UTF-8": replace(GOOD, title=b"\xff\xfe"),
    "a model of a novel": replace(GOOD, model=("x" * 5000, "1")),
    "no step": replace(GOOD, step_us=0),
    "a step of a month": replace(GOOD, step_us=10**13),
    "no duration": replace(GOOD, duration_us=0),
    "an endless duration": replace(GOOD, duration_us=10**300),
    "a duration of other rows": replace(GOOD, duration_us=30_000_000),
    "no rows": replace(GOOD, n_rows=0),
    "a milliard rows": replace(GOOD, n_rows=10**9, duration_us=10**15),
    "a verdict on nothing": replace(GOOD, top=2),
    "neither sure nor unsure": replace(GOOD, is_unsure=2),
    "shares of more than all": replace(GOOD, shares=(6000, 4001)),
    "a row of more than all": replace(GOOD, levels=100),
    "no levels": replace(GOOD, levels=0),
    "levels of more than a byte": replace(GOOD, levels=256),
    "something after its end": replace(GOOD, rest=b"!"),
}  # fmt: skip


GOOD_SEVERAL = replace(GOOD, thresholds=(500_000, 600_000), heard=(1, 0), shares=(9000, 9500), rows=[[255, 255]] * 3)
HOSTILE |= {
    "a threshold above 1": replace(GOOD_SEVERAL, thresholds=(500_000, 1_000_001)),
    "more genres heard than there are": replace(GOOD_SEVERAL, heard=(1, 0, 1)),
    "a milliard genres heard": replace(GOOD_SEVERAL, n_heard=10**9),
    "a genre heard twice": replace(GOOD_SEVERAL, heard=(1, 1)),
    "a genre heard that is none": replace(GOOD_SEVERAL, heard=(2,)),
    "a share above 1": replace(GOOD_SEVERAL, shares=(9000, 10_001)),
    "a probability above 1": replace(GOOD_SEVERAL, levels=200),
}


def test_charts_that_cannot_be_are_refused(shared_module_page: Page) -> None:
    charts = [GOOD, GOOD_SEVERAL, *HOSTILE.values()]
    good, good_several, *opened = open_all(shared_module_page, [chart.fragment() for chart in charts])
    assert isinstance(good, dict)
    assert good_several["analysis"]["verdict"] == {
        "genre": "jazz", "confidence": 0.95, "unsure": False, "genres": ["jazz", "blues"],
        "probabilities": {"blues": 0.9, "jazz": 0.95},
    }  # fmt: skip
    assert {name: found for name, found in zip(HOSTILE, opened, strict=True) if found != "invalid"} == {}


@pytest.mark.parametrize(
    ("fragment", "code"),
    [
        ("#chart.3d.AAAA.end", "newer"),
        ("#chart.2d.AAAA.end", "incomplete"),
        ("#chart.999999999999999999999p.AAAA.end", "newer"),
        ("#chart.0d.AAAA.end", "incomplete"),
        ("#chart.NaN.AAAA.end", "incomplete"),
        ("#chart.-1d.AAAA.end", "incomplete"),
        ("#chart..end", "incomplete"),
        ("#chart.1d..end", "incomplete"),
        ("#chart.1x.AAAA.end", "incomplete"),
        ("#chart.1d.<script>alert(1)</script>.end", "incomplete"),
        ("#chart.1d.AA%00A.end", "incomplete"),
        ("#chart.1d.AAAAA.end", "incomplete"),  # base64 never has one letter over
        ("#chart.1p._____________________w.end", "invalid"),
        ("#chart.1p.AA.end", "incomplete"),
        ("#chart.1p." + "A" * 1_000_000 + ".end", "invalid"),
        (packed(zlib.compress(b"twice")), "incomplete"),
    ],
    ids=lambda value: value[:30],
)
def test_fragments_that_are_no_charts(shared_module_page: Page, fragment: str, code: str) -> None:
    assert open_all(shared_module_page, [fragment]) == [code]


def test_a_link_that_swells_is_not_inflated_to_its_end(shared_module_page: Page) -> None:
    bomb = packed(bytes(10_000_000))
    assert len(bomb) < 20_000
    script = """
    const { linkedSong } = await load("take-along/chart-link.js");
    return linkedSong(args[0]).catch((error) => error.message);
    """
    assert shared_module_page.run(script, bomb) == "more than 600000 bytes"


def test_where_the_browser_cannot_deflate_links_are_longer_but_work(page: Page) -> None:
    url = page.run("delete window.CompressionStream; " + MAKE, song(600), PAGE_URL)["url"]
    assert len(url) <= MAX_LINK_LENGTH
    assert "#chart.1p." in url
    [opened] = open_all(page, [url.removeprefix(PAGE_URL)])
    assert opened["analysis"]["genres"] == GENRES
    page.run("delete window.DecompressionStream")
    assert open_all(page, [GOOD.fragment()]) == ["old-browser"]
