"""training/results.py: rows over seeds, from runs whose networks are the real thing, only untrained."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from model.contract import RowRule, WindowLayout
from tests.training.support import busy_network, part, toy_set
from training.__main__ import main
from training.errors import TrainingError
from training.evaluate import evaluate
from training.feature_set import FeatureSet
from training.options import TrainingOptions
from training.results import as_text, keep_row, read_rows, results_row
from training.run_folder import claim_run, save_network
from training.score import in_batches
from training.split import Split, hash_names, split_from_archive, write_split
from training.split_words import RANDOM_LABEL

HOW = "random, shares [0.75, 0.25, 0.0], seed 0"


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return toy_set(tmp_path_factory.mktemp("results") / "set", n_songs=8)


@pytest.fixture(scope="module")
def split(songs: FeatureSet) -> Split:
    return split_from_archive(songs)


def make_run(folder: Path, songs: FeatureSet, seed: int, **options: object) -> Path:
    """A run as `train` leaves it, its network as it was at the start."""
    chosen = replace(TrainingOptions(seed=seed), **options)
    claim_run(folder, part(songs, "train"), part(songs, "valid"), asdict(chosen), HOW)
    save_network(busy_network("cnn", seed=seed), folder / "network.keras")
    lines = ["epoch,loss,val_accuracy,val_loss,window_accuracy", "0,2,0.5,1.5,0.5", f"1,1,0.6,{1 + seed},0.6"]
    (folder / "history.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def runs(songs: FeatureSet, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("runs")
    return [make_run(folder / f"seed-{seed}", songs, seed) for seed in (1, 0)]


@pytest.fixture(scope="module")
def row(runs: list[Path], songs: FeatureSet, split: Split) -> dict[str, object]:
    return results_row("untrained", runs, songs, split, HOW, "valid")


def test_a_row_holds_what_each_network_reaches(row: dict[str, object], songs: FeatureSet) -> None:
    valid = part(songs, "valid")
    alone = [
        evaluate(valid, songs.genres, in_batches(busy_network("cnn", seed=seed)), WindowLayout(), RowRule())
        for seed in (0, 1)
    ]
    assert row["seeds"] == [0, 1]
    assert row["second_accuracy"] == pytest.approx([each.second_accuracy for each in alone])
    assert row["n_clips"] == 6
    assert all(0 <= accuracy <= 1 for accuracy in row["clip_accuracy"])


def test_the_interval_is_that_of_the_mean_over_seeds(row: dict[str, object]) -> None:
    low, high = row["clip_accuracy_ci95"]
    assert low <= np.mean(row["clip_accuracy"]) <= high


def test_each_networks_hits_are_kept_song_by_song_in_the_order_of_their_names(
    row: dict[str, object], runs: list[Path], songs: FeatureSet, split: Split
) -> None:
    assert row["clip_accuracy"] == [pytest.approx(hits.count("1") / 6) for hits in row["clip_hits"]]
    assert {hit for hits in row["clip_hits"] for hit in hits} <= {"0", "1"}
    assert row["songs_sha256"] == hash_names(split["valid"])
    turned = replace(songs, tracks=songs.tracks[::-1])
    assert results_row("untrained", runs, turned, split, HOW, "valid")["clip_hits"] == row["clip_hits"]


def test_a_row_says_where_its_networks_come_from(row: dict[str, object]) -> None:
    assert (row["split"], row["part"], row["init"], row["train_songs"]) == (HOW, "valid", "scratch", 18)
    assert row["epochs_run"] == [2, 2]
    assert row["parameters"] == busy_network("cnn").count_params()
    assert row["chosen_on_these"]
    assert "choices were made on these songs" in as_text(row)
    assert f"random 75/25/0, seed 0; {RANDOM_LABEL};" in as_text(row)


def test_nothing_was_chosen_on_songs_of_the_test(runs: list[Path], songs: FeatureSet, split: Split) -> None:
    unseen = toy_set(runs[0].parent / "more", n_songs=12)  # the same songs, and four more a genre
    names = {track.name for track in songs.tracks}
    more = {**split, "test": [track.name for track in unseen.tracks if track.name not in names]}
    found = results_row("untrained", runs, unseen, more, HOW, "test")
    assert (found["n_clips"], found["chosen_on_these"]) == (12, False)


def test_a_split_without_test_songs_has_no_test_figure(runs: list[Path], songs: FeatureSet, split: Split) -> None:
    with pytest.raises(TrainingError, match="keeps no songs for the test"):
        results_row("untrained", runs, songs, split, HOW, "test")


def test_songs_that_a_run_was_trained_on_are_refused(runs: list[Path], songs: FeatureSet, split: Split) -> None:
    turned = {"train": split["valid"], "valid": split["train"], "test": []}
    with pytest.raises(TrainingError, match="was trained on 18 of these 18 songs"):
        results_row("untrained", runs, songs, turned, HOW, "valid")
    assert results_row("memory", runs, songs, split, HOW, "train")["n_clips"] == 18


def test_songs_that_a_teacher_was_trained_on_are_refused(
    runs: list[Path], songs: FeatureSet, split: Split, tmp_path: Path
) -> None:
    record = json.loads((runs[0] / "run.json").read_text())
    (tmp_path / "teacher").mkdir()
    turned = record | {"train_songs": record["valid_songs"], "valid_songs": record["train_songs"]}
    (tmp_path / "teacher/run.json").write_text(json.dumps(turned))
    taught = make_run(tmp_path / "taught", songs, 2, teachers=(str(tmp_path / "teacher"),))
    with pytest.raises(TrainingError, match="teacher was trained on 6 of these 6 songs"):
        results_row("taught", [taught], songs, split, HOW, "valid")


def test_the_same_seed_twice_is_refused(runs: list[Path], songs: FeatureSet, split: Split) -> None:
    with pytest.raises(TrainingError, match="same seed"):
        results_row("untrained", [runs[0], runs[0]], songs, split, HOW, "valid")


def test_another_recipe_is_refused_by_name_of_what_differs(
    runs: list[Path], songs: FeatureSet, split: Split, tmp_path: Path
) -> None:
    other = make_run(tmp_path / "other", songs, 2, label_smoothing=0.0)
    with pytest.raises(TrainingError, match=r"seed 1 and 2 differ .* in label_smoothing:"):
        results_row("untrained", [runs[0], other], songs, split, HOW, "valid")


def test_the_command_keeps_what_it_prints(
    runs: list[Path], split: Split, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_split(split, tmp_path / "split.json", HOW)
    where = ["--set", str(runs[0].parent / "set"), "--split", str(tmp_path / "split.json"), "--evidence", str(tmp_path)]
    toy_set(runs[0].parent / "set", n_songs=8)
    assert main(["results", "one", str(runs[0]), *where]) == 0
    assert "one: 6 songs, valid part" in capsys.readouterr().out
    assert [kept["name"] for kept in read_rows(tmp_path, "results")] == ["one"]
    assert main(["results", "two", str(runs[0]), *where, "--part", "test"]) == 1
    assert "keeps no songs for the test" in capsys.readouterr().err
    assert [kept["name"] for kept in read_rows(tmp_path, "results")] == ["one"]


def test_a_row_of_the_same_name_is_replaced_in_its_place(row: dict[str, object], tmp_path: Path) -> None:
    for name, n_clips in (("a", 1), ("b", 2), ("a", 3)):
        keep_row({**row, "name": name, "n_clips": n_clips}, tmp_path, "ablation")
    assert [(kept["name"], kept["n_clips"]) for kept in read_rows(tmp_path, "ablation")] == [("a", 3), ("b", 2)]
    assert read_rows(tmp_path, "results") == []
