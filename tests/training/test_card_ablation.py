"""training/card_ablation.py: what a lever brings, against what, and whether chance alone would do it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.training.card_evidence import write_all, write_model
from training.card_ablation import ablation, difference_interval
from training.card_inputs import CardInputs, read_inputs

N_CLIPS = 20


@pytest.fixture
def inputs(tmp_path: Path) -> CardInputs:
    contract = write_model(tmp_path / "model")
    write_all(tmp_path / "evidence", contract)
    return read_inputs(tmp_path / "model", tmp_path / "evidence")


def hits(n_right: int) -> str:
    return ("1" * n_right).ljust(N_CLIPS, "0")


def row_of(inputs: CardInputs, name: str, n_right: list[int], **changes: Any) -> dict[str, Any]:
    kept = {"songs_sha256": "abc", "clip_hits": [hits(n) for n in n_right], "against": "plain"}
    accuracy = [n / N_CLIPS for n in n_right]
    return {**inputs.rows("ablation")[0], "name": name, "clip_accuracy": accuracy, **kept, **changes}


def section(inputs: CardInputs, rows: list[dict[str, Any]]) -> str:
    return ablation(replace(inputs, evidence={**inputs.evidence, "ablation": {"rows": rows}}))


def cells(text: str, row: str) -> dict[str, str]:
    """A row's cells by their column's title."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return dict(zip(lines[0], next(line for line in lines if line[0] == row), strict=True))


def test_each_row_is_held_against_the_one_that_it_names(inputs: CardInputs) -> None:
    rows = [
        row_of(inputs, "plain", [14, 14]),
        row_of(inputs, "+ mixup", [15, 15]),
        row_of(inputs, "scratch", [10, 10]),
        row_of(inputs, "scratch, wider", [9, 9], against="scratch"),
        row_of(inputs, "alone", [9, 9], against="somebody who is not here"),
    ]
    text = section(inputs, rows)
    assert (cells(text, "plain")["against"], cells(text, "plain")["difference"]) == ("", "")
    assert cells(text, "+ mixup")["difference"].startswith("+5.0 (")
    assert cells(text, "scratch")["difference"].startswith("**−20.0 (")
    assert cells(text, "scratch, wider")["against"] == "scratch"
    assert cells(text, "scratch, wider")["difference"].startswith("−5.0 (")
    assert (cells(text, "alone")["against"], cells(text, "alone")["difference"]) == ("", "")


def test_whoever_was_shown_other_sounds_besides_is_not_held_against_it(inputs: CardInputs) -> None:
    options = inputs.rows("ablation")[0]["options"]
    rows = [
        row_of(inputs, "plain", [14, 14], options={**options, "others": "others"}),
        row_of(inputs, "+ mixup", [15, 15], options={**options, "others": ""}),
    ]
    assert cells(section(inputs, rows), "+ mixup")["difference"] == ""


def test_rows_that_name_none_are_held_against_the_first_and_rows_without_hits_have_no_interval(
    inputs: CardInputs,
) -> None:
    kept = ("songs_sha256", "clip_hits", "against")
    rows = [row_of(inputs, "plain", [14, 14]), row_of(inputs, "+ mixup", [15, 15])]
    old = [{key: value for key, value in row.items() if key not in kept} for row in rows]
    for text in (section(inputs, old), section(inputs, [rows[0], old[1]])):
        assert (cells(text, "+ mixup")["against"], cells(text, "+ mixup")["difference"]) == ("plain", "+5.0")
    assert "(" in cells(section(inputs, rows), "+ mixup")["difference"]


def test_other_songs_are_not_compared_one_by_one(inputs: CardInputs) -> None:
    rows = [row_of(inputs, "plain", [14, 14]), row_of(inputs, "+ mixup", [15, 15], songs_sha256="def")]
    assert cells(section(inputs, rows), "+ mixup")["difference"] == "+5.0"


def test_only_differences_beyond_chance_are_bold(inputs: CardInputs) -> None:
    rows = [row_of(inputs, "plain", [14, 14]), row_of(inputs, "luck", [13, 15]), row_of(inputs, "worse", [2, 2])]
    text = section(inputs, rows)
    assert not cells(text, "luck")["difference"].startswith("**")
    assert cells(text, "worse")["difference"].startswith("**−60.0 (")
    assert "for 1 of 2 differences" in text


def test_the_interval_pairs_the_songs() -> None:
    """Two networks that fail on the same songs differ in none, however the songs are drawn."""
    assert difference_interval([hits(10)] * 2, [hits(10)] * 2) == (0, 0)
    low, high = difference_interval([hits(10)], [hits(10)[::-1]])
    assert low == pytest.approx(-high, abs=0.11)
    assert high > 0.3


def test_the_interval_knows_of_the_seeds_spread() -> None:
    """Every song is right with one seed of two: songs alone would leave no doubt at all."""
    low, high = difference_interval([hits(0), hits(N_CLIPS)], [hits(N_CLIPS)])
    assert (low, high) == (-1, 0)
    assert difference_interval([hits(0)], [hits(N_CLIPS)]) == (-1, -1)


def test_the_same_networks_scored_in_two_ways_differ_by_no_luck_of_their_own() -> None:
    spread = [hits(0), hits(N_CLIPS)]
    assert difference_interval(spread, spread, same_networks=True) == (0, 0)
    assert difference_interval(spread, spread) != (0, 0)


def test_the_caption_says_how_long_networks_were_trained(inputs: CardInputs) -> None:
    def options(epochs: int, **others: Any) -> dict[str, Any]:
        return {"options": {"epochs": epochs, **others}}

    rows = [
        row_of(inputs, "plain", [14], init="adapted.keras", **options(8)),
        row_of(inputs, "longer", [14], init="adapted.keras", **options(12)),
        row_of(inputs, "mean", [14], init="adapted.keras", **options(8, averaged=["a", "b"])),
        row_of(inputs, "scratch", [10], init="scratch", **options(30)),
    ]
    told = "Trained for 8 or 12 epochs from given weights, 30 from scratch"
    assert f"{told}; the network of this card for 9." in section(inputs, rows)
    del inputs.training["options"]["epochs"]  # a linear one has none
    assert f"{told}." in section(inputs, rows)
    assert "Trained for" not in section(inputs, [row_of(inputs, "plain", [14], options={})])


def test_every_row_says_its_songs_and_seeds_and_the_caption_the_split(inputs: CardInputs) -> None:
    soup = row_of(inputs, "soup", [15], options={"averaged": ["a", "b", "c"]})
    text = section(inputs, [row_of(inputs, "plain", [14, 15]), soup])
    assert cells(text, "soup")["seeds"] == "3 in one"
    assert (cells(text, "plain")["songs"], cells(text, "plain")["seeds"]) == ("20", "2")
    assert "**20 validation songs; split: toy lists.**" in text
