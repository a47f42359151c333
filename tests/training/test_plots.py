"""training/plots.py: genres of any name can be drawn, and nothing is said about them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.plots import draw_confusion, draw_genres

GENRES = ("$uicide $ludge", "jazz 🎷", "Русский рок", r"a_b^{c} \frac")


@pytest.fixture(autouse=True)
def silence() -> None:
    warnings.simplefilter("error")


def test_bars_are_as_long_as_there_are_songs(tmp_path: Path) -> None:
    draw_genres(dict(zip(GENRES, (1, 2, 3, 40), strict=True)), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    is_bar = (pixels[..., 2] - pixels[..., 0]) > 80  # blue
    lengths = is_bar.sum(axis=1)
    assert lengths.max() > 10 * np.unique(lengths[lengths > 0])[0] > 0


def test_confusion_of_genres_of_any_name(tmp_path: Path) -> None:
    draw_confusion(np.eye(4, dtype=int), GENRES, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert min(picture.size) > 100
