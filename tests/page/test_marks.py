"""static/explain: which parts of a sound are marked, and named in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page, packed

N_MELS = 128
SCRIPT = """
const { marksOf, maskOf, toldOf } = await load("explain/marks.js");
const marks = marksOf(unpack(args[0]), 128, 0.0776);
return { marks: pack(marks), pro: pack(maskOf(marks, 1)), contra: pack(maskOf(marks, -1)), told: toldOf(marks, 128) };
"""
WORDS = 'const { whyInWords } = await load("messages/why.js"); return whyInWords(args[0]);'


def marked(page: Page, relevance: np.ndarray) -> dict[str, Any]:
    found = page.run(SCRIPT, packed(relevance))
    return {name: value if name == "told" else value.reshape(-1, N_MELS) for name, value in found.items()}


def two_sided() -> np.ndarray:
    """Bands 20 to 39 speak for the genre, 80 to 99 against it, in the frames from 50 to 69."""
    relevance = np.zeros((128, N_MELS), np.float32)
    relevance[50:70, 20:40] = 0.01
    relevance[50:70, 80:100] = -0.01
    return relevance


def test_regions_that_agree_are_marked(module_page: Page) -> None:
    found = marked(module_page, two_sided())
    assert found["marks"][55:65, 25:35].min() == 1
    assert found["marks"][55:65, 85:95].max() == -1
    assert not found["marks"][:, 55:65].any()
    assert not found["marks"][:40].any()
    np.testing.assert_array_equal(found["pro"] - found["contra"], found["marks"])


@pytest.mark.parametrize("along", ["time", "mel"])
def test_neighbours_that_contradict_each_other_are_not(module_page: Page, along: str) -> None:
    relevance = two_sided()
    signs = np.resize([1, -1], (20, 20))
    relevance[50:70, 50:70] = 0.02 * (signs.T if along == "time" else signs)
    assert np.abs(marked(module_page, relevance)["marks"][55:65, 55:65]).max() < 0.1


def test_what_is_named_is_what_is_marked(module_page: Page) -> None:
    told = marked(module_page, two_sided())["told"]
    ((first, end),) = told["for"]
    assert abs(first - 20) < 8
    assert abs(end - 40) < 8
    ((first, end),) = told["against"]
    assert abs(first - 80) < 8
    assert abs(end - 100) < 8
    first, end = told["frames"]
    assert 48 < first < end < 72
    assert end - first > 14


def test_nothing_is_told_of_what_says_nothing(module_page: Page) -> None:
    found = marked(module_page, np.zeros((128, N_MELS), np.float32))
    assert not found["marks"].any()
    assert (found["told"]["for"], found["told"]["against"]) == ([], [])
    nearly_one_sided = two_sided()
    nearly_one_sided[50:68, 80:100] = 0
    assert marked(module_page, nearly_one_sided)["told"]["against"] == []


def test_the_words(module_page: Page) -> None:
    told = {
        "genre": "reggae",
        "for": [[80, 250], [5000, None]],
        "against": [[None, 80]],
        "start_s": 80.6,
        "end_s": 84.4,
    }
    assert module_page.run(WORDS, told).replace("\u202f", " ") == (
        "Between 1:21 and 1:24, what is heard from 80 Hz to 250 Hz and above 5 kHz spoke most for reggae; "
        "what is heard below 80 Hz spoke against it."
    )
    silent = module_page.run(WORDS, {**told, "for": [], "against": [[None, None]]})
    assert "hardly anything spoke most" not in silent
    assert "at all frequencies" in silent
