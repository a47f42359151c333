"""static/take-along/: the chart as PNG and as SVG says what the probabilities are."""

from __future__ import annotations

import base64
import io
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tests.page.browser import Page

GENRES = ["blues", "jazz", "rock"]
SVG = "{http://www.w3.org/2000/svg}"
LANE, GAP = 40, 6  # pixels, as in the page on a wide screen
PAPER = {"light": (0xFB, 0xFA, 0xF7), "dark": (0x13, 0x14, 0x16)}
BLUES = {"light": (0x01, 0x66, 0xA9), "dark": (0x4B, 0x9E, 0xD7)}

MAKE = """
const { FILES } = await load("take-along/takings.js");
const { SoundFrames } = await load("signal/sound-frames.js");
const [ending, song, picture, sound] = args;
const look = { picture, sound: sound && SoundFrames.of({ ...sound, frames: Uint8Array.from(sound.frames) }) };
const blob = await FILES[ending](song, look);
const bytes = new Uint8Array(await blob.arrayBuffer());
return [blob.type, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))];
"""


def song(n_rows: int = 60, title: str = "A song", **changes: Any) -> dict[str, Any]:
    """Blues, then jazz, each clearly; then ten rows that are unsure."""
    blues = np.where(np.arange(n_rows) < n_rows / 2, 0.8, 0.1)
    rows = np.column_stack([blues, 0.9 - blues, np.full(n_rows, 0.1)])
    rows[-10:] = [0.35, 0.33, 0.32]
    shares = dict(zip(GENRES, rows.mean(axis=0), strict=True))
    analysis = {
        "model": {"name": "net", "version": "2026.1"},
        "genres": GENRES,
        "duration_s": float(n_rows),
        "step_s": 1.0,
        "probabilities": rows.tolist(),
        "unsure": [False] * (n_rows - 10) + [True] * 10,
        "verdict": {"genre": "blues", "confidence": shares["blues"], "unsure": False, "probabilities": shares},
    }
    return {"title": title, "analysis": analysis | changes}


def make(
    page: Page, ending: str, made_of: dict[str, Any], picture: str = "lanes", sound: dict[str, Any] | None = None
) -> bytes:
    kind, data = page.run(MAKE, ending, made_of, picture, sound)
    assert kind == {"png": "image/png", "svg": "image/svg+xml"}[ending]
    return base64.b64decode(data)


def svg(page: Page, made_of: dict[str, Any], picture: str = "lanes") -> ElementTree.Element:
    return ElementTree.fromstring(make(page, "svg", made_of, picture))  # noqa: S314 - ours


def texts(picture: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


def bars(lane: ElementTree.Element) -> np.ndarray:
    """[n, 4]: x, y, width, height of a lane's bars, from left to right."""
    outline = r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z"
    found = [bar for path in lane.iter(f"{SVG}path") for bar in re.findall(outline, path.get("d", ""))]
    return np.array(sorted(found, key=lambda bar: float(bar[0])), float)


def lanes(picture: ElementTree.Element) -> dict[str, ElementTree.Element]:
    """The groups of the plot by name: each genre's, and what is unsure."""
    groups = [(group.find(f"{SVG}title"), group) for group in picture.iter(f"{SVG}g")]
    return {str(title.text): group for title, group in groups if title is not None}


def test_the_bars_of_the_svg_are_as_thick_as_the_genres_are_probable(module_page: Page) -> None:
    made_of = song()
    found = lanes(svg(module_page, made_of))
    assert list(found) == [*GENRES, "unsure"]
    vague = bars(found.pop("unsure"))
    edges = bars(found["blues"])
    for genre, (name, lane) in enumerate(found.items()):
        middle_y = edges[0, 1] + edges[0, 3] / 2 + genre * LANE
        inside = np.abs(vague[:, 1] + vague[:, 3] / 2 - middle_y) < 1
        hatched = vague[:, 3] == LANE * len(GENRES)
        x, y, width, height = np.vstack([bars(lane), vague[inside & ~hatched]]).T
        shares = np.array(made_of["analysis"]["probabilities"])[:, genre]
        np.testing.assert_allclose(height, np.maximum(1, shares * (LANE - GAP)), atol=0.01, err_msg=name)
        np.testing.assert_allclose(np.diff(x), width[:-1], atol=0.02)
        np.testing.assert_allclose(width, width[0], atol=0.02)
        np.testing.assert_allclose(y + height / 2, middle_y, atol=0.02)


def test_colours_of_the_svg_tell_what_leads_what_follows_and_what_is_unsure(module_page: Page) -> None:
    found = lanes(svg(module_page, song()))
    blues = {(path.get("fill"), path.get("fill-opacity")): path.get("d", "").count("M") for path in found["blues"][1:]}
    colour = "#{:02x}{:02x}{:02x}".format(*BLUES["light"])
    assert blues == {(colour, "1"): 30, (colour, "0.45"): 20}
    bars_of, hatching = found["unsure"][1:]
    assert (bars_of.get("fill-opacity"), bars_of.get("d", "").count("M")) == ("0.45", 10 * len(GENRES))
    assert bars_of.get("fill") != colour
    assert (hatching.get("fill"), hatching.get("fill-opacity")) == ("url(#unsure)", "0.7")
    assert hatching.get("d", "").count("M") == 1  # ten seconds that touch


def test_the_svg_says_in_text_what_it_shows(module_page: Page) -> None:
    picture = svg(module_page, song(title="<b>Tom & Jerry</b> \x07\u202eok"))
    said = texts(picture)
    assert said[:2] == ["<b>Tom & Jerry</b> ok", "Mostly blues, 49\u202f%"]
    assert said[2:5] == GENRES
    assert said[5:8] == ["0:00", "0:05", "0:10"]
    assert any(words.startswith("unsure") for words in said)
    assert said[-2:] == ["1:00 of music, one column for each second", "Genrescope, with the network net 2026.1"]
    ids = picture.get("aria-labelledby", "").split()
    named = {element.get("id"): element for element in picture}
    assert [named[name].tag for name in ids] == [f"{SVG}title", f"{SVG}desc"]
    assert named[ids[0]].text == "The genres of <b>Tom & Jerry</b> ok"
    assert "In the whole song: blues 49\u202f%, jazz 37" in str(named[ids[1]].text)


def test_a_song_that_is_sure_all_along_has_no_legend_of_doubt(module_page: Page) -> None:
    picture = svg(module_page, song(unsure=[False] * 60))
    assert [words for words in texts(picture) if "unsure" in words] == []


def test_the_svg_of_a_long_mix_has_no_more_bars_than_can_be_seen(module_page: Page) -> None:
    picture = svg(module_page, song(36_000))
    found = lanes(picture)
    assert "10:00:00 of music" in texts(picture)  # and nothing of a column for each second
    assert {500 <= len(bars(found[genre])) <= 1200 for genre in GENRES} == {True}
    assert bars(found["blues"])[:, [0, 2]].sum(axis=1).max() == pytest.approx(1164, abs=0.1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_png_has_the_pages_colours_at_twice_its_pixels(page: Page, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        image = Image.open(io.BytesIO(make(page, "png", song()))).convert("RGB")
        picture = svg(page, song())
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert image.size == (2 * float(picture.get("width", 0)), 2 * float(picture.get("height", 0)))
    pixels = np.asarray(image)
    assert tuple(pixels[0, 0]) == tuple(pixels[-1, -1]) == PAPER[scheme]
    # The first row is blues by 0.8, in full colour, centred in its lane.
    x, y, width, height = 2 * bars(lanes(picture)["blues"])[0]
    column = (pixels[:, int(x + width / 2)] == BLUES[scheme]).all(axis=1)
    assert column.sum() == pytest.approx(height, abs=2)
    assert np.flatnonzero(column).mean() == pytest.approx(y + height / 2, abs=1.5)


@pytest.mark.parametrize("title", ["", "word " * 100, "x" * 400, "名" * 300])
def test_a_title_of_any_length_stays_inside(module_page: Page, title: str) -> None:
    picture = svg(module_page, song(title=title))
    lines = [element.text or "" for element in picture.iter(f"{SVG}text") if element.get("font-weight") == "700"]
    assert 1 <= len(lines) <= 2
    script = """
    const context = document.createElement("canvas").getContext("2d");
    context.font = `700 30px ${getComputedStyle(document.documentElement).fontFamily}`;
    return args[0].map((line) => context.measureText(line).width);
    """
    assert max(module_page.run(script, lines)) <= 1200 - 2 * 36
    assert (lines[-1][-1:] == "…") is (len(title) > 0)


def test_a_hundred_genres_have_their_lanes(module_page: Page) -> None:
    genres = [f"genre number {i} with a rather long name" for i in range(100)]
    shares = dict.fromkeys(genres, 0.01)
    verdict = {"genre": genres[0], "confidence": 0.01, "unsure": True, "probabilities": shares}
    rows = [[0.01] * 100] * 60
    made_of = song(genres=genres, probabilities=rows, verdict=verdict)
    assert list(lanes(svg(module_page, made_of))) == [*genres, "unsure"]
    image = Image.open(io.BytesIO(make(module_page, "png", made_of)))
    assert image.size[0] == 2400
    assert image.size[0] * image.size[1] < 16_000_000  # more, and Safari on phones gives an empty picture
