"""training/trained.py: what is to be known of a run, read back from its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training.support import busy_network, part, toy_set
from training.run_folder import claim_run, read_record
from training.trained import load_trained, runs_behind


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with others, as `train` leaves it, its network untrained."""
    songs, others = toy_set(tmp_path / "set", n_songs=4), str(tmp_path / "others")
    toy_set(tmp_path / "others", n_songs=2)
    claim_run(tmp_path / "run", part(songs, "train"), part(songs, "valid"), {"others": others}, "given")
    busy_network("cnn").save(tmp_path / "run/network.keras")
    (tmp_path / "run/history.csv").write_text("epoch,val_loss\n0,1.5\n")
    return tmp_path / "run"


def write_record(run: Path, **record: Any) -> Path:
    run.mkdir(exist_ok=True)
    (run / "run.json").write_text(json.dumps(record))
    return run


def test_a_run_that_does_not_say_which_others_it_was_trained_with_is_called_so(run: Path) -> None:
    assert "others_when_trained" not in load_trained(run).provenance
    record = read_record(run)
    del record["others_sha256"]
    write_record(run, **record)
    assert load_trained(run).provenance["others_when_trained"].startswith("not known")


def test_where_files_lay_when_it_was_trained_is_not_told(run: Path) -> None:
    record, folder = read_record(run), str(run.parent)
    given = {name: f"{folder}/{name}.x" for name in ("init", "unlabelled", "taggrams")}
    write_record(run, **{**record, "options": record["options"] | given | {"teachers": [f"{folder}/seed-0"]}})
    provenance = load_trained(run).provenance
    assert folder not in json.dumps(provenance)
    assert provenance["options"]["taggrams"] == "taggrams.x"


def test_behind_a_run_are_its_teachers_and_the_run_that_it_started_from(tmp_path: Path) -> None:
    first = write_record(tmp_path / "first", options={"init": "scratch"})
    teacher = write_record(tmp_path / "teacher", options={"init": str(tmp_path / "adapted.keras")})
    options = {"init": str(first / "network.keras"), "teachers": [str(teacher)]}
    last = write_record(tmp_path / "last", options=options)
    assert runs_behind(last) == [last, teacher, first]
