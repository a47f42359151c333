"""training/split_words.py: which songs a figure is of, and what a random split does to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.support import toy_set
from training.__main__ import main
from training.split import read_split
from training.split_words import RANDOM_LABEL, is_random, split_label, split_name


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ("random, shares [0.7, 0.15, 0.15], seed 0", "random 70/15/15, seed 0"),
        ("grouped by a.txt, shares [0.75, 0.25, 0.0], seed 1", "grouped by a.txt 75/25/0, seed 1"),
        ("lists of splits", "lists of splits"),
    ],
)
def test_splits_are_named_as_others_name_them(how: str, name: str) -> None:
    assert split_name(how) == name


def test_a_random_split_is_known_by_the_words_that_split_writes_and_is_called_what_it_is(tmp_path: Path) -> None:
    toy_set(tmp_path / "set", n_songs=8)
    (tmp_path / "groups.txt").write_text("drone/0 ::: one\ndrone/1 ::: one\n")
    where = ["split", "--set", str(tmp_path / "set"), "--split", str(tmp_path / "split.json"), "--seed", "3"]
    assert main([*where, "--random"]) == 0
    how = read_split(tmp_path / "split.json")[0]
    assert is_random(how)
    assert split_label(how) == f"random 70/15/15, seed 3; {RANDOM_LABEL}"
    for others in ([], ["--groups", str(tmp_path / "groups.txt")]):
        assert main([*where, *others]) == 0
        how = read_split(tmp_path / "split.json")[0]
        assert not is_random(how)
        assert split_label(how) == split_name(how)
