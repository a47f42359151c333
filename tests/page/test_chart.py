"""static/ui/: the arithmetic of the chart, colours, words; and what the chart does as the window changes."""

from __future__ import annotations

import pytest

from tests.page.browser import Page
from tests.support import SONGS

SONG = SONGS / "metal.mp3"


def columns(page: Page, first: int, end: int, n: int, width: int) -> list[dict[str, int]]:
    script = 'const { pixelColumns } = await load("ui/columns.js"); return [...pixelColumns(...args)];'
    return list(page.run(script, first, end, n, width))


@pytest.mark.parametrize(("n", "width"), [(1, 5), (7, 100), (224, 1000), (1000, 1000), (3600, 790), (1001, 1000)])
def test_columns_cover_every_pixel_once_and_every_row(shared_module_page: Page, n: int, width: int) -> None:
    found = columns(shared_module_page, 0, n, n, width)
    assert [x for c in found for x in range(c["x"], c["x"] + c["width"])] == list(range(width))
    assert {row for c in found for row in range(c["first"], c["end"])} == set(range(n))


def test_rows_that_come_later_are_painted_where_they_belong(shared_module_page: Page) -> None:
    whole = columns(shared_module_page, 0, 300, 300, 1000)
    parts = columns(shared_module_page, 0, 120, 300, 1000) + columns(shared_module_page, 120, 300, 300, 1000)
    assert parts == whole


@pytest.mark.parametrize("start_s", [0, 17.3])
@pytest.mark.parametrize("span_s", [1, 9, 60, 224, 3600, 36000])
def test_time_labels_are_round_and_do_not_crowd(shared_module_page: Page, span_s: int, start_s: float) -> None:
    script = 'const { tickTimes } = await load("ui/time-axis.js"); return tickTimes(...args.slice(0, 3));'
    for width in (220, 800, 1600):
        ticks = shared_module_page.run(script, span_s, width, start_s)
        assert ticks[0] >= start_s
        assert ticks[-1] <= start_s + span_s
        assert ticks[0] == 0 or start_s > 0
        if len(ticks) > 1:
            assert (ticks[1] - ticks[0]) / span_s * width >= 56
            assert ticks[0] - start_s < ticks[1] - ticks[0]


def test_every_genre_has_a_colour_of_its_own(shared_module_page: Page) -> None:
    script = """
    const { genreColour } = await load("ui/colours.js");
    return [false, true].map((dark) => Array.from({ length: 40 }, (_, i) => genreColour(i, dark)));
    """
    for colours in shared_module_page.run(script):
        assert len(set(colours)) == 40


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("dark", "paper"), [(False, "#fbfaf7"), (True, "#131416")])
def test_colours_stand_out_from_the_paper(shared_module_page: Page, dark: bool, paper: str) -> None:
    """WCAG 2.2, 1.4.11: graphics have a contrast of 3 : 1 at least."""
    script = 'const { genreColour } = await load("ui/colours.js"); return args[0].map((i) => genreColour(i, args[1]));'
    for colour in shared_module_page.run(script, list(range(10)), dark):
        lighter, darker = sorted((luminance(colour), luminance(paper)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3, colour


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("clock(0)", "0:00"),
        ("clock(83.9)", "1:23"),
        ("clock(3725)", "1:02:05"),
        ("percent(0.714)", "71\u202f%"),
        ("secondInWords(83, [{ genre: 'metal', share: 0.71 }, { genre: 'rock', share: 0.18 }], false)",
         "1:23, metal 71\u202f%, rock 18\u202f%"),
        ("secondInWords(83, [{ genre: 'metal', share: 0.31 }, { genre: 'rock', share: 0.18 }], true)",
         "1:23, unsure, most like metal (31\u202f%)"),
        ("secondInWords(83, [], undefined)", "1:23, not yet heard"),
        ("verdictInWords({ genre: 'metal', confidence: 0.71, unsure: false })", "Mostly metal, 71\u202f%"),
        ("verdictInWords({ genre: 'metal', confidence: 0.31, unsure: true })", "Unsure, most like metal (31\u202f%)"),
        ("doneInWords({ genre: 'metal', confidence: 0.31, unsure: true }, 83)",
         "Done. 1:23 of music. Unsure, most like metal (31\u202f%)."),
        ("listening(0.5, 2.2)", "Listening … 50\u202f%, 3 s left"),
        ("listening(0.9, 0.2)", "Listening … 90\u202f%"),
    ],
)  # fmt: skip
def test_words(shared_module_page: Page, expression: str, words: str) -> None:
    names = "clock, doneInWords, listening, percent, secondInWords, verdictInWords"
    assert shared_module_page.run(f'const {{ {names} }} = await load("messages.js"); return {expression};') == words


def test_every_error_has_its_sentence(shared_module_page: Page) -> None:
    script = """
    const { errorInWords } = await load("messages.js");
    const source = await (await fetch("static/engine/song-error.js")).text();
    const codes = [...source.matchAll(/^ \\* - ([a-z-]+)/gm)].map((match) => match[1]);
    const details = { duration_s: 0.5, needed_s: 1, container: "WAV", operation: "Conv2D" };
    return codes.map((code) => [code, errorInWords({ code, details }, "a.mp3")]);
    """
    sentences = dict(shared_module_page.run(script))
    assert len(sentences) >= 8
    for code, sentence in sentences.items():
        assert sentence.startswith("a.mp3: "), code
        assert sentence.endswith("."), code
        assert "undefined" not in sentence, code


def test_the_page_says_every_text(page: Page) -> None:
    assert page.text("header strong") == "Your song stays on this device."
    empty = "[...document.querySelectorAll('[data-say]')].filter((spot) => !spot.textContent).length"
    assert page.driver.execute_script(f"return {empty}") == 0


def test_songs_have_the_first_file_input_and_the_others_are_for_models(page: Page) -> None:
    inputs = "[...document.querySelectorAll('input[type=file]')]"
    assert page.driver.execute_script(f"return {inputs}[0].id") == "file"
    others = f"{inputs}.slice(1).map((input) => input.closest('#model-chooser') !== null)"
    assert set(page.driver.execute_script(f"return {others}")) == {True}


def test_colours_change_with_the_colour_scheme(page: Page) -> None:
    page.analyse(SONG)
    dot = "getComputedStyle(document.querySelector('#shares .name'), '::before').backgroundColor"
    column = "document.querySelector('#canvas').getContext('2d').getImageData(5, 0, 1, 400).data"
    pixel = f"[...{column}].filter((value, i) => i % 4 < 3)"
    page.wait_for(f"{pixel}.some((value) => value > 0)")
    light = page.driver.execute_script(f"return [{dot}, {pixel}.join()]")
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        page.wait_for(f"{dot} !== {light[0]!r} && {pixel}.join() !== {light[1]!r}")
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_no_width_makes_the_page_scroll_sideways(page: Page) -> None:
    widths = (320, 375, 768, 1280, 2560)
    scrolled, canvas, plot = (
        f"document.{what}"
        for what in (
            "documentElement.scrollWidth",
            "querySelector('#canvas').width",
            "querySelector('#plot').clientWidth",
        )
    )
    try:
        for width in widths:
            be_wide(page, width)
            assert page.driver.execute_script(f"return {scrolled}") <= width
        for width in widths:
            be_wide(page, width)
            page.analyse(SONG)
            page.wait_for(f"{canvas} === 2 * {plot}")
            assert page.driver.execute_script(f"return {scrolled}") <= width
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def be_wide(page: Page, width: int) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 2, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def test_a_long_mix_is_painted_in_columns_of_pixels_not_in_rows(shared_module_page: Page) -> None:
    n_painted = shared_module_page.run(
        """
        const { hatchingPattern } = await load("ui/columns.js");
        const { paintLanes } = await load("ui/lanes.js");
        const rows = Array.from({ length: 36000 }, (_, i) => Array.from({ length: 10 }, (_, g) => (g + i) % 10 / 45));
        const canvas = Object.assign(document.createElement("canvas"), { width: 1600, height: 800 });
        const context = canvas.getContext("2d");
        let n_painted = 0;
        context.fillRect = () => { n_painted += 1; };
        const [colours, neutral] = [rows[0].map(() => "#0072b2"), "#5d5952"];
        const style = { colours, neutral, hatching: hatchingPattern(neutral, 8, 1), gap: 6, hairline: 1 };
        paintLanes(context, { rows, unsure: rows.map((_, i) => i % 5 === 0) }, 0, 36000, style);
        return n_painted;
        """
    )
    assert n_painted == 1600 * 10
