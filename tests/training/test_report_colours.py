"""training/report_colours.py and report_palette.py: the page's colours, and cells that can be read."""

from __future__ import annotations

import re

import pytest

from tests.support import REPOSITORY
from training.report_colours import COLOURS, GOLDEN_ANGLE_DEG, genre_colours, genre_shapes
from training.report_palette import N_SHADES, report_style, shade_of


def test_genres_have_the_pages_colours() -> None:
    source = (REPOSITORY / "static/ui/colours.js").read_text(encoding="utf-8")
    assert re.findall(r'\["(\w+)", "(#\w+)", "(#\w+)"\]', source) == list(COLOURS)
    assert f"GOLDEN_ANGLE_DEG = {GOLDEN_ANGLE_DEG};" in source


def test_a_known_genre_keeps_its_colour_and_others_take_those_that_are_left() -> None:
    assert genre_colours(["polka", "jazz", "tango"]) == [COLOURS[0][1:], COLOURS[5][1:], COLOURS[1][1:]]


def test_a_hundred_genres_are_all_told_apart() -> None:
    genres = [f"genre {number}" for number in range(100)]
    assert len(set(genre_colours(genres))) == 100
    first = zip(genre_colours(genres)[:10], genre_shapes(genres)[:10], strict=True)
    assert len(set(first)) == 10


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_numbers_stand_out_from_every_shade() -> None:
    cells = re.findall(r"\.h\d+ \{ background: (#\w{6}); color: (#\w{3});", report_style(["jazz"]))
    assert len(cells) == 2 * N_SHADES  # on light paper and on dark
    for background, ink in cells:
        light, dark = sorted((luminance(background), 1.0 if ink == "#fff" else 0.0), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, background


@pytest.mark.parametrize(("share", "shade"), [(0, 0), (0.001, 1), (0.5, 6), (0.99, 10), (1, 10)])
def test_none_has_no_shade_and_all_the_deepest(share: float, shade: int) -> None:
    assert shade_of(share) == shade
