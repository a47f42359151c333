"""genrescope/sections.py: the sections that the page tells."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest

from genrescope.sections import sections_of
from genrescope.sections_of_several import sections_of_several
from tests.support import REPOSITORY

PAGE = """
import { sectionsOf } from "./static/sections.js";
import { sectionsOfSeveral } from "./static/sections-of-several.js";
let text = "";
for await (const part of process.stdin) text += part;
const told = JSON.parse(text).map((song) => {
  const heard = { ...song, rows: song.probabilities };
  if (!song.thresholds) return sectionsOf(heard).map(({ start_s, genre }) => [start_s, genre]);
  return sectionsOfSeveral(heard).map(({ start_s, genres, elements }) => [start_s, genres, elements]);
});
console.log(JSON.stringify(told));
"""


def wandering_song(seed: int) -> dict[str, Any]:
    """Genres that change now and then, with rows that are unsure here and there."""
    rng = np.random.default_rng(seed)
    n_rows, n_genres, step_s = int(rng.integers(1, 200)), int(rng.integers(2, 12)), float(rng.choice([0.5, 1, 2]))
    leader = np.repeat(rng.integers(0, n_genres, n_rows), rng.integers(1, 15, n_rows))[:n_rows]
    rows = rng.dirichlet(np.full(n_genres, 0.5), n_rows) + 0.8 * np.eye(n_genres)[leader]
    rows /= rows.sum(axis=1, keepdims=True)
    return {
        "genres": [f"genre {k}" for k in range(n_genres)],
        "probabilities": np.round(rows, 6).tolist(),
        "unsure": (rng.random(n_rows) < 0.3).tolist(),
        "step_s": step_s,
        "duration_s": n_rows * step_s,
    }


def several_at_once(seed: int) -> dict[str, Any]:
    """Genres that come and go on their own."""
    rng = np.random.default_rng(seed)
    song = wandering_song(seed)
    n_rows, n_genres = len(song["unsure"]), len(song["genres"])
    lengths = rng.integers(1, 40, (n_genres, n_rows))
    plays = [np.repeat(rng.random(n_rows) < 0.3, runs)[:n_rows] for runs in lengths]
    logits = 4 * np.transpose(plays) - 2 + rng.normal(0, 1.5, (n_rows, n_genres))
    rows, thresholds = np.round(1 / (1 + np.exp(-logits)), 6), np.round(rng.uniform(0.2, 0.8, n_genres), 3)
    unsure = ~(rows >= thresholds).any(axis=1)
    return song | {"probabilities": rows.tolist(), "unsure": unsure.tolist(), "thresholds": thresholds.tolist()}


def those_of_the_page(songs: list[dict[str, Any]]) -> Any:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    command = [node, "--input-type=module", "-e", PAGE]
    told = subprocess.run(command, cwd=REPOSITORY, input=json.dumps(songs), capture_output=True, text=True, check=True)
    return json.loads(told.stdout)


def test_they_are_those_of_the_page() -> None:
    songs = [wandering_song(seed) for seed in range(40)]
    ours = [[[section.start_s, section.genre] for section in sections_of(song)] for song in songs]
    assert ours == those_of_the_page(songs)
    assert sum(map(len, ours)) > 80


def test_of_several_genres_they_are_those_of_the_page_too() -> None:
    songs = [several_at_once(seed) for seed in range(60)]
    told = [sections_of_several(song) for song in songs]
    ours = [[[each.start_s, list(each.genres), list(each.elements)] for each in sections] for sections in told]
    assert ours == those_of_the_page(songs)
    sections = [section for song in told for section in song]
    assert len(sections) > 150
    assert sum(len(section.genres) > 1 for section in sections) > 40
    assert sum(len(section.elements) > 0 for section in sections) > 40
    assert any(not section.genres for section in sections)
