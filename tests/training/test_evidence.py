"""training/evidence.py: what was measured is read back as it was, or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.errors import TrainingError
from training.evidence import read_evidence, write_evidence

FIGURES = {"songs": "toy", "rows": [{"name": "Ålesund", "accuracy": 1 / 3, "found_after_s": None}]}


def test_figures_come_back_unrounded(tmp_path: Path) -> None:
    path = write_evidence(tmp_path / "new" / "folder", "results", FIGURES)
    assert path == tmp_path / "new/folder/results.json"
    assert read_evidence(tmp_path / "new/folder", "results") == FIGURES


def test_a_new_measurement_replaces_the_old_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_evidence(tmp_path, "results", FIGURES)
    write_evidence(tmp_path, "results", {"songs": "others"})
    assert read_evidence(tmp_path, "results") == {"songs": "others"}
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


def test_a_figure_that_is_no_number_leaves_the_old_file(tmp_path: Path) -> None:
    write_evidence(tmp_path, "results", FIGURES)
    with pytest.raises(TrainingError, match="no finite number"):
        write_evidence(tmp_path, "results", {"accuracy": float("nan")})
    assert read_evidence(tmp_path, "results") == FIGURES


def test_a_file_in_the_folders_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("in the way")
    with pytest.raises(TrainingError, match=r"evidence/results\.json cannot be written"):
        write_evidence(tmp_path / "evidence", "results", FIGURES)


def test_what_was_not_measured_is_said(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="measure it first"):
        read_evidence(tmp_path, "results")


@pytest.mark.parametrize("text", ['{"songs": ', "[1, 2]", "7"])
def test_a_damaged_file_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(TrainingError, match="measure it again"):
        read_evidence(tmp_path, "results")
