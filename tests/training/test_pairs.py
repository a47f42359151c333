"""training/pairs.py: a cache that goes on where it stopped, and takes nobody's place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.errors import TrainingError
from training.pairs import KINDS, PairWriter, open_pairs

SHAPES = {"log_mel": (6, 4), "early": (6, 2, 3), "embedding": (2, 5)}
MADE_OF = {"files": [["a", "1-2"]], "seed": 0}


def windows(n: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {kind: rng.normal(0, 1, (n, *shape)).astype(np.float16).astype(np.float32) for kind, shape in SHAPES.items()}


def filled(folder: Path) -> Path:
    with PairWriter(folder, MADE_OF, SHAPES) as writer:
        writer.add("a", False, windows(3, 0))
        writer.skip("b", "broken")
        writer.add("c", True, windows(2, 1))
    return folder


def test_windows_are_read_as_they_were_written(tmp_path: Path) -> None:
    pairs = open_pairs(filled(tmp_path / "p"), SHAPES)
    for kind in KINDS:
        stored = getattr(pairs, kind)
        assert isinstance(stored, np.memmap)
        np.testing.assert_array_equal(stored, np.concatenate([windows(3, 0)[kind], windows(2, 1)[kind]]))
    assert pairs.windows(held_out=False).tolist() == [0, 1, 2]
    assert pairs.windows(held_out=True).tolist() == [3, 4]
    assert pairs.skipped == {"b": "broken"}


def test_a_writer_goes_on_after_the_last_whole_file(tmp_path: Path) -> None:
    whole = filled(tmp_path / "whole")
    with PairWriter(tmp_path / "cut", MADE_OF, SHAPES) as writer:
        writer.add("a", False, windows(3, 0))
    with (tmp_path / "cut/early.raw").open("ab") as raw, (tmp_path / "cut/files.jsonl").open("ab") as lines:
        raw.write(b"half a window")
        lines.write(b'{"name": "c", "hel')
    with PairWriter(tmp_path / "cut", MADE_OF, SHAPES) as writer:
        assert writer.n_done == 1
        writer.skip("b", "broken")
        writer.add("c", True, windows(2, 1))
    for name in ("files.jsonl", *(f"{kind}.raw" for kind in KINDS)):
        assert (tmp_path / "cut" / name).read_bytes() == (whole / name).read_bytes()


def test_pairs_of_something_else_are_left_alone(tmp_path: Path) -> None:
    folder = filled(tmp_path / "p")
    before = (folder / "log_mel.raw").read_bytes()
    with pytest.raises(TrainingError, match="choose another --out or delete it"):
        PairWriter(folder, {**MADE_OF, "seed": 1}, SHAPES)
    assert (folder / "log_mel.raw").read_bytes() == before


@pytest.mark.parametrize("kind", ["file", "folder", "broken record"])
def test_what_is_in_the_way_stays(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "p"
    theirs = place if kind == "file" else place / ("thesis.tex" if kind == "folder" else "pairs.json")
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("years of work")
    with pytest.raises(TrainingError, match="choose another --out"):
        PairWriter(place, MADE_OF, SHAPES)
    assert theirs.read_text() == "years of work"


def test_a_shortened_file_is_named(tmp_path: Path) -> None:
    folder = filled(tmp_path / "p")
    with (folder / "early.raw").open("ab") as raw:
        raw.truncate(10)
    with pytest.raises(TrainingError, match=r"early\.raw is shorter than it was"):
        PairWriter(folder, MADE_OF, SHAPES)


@pytest.mark.parametrize("held_out", [True, False])
def test_both_parts_need_a_window(held_out: bool, tmp_path: Path) -> None:
    with PairWriter(tmp_path, MADE_OF, SHAPES) as writer:
        writer.add("a", held_out, windows(3, 0))
        writer.skip("b", "broken")
    with pytest.raises(TrainingError, match="fewer than two files of music could be used: b: broken"):
        open_pairs(tmp_path, SHAPES)


def test_windows_of_another_shape_are_refused(tmp_path: Path) -> None:
    with PairWriter(tmp_path, MADE_OF, SHAPES) as writer, pytest.raises(ValueError, match="early is"):
        writer.add("a", False, {**windows(3, 0), "early": np.zeros((3, 6, 3, 2), np.float32)})
