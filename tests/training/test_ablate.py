"""training/ablate.py: real runs of a toy set become rows once, go on where they were, and fail alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.support import busy_network, toy_set
from training.__main__ import main
from training.evidence import write_evidence
from training.results import read_rows
from training.run_folder import read_history
from training.split import split_from_archive, write_split

SHIPPED, SOUP = "the recipe as it is", "the seeds' weights averaged: one network of all"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ablate")
    write_split(split_from_archive(toy_set(folder / "set", n_songs=4)), folder / "split.json", "given")
    busy_network("cnn").save(folder / "adapted.keras")
    return folder


def ablate(folder: Path, *only: str, options: tuple[str, ...] = ()) -> int:
    paths = {"--set": "set", "--split": "split.json", "--init": "adapted.keras", "--runs": "runs", "--evidence": "."}
    where = [word for name, path in paths.items() for word in (name, str(folder / path))]
    return main(["ablate", *where, "--only", *only, "--seeds", "0", "1", "--epochs", "1", *options])


@pytest.fixture(scope="module")
def ablated(workplace: Path) -> Path:
    write_evidence(workplace, "ablation", {"rows": [{"name": "measured by hand"}]})
    assert ablate(workplace, "shipped", "soup") == 0
    return workplace


def test_each_lever_has_its_row_in_the_levers_order(ablated: Path) -> None:
    rows = read_rows(ablated, "ablation")
    assert [row["name"] for row in rows] == [SHIPPED, SOUP, "measured by hand"]
    assert [row["seeds"] for row in rows[:2]] == [[0, 1], [0]]
    assert [row["against"] for row in rows[:2]] == [SHIPPED, SHIPPED]
    assert (rows[0]["part"], rows[0]["n_clips"], rows[0]["init"]) == ("valid", 3, "adapted.keras")


def test_runs_of_other_circumstances_have_rows_apart(ablated: Path) -> None:
    before = read_rows(ablated, "ablation")
    assert ablate(ablated, "shipped", "soup", options=("--apart", "on a Monday")) == 0
    rows = read_rows(ablated, "ablation")
    assert rows[:3] == before
    assert [row["name"] for row in rows[3:]] == [f"{SHIPPED}, on a Monday", f"{SOUP}, on a Monday"]
    assert [row["against"] for row in rows[3:]] == [f"{SHIPPED}, on a Monday"] * 2
    write_evidence(ablated, "ablation", {"rows": before})


def test_going_on_trains_nothing_again(
    ablated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (ablated / "ablation.json").read_bytes()
    for work in ("subprocess.run", "results_row"):
        monkeypatch.delattr(f"training.ablate.{work}")
    assert ablate(ablated, "shipped", "soup") == 0
    assert "shipped: 0." in capsys.readouterr().out
    assert (ablated / "ablation.json").read_bytes() == before


def test_a_run_cut_short_goes_on_and_its_row_is_new(ablated: Path) -> None:
    before = read_rows(ablated, "ablation")[0]["networks_sha256"]
    (ablated / "runs/shipped-1/history.csv").unlink()
    (ablated / "runs/shipped-1/checkpoint").rename(ablated / "lost")
    (ablated / "runs/shipped-1/network.keras").unlink()
    assert ablate(ablated, "shipped") == 0
    assert len(read_history(ablated / "runs/shipped-1")) == 1
    assert read_rows(ablated, "ablation")[0]["networks_sha256"] != before


def test_a_lever_that_cannot_be_trained_says_why_and_leaves_the_others_alone(
    ablated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ("--teacher", str(ablated / "nowhere.pt"), "--jobs", "1")
    assert ablate(ablated, "shipped", "not-adapted", options=nowhere) == 1
    said = capsys.readouterr()
    assert "not-adapted FAILED" in said.out
    assert "nowhere.pt: no such file" in said.out
    assert "shipped: 0." in said.out
    assert "1 of 2 levers have no row: not-adapted" in said.err
