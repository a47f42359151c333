"""static/ui/colours.js: each genre has a colour of its own, for everyone's eyes, and keeps it in every network."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.page.browser import Page

TAUGHT = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
# Machado, Oliveira & Fernandes 2009, severity 1.0, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "no red cones": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "no green cones": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
}  # fmt: skip
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.95047, 1.0, 1.08883])
LEAST_DISTANCE = 12  # CIE 1976; 2 is what can just be seen side by side


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    t = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def colours(page: Page, genres: tuple[str, ...], dark: bool) -> list[str]:
    script = """
    const { colourPlaces, genreColour } = await load("ui/colours.js");
    return colourPlaces(args[0]).map((place) => genreColour(place, args[1]));
    """
    return list(page.run(script, genres, dark))


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("dark", [False, True])
def test_any_two_genres_can_be_told_apart(module_page: Page, dark: bool, vision: str) -> None:
    seen = {
        genre: lab(VISION[vision] @ linear(colour))
        for genre, colour in zip(TAUGHT, colours(module_page, TAUGHT, dark), strict=True)
    }
    distances = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(TAUGHT, 2)}
    closest = min(distances, key=lambda pair: distances[pair])
    assert distances[closest] >= LEAST_DISTANCE, closest


@pytest.mark.parametrize("dark", [False, True])
def test_a_genre_keeps_its_colour_in_another_network(module_page: Page, dark: bool) -> None:
    ours = dict(zip(TAUGHT, colours(module_page, TAUGHT, dark), strict=True))
    genres = ("rock", "shoegaze", "jazz", "dub")
    others = dict(zip(genres, colours(module_page, genres, dark), strict=True))
    assert (others["rock"], others["jazz"]) == (ours["rock"], ours["jazz"])
    assert len(set(others.values())) == 4


def test_many_genres_have_many_colours(module_page: Page) -> None:
    genres = tuple(f"genre {number}" for number in range(90)) + TAUGHT
    for dark in (False, True):
        assert len(set(colours(module_page, genres, dark))) == 100
