"""training/reliability.py: confidences of songs and seconds whose answers are known."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.contract import RowRule
from training.feature_set import Track
from training.plots import draw_reliability
from training.reliability import Reliability, reliability, write_reliability
from training.score import SongLogits

SURE, UNSURE = np.log([0.9, 0.1]), np.log([0.6, 0.4])  # logits of known confidence at temperature 1


def song(rows: list[np.ndarray], genre: int) -> SongLogits:
    return SongLogits(Track("song", "drone", 0, 1), np.array(rows, np.float32), genre)


@pytest.fixture
def found() -> Reliability:
    """Four sure seconds of which three are right, one unsure second that is right; two verdicts, one right."""
    scored = [song([SURE, SURE, SURE, UNSURE], 0), song([SURE], 1)]
    return reliability(scored, [RowRule()] * 2)


def test_seconds_and_verdicts_are_counted_apart(found: Reliability) -> None:
    assert [(each.n, each.accuracy) for each in found.seconds] == [(1, 1), (4, 0.75)]
    assert [each.confidence for each in found.seconds] == pytest.approx([0.6, 0.9])
    assert [(each.n, each.accuracy) for each in found.verdicts] == [(1, 1), (1, 0)]
    assert [each.confidence for each in found.verdicts] == pytest.approx([0.825, 0.9])


def test_errors_are_means_of_the_gaps(found: Reliability) -> None:
    assert found.second_ece == pytest.approx((0.4 * 1 + 0.15 * 4) / 5)
    assert found.ece == pytest.approx((0.175 + 0.9) / 2)


def test_each_song_is_heard_by_its_own_rule() -> None:
    cool, hot = RowRule(), replace(RowRule(), temperature=1e6, verdict_temperature=1e6)
    found = reliability([song([SURE], 0), song([SURE], 0)], [cool, hot])
    assert [each.confidence for each in found.verdicts] == pytest.approx([0.5, 0.9], abs=1e-3)
    assert [each.confidence for each in found.seconds] == pytest.approx([0.5, 0.9], abs=1e-3)


def test_table_and_picture_are_written(found: Reliability, tmp_path: Path) -> None:
    write_reliability(found, tmp_path / "reliability.csv")
    with (tmp_path / "reliability.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["of"] for row in rows] == ["verdicts", "verdicts", "seconds", "seconds"]
    assert (float(rows[3]["accuracy"]), int(rows[3]["n"])) == (0.75, 4)
    draw_reliability(found, tmp_path / "reliability.png")
    assert (tmp_path / "reliability.png").read_bytes().startswith(b"\x89PNG")
