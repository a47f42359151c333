"""genrescope/sections.py: the sections that the page tells."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest

from genrescope.sections import sections_of
from tests.support import REPOSITORY

PAGE = """
import { sectionsOf } from "./static/sections.js";
let text = "";
for await (const part of process.stdin) text += part;
const told = JSON.parse(text).map((song) => sectionsOf({ ...song, rows: song.probabilities }));
console.log(JSON.stringify(told.map((song) => song.map(({ start_s, genre }) => [start_s, genre]))));
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


def test_they_are_those_of_the_page() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    songs = [wandering_song(seed) for seed in range(40)]
    command = [node, "--input-type=module", "-e", PAGE]
    told = subprocess.run(command, cwd=REPOSITORY, input=json.dumps(songs), capture_output=True, text=True, check=True)
    ours = [[[section.start_s, section.genre] for section in sections_of(song)] for song in songs]
    assert ours == json.loads(told.stdout)
    assert sum(map(len, ours)) > 80
