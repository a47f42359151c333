"""static/take-along/: PNG and SVG show the picture that is chosen on the page, drawn by the page's own painters."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from selenium import webdriver

from tests.page.browser import Page
from tests.page.test_chart_pictures import GENRES, LANE, PAPER, SVG, bars, lanes, make, song, svg
from tests.page.test_take_along import saved
from tests.support import SONGS

COLOURS = [(0x01, 0x66, 0xA9), (0x11, 0x76, 0x4F), (0x79, 0x15, 0x47)]  # of GENRES, on light paper
HEIGHT = LANE * len(GENRES)
N_ROWS, N_SURE = 60, 50


@pytest.fixture
def downloads(chromium: webdriver.Chrome, tmp_path: Path) -> Iterator[Path]:
    chromium.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    yield tmp_path
    chromium.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})


def hexadecimal(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def plot_box(picture: ElementTree.Element) -> tuple[float, float, float, float]:
    """x, y, width, height: the time axis is the lowest of the thin lines across it."""
    lines = [rect for rect in picture.findall(f"{SVG}rect") if rect.get("height") == "1"]
    axis = max(lines, key=lambda line: float(line.get("y", 0)))
    x, y, width = (float(axis.get(name, 0)) for name in ("x", "y", "width"))
    return x, y - HEIGHT, width, HEIGHT


def areas(group: ElementTree.Element) -> list[np.ndarray]:
    """Each area's edges, [n, 3]: x, top, bottom."""
    outlines = [d for path in group.iter(f"{SVG}path") for d in re.findall(r"M[^Mhz]+", path.get("d", ""))]
    corners = [np.array(re.findall(r"[\d.]+", d), float).reshape(-1, 2) for d in outlines if "L" in d]
    halves = [(points[: len(points) // 2], points[len(points) // 2 :][::-1]) for points in corners]
    return [np.column_stack([tops, bottoms[:, 1]]) for tops, bottoms in halves]


def pixels_of(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def test_the_cells_of_the_heat_map_are_as_dense_as_the_genres_are_probable(module_page: Page) -> None:
    made_of = song()
    picture = svg(module_page, made_of, "heat")
    found = lanes(picture)
    assert list(found) == [*GENRES, "unsure"]
    left, top, width, _ = plot_box(picture)
    rows = np.array(made_of["analysis"]["probabilities"])
    for genre, name in enumerate(GENRES):
        assert {path.get("fill") for path in found[name].iter(f"{SVG}path")} == {hexadecimal(COLOURS[genre])}
        densities = np.full(N_SURE, np.nan)
        for path in found[name].iter(f"{SVG}path"):
            for x, y, cell_width, height in bars_of(path):
                densities[round((x - left) / width * N_ROWS)] = float(path.get("fill-opacity", "nan"))
                assert (y, height) == (pytest.approx(top + genre * LANE), LANE - 1)
                assert cell_width == pytest.approx(width / N_ROWS, abs=0.02)
        np.testing.assert_allclose(densities, rows[:N_SURE, genre] ** 0.8, atol=0.006, err_msg=name)
    assert len(bars(found["unsure"])) == 10 * len(GENRES) + 1  # and the hatching


def bars_of(path: ElementTree.Element) -> np.ndarray:
    group = ElementTree.Element("g")
    group.append(path)
    return bars(group)


def test_the_areas_are_one_upon_the_other_and_as_high_as_the_genres_are_probable(module_page: Page) -> None:
    made_of = song()
    picture = svg(module_page, made_of, "stacked")
    found = lanes(picture)
    assert list(found) == [*GENRES, "unsure"]
    left, top, width, height = plot_box(picture)
    rows = np.array(made_of["analysis"]["probabilities"])
    edges = top + height * np.cumsum(np.column_stack([np.zeros(N_ROWS), rows]), axis=1)
    for genre, name in enumerate(GENRES):
        assert {path.get("fill") for path in found[name].iter(f"{SVG}path")} == {hexadecimal(COLOURS[genre])}
        [area] = areas(found[name])
        seconds = (area[:, 0] - left) / width * N_ROWS
        np.testing.assert_allclose(seconds, [0, *(np.arange(N_SURE) + 0.5), N_SURE], atol=0.01)
        np.testing.assert_allclose(area[1:-1, 1], edges[:N_SURE, genre] + (genre > 0), atol=0.02, err_msg=name)
        np.testing.assert_allclose(area[1:-1, 2], edges[:N_SURE, genre + 1], atol=0.02, err_msg=name)
    assert len(areas(found["unsure"])) == len(GENRES)
    keys = [rect.get("fill") for rect in picture.findall(f"{SVG}rect") if rect.get("height") == "10"]
    assert keys == [hexadecimal(colour) for colour in COLOURS]


@pytest.mark.parametrize("name", ["heat", "stacked"])
def test_a_long_mix_has_no_more_shapes_than_can_be_seen(module_page: Page, name: str) -> None:
    picture = svg(module_page, song(36_000), name)
    left, _, width, _ = plot_box(picture)
    group = lanes(picture)["blues"]
    ends = bars(group)[:, [0, 2]].sum(axis=1) if name == "heat" else areas(group)[0][:, 0]
    assert 500 <= len(ends) <= 1200
    assert ends.max() <= left + width + 0.1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lanes", "a row for each genre (blues, jazz, rock) and a bar for each second, the thicker the likelier"),
        ("heat", "a row for each genre (blues, jazz, rock) and a cell for each second, the denser the likelier"),
        (
            "stacked",
            "an area for each genre (from the top: blues, jazz, rock), in each second the higher the likelier",
        ),
    ],
)
def test_the_description_says_how_the_picture_is_read(module_page: Page, name: str, said: str) -> None:
    description = svg(module_page, song(), name).find(f"{SVG}desc")
    assert description is not None
    assert str(description.text).endswith(f"The chart has {said}.")


def test_the_png_of_the_heat_map_has_its_colours_where_they_belong(page: Page) -> None:
    made_of = song()
    left, top, width, _ = plot_box(svg(page, made_of, "heat"))
    pixels = pixels_of(make(page, "png", made_of, "heat"))
    for second in (0, 20, 29, 31, 49):
        for genre, colour in enumerate(COLOURS):
            x, y = 2 * (left + (second + 0.5) / N_ROWS * width), 2 * (top + (genre + 0.5) * LANE)
            density = made_of["analysis"]["probabilities"][second][genre] ** 0.8
            expected = density * np.array(colour) + (1 - density) * np.array(PAPER["light"])
            np.testing.assert_allclose(pixels[int(y), int(x)], expected, atol=3, err_msg=f"{second} {genre}")


def test_the_png_of_the_areas_has_its_colours_where_they_belong(page: Page) -> None:
    made_of = song()
    picture = svg(page, made_of, "stacked")
    left, top, width, height = plot_box(picture)
    pixels = pixels_of(make(page, "png", made_of, "stacked"))
    for second in (0, 20, 29, 31, 49):
        edges = np.cumsum([0, *made_of["analysis"]["probabilities"][second]])
        for genre, colour in enumerate(COLOURS):
            x = 2 * (left + (second + 0.5) / N_ROWS * width)
            y = 2 * (top + height * (edges[genre] + edges[genre + 1]) / 2)
            assert tuple(pixels[int(y), int(x)]) == colour, (second, genre)
    keys = [rect for rect in picture.findall(f"{SVG}rect") if rect.get("height") == "10"]
    found = [pixels[int(2 * float(key.get("y", 0))) + 9, int(2 * float(key.get("x", 0))) + 9] for key in keys]
    assert [tuple(colour) for colour in found] == COLOURS


def test_the_png_has_the_spectrogram_where_the_page_shows_it(page: Page) -> None:
    """A minute, of which the first half sounds low and loud."""
    frames = np.zeros((600, 5), int)
    frames[:300, 0], frames[:300, 4] = 200, 208
    sound = {"frames": frames.ravel().tolist(), "n_bands": 4, "frame_s": 0.1, "loudest": 200, "highest": 208}
    left, top, width, height = plot_box(svg(page, song()))
    without = pixels_of(make(page, "png", song()))
    pixels = pixels_of(make(page, "png", song(), sound=sound))
    assert pixels.shape[0] - without.shape[0] == 2 * 112
    first, last = (2 * (left + second / 60 * width) for second in (15, 45))
    start = int(2 * (top + height))
    loud, silent = (pixels[start + 4 : start + 2 * 112, int(x)].sum(axis=1) for x in (first, last))
    paper = sum(PAPER["light"])
    tones, outline = loud[:156], loud[156:]
    assert (tones[:90] == paper).all()  # four bands over so many pixels are smoothed
    assert (tones[140:] < paper / 2).all()
    assert (outline[4:-4] < paper).all()
    assert np.count_nonzero(silent < paper) <= 4  # a hairline


def test_what_is_taken_along_is_what_is_looked_at(page: Page, downloads: Path) -> None:
    analysis = page.analyse(SONGS / "metal.mp3")
    plain = pixels_of(saved(page, downloads, "png"))
    page.find("input[name=picture][value=stacked]").click()
    page.find("#show-sound").click()
    for old in downloads.iterdir():
        old.unlink()
    picture = ElementTree.fromstring(saved(page, downloads, "svg"))  # noqa: S314 - ours
    found = lanes(picture)
    leading = np.argmax(analysis["probabilities"], axis=1)
    sure: list[Any] = [genre for genre, unsure in zip(leading, analysis["unsure"], strict=True) if not unsure]
    assert areas(found[analysis["genres"][sure[0]] if sure else "unsure"])
    pixels = pixels_of(saved(page, downloads, "png"))
    assert pixels.shape[0] == plain.shape[0] + 2 * 112
