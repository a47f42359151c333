"""How tables say which songs a figure is of: the part, the split, and what a random split does to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from training.card_text import plain

Row = Mapping[str, Any]

PART_NAMES = {"train": "training songs", "valid": "validation songs", "test": "test songs"}
RANDOM_SPLIT = (
    "Such splits are what most projects quote, and their figures are inflated: "
    "where a set holds several excerpts of one recording, they lie on both sides, and remembering them is rewarded."
)
RANDOM_LABEL = "made as other projects make theirs, inflated by recordings that its parts share"


def by_songs(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows whose figures are of the same songs, together; random splits come last."""
    groups: dict[tuple[str, str, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["split"], row["part"], row["n_clips"]), []).append(row)
    return sorted(groups.values(), key=lambda group: is_random(group[0]["split"]))


def title(row: Row) -> str:
    """Which songs a table's figures are of, and what is to be known of such a split."""
    songs = f"**{row['n_clips']} {PART_NAMES[row['part']]}; split: {plain(split_name(row['split']))}.**"
    return f"{songs} {RANDOM_SPLIT}" if is_random(row["split"]) else songs


def is_random(how: str) -> bool:
    """Whether the words that say how songs were split speak of chance alone."""
    return how.startswith("random")


def fold_name(number: int, n_folds: int) -> str:
    """The words that say of a fold of a cross-validation how its songs were split."""
    return f"fold {number} of {n_folds}, by recording"


def is_fold(how: str) -> bool:
    """Whether the words are a fold's."""
    return how.startswith("fold ")


def split_name(how: str) -> str:
    """The words that say how songs were split, shares as other projects write them: random 70/15/15, seed 0."""
    shares = re.search(r", shares \[([^\]]*)\]", how)
    if not shares:
        return how
    percents = "/".join(f"{float(share) * 100:g}" for share in shares[1].split(","))
    return how.replace(shares[0], f" {percents}")


def split_label(how: str) -> str:
    """The split's name and, of a random one, what its figures are."""
    return f"{split_name(how)}; {RANDOM_LABEL}" if is_random(how) else split_name(how)
