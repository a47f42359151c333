"""training/ablation.py: every lever is an option of `train`, changes one thing, and says what it needs."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from training.__main__ import _parse, main
from training.ablate import runs_of
from training.ablation import LEVERS, OVERLAP, SHIPPED, SOUP, Lever, changes_of, chosen_levers
from training.errors import TrainingError
from training.options import TrainingOptions, chosen_options

BY_NAME = {lever.name: lever for lever in LEVERS}
NOT_ONE = {
    "cnn": set(),  # what the others from scratch are held against
    "distilled": {"teachers", "unlabelled"},
    SHIPPED: set(),
    SOUP: set(),
    OVERLAP: set(),
}


def ablation(tmp_path: Path, **options: Any) -> Namespace:
    names = ("set", "split", "init", "teacher", "others", "unlabelled", "taggrams", "runs", "evidence")
    paths: dict[str, Any] = {name: tmp_path / name for name in names}
    given = {"teachers": [tmp_path / "run"], "seeds": [0], "epochs": None, "jobs": 1}
    return Namespace(**{**paths, **given, **options})


def options_of(lever: Lever, tmp_path: Path) -> dict[str, Any]:
    """The recipe that the lever's arguments are to `train`, its augmentation's numbers beside all others."""
    options: TrainingOptions = chosen_options(_parse(runs_of(lever, ablation(tmp_path))[0].arguments))
    recipe = options.as_json()
    return recipe | recipe.pop("augmentation")


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_a_lever_changes_one_thing(lever: Lever, tmp_path: Path) -> None:
    recipe, reference = options_of(lever, tmp_path), options_of(BY_NAME[lever.against], tmp_path)
    changed = {name for name in {**recipe, **reference} if recipe.get(name) != reference.get(name)}
    assert changed == NOT_ONE.get(lever.name, changed)
    assert len(changed) == 1 or lever.name in NOT_ONE


def test_levers_are_told_apart_by_name_and_by_row() -> None:
    assert len(BY_NAME) == len({lever.changes for lever in LEVERS}) == len(LEVERS)
    assert changes_of("cnn-wide") == "from scratch: twice the channels"


def test_a_run_a_seed_and_the_shipped_ones_for_what_is_done_with_them(tmp_path: Path) -> None:
    asked = ablation(tmp_path, seeds=[3, 5])
    assert [run.folder.name for run in runs_of(BY_NAME["no-mixup"], asked)] == ["no-mixup-3", "no-mixup-5"]
    assert runs_of(BY_NAME[SOUP], asked) == runs_of(BY_NAME[OVERLAP], asked) == runs_of(BY_NAME[SHIPPED], asked)


def test_what_cannot_be_had_is_left_out_and_said() -> None:
    levers, left_out = chosen_levers([], {"set", "teachers"})
    assert left_out == [
        "not-adapted needs --teacher", "distilled needs --unlabelled", "answered needs --taggrams"
    ]  # fmt: skip
    assert len(levers) == len(LEVERS) - 3
    with pytest.raises(TrainingError, match="not-adapted needs --teacher"):
        chosen_levers(["not-adapted"], {"teachers", "unlabelled"})
    assert [lever.name for lever in chosen_levers(["not-adapted"], {"teacher"})[0]] == ["not-adapted"]


def test_a_lever_that_is_none_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ablate", "--init", "x.keras", "--only", "no-mixup", "reverb"]) == 1
    assert "no lever is called reverb: shipped, epochs-8" in capsys.readouterr().err
