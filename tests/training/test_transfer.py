"""training/transfer.py: few songs drawn by a seed, learned in several ways, a row each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.card_evidence import write_all, write_model
from tests.training.support import busy_network, part, toy_set
from training.__main__ import main
from training.card_inputs import read_inputs
from training.card_results import results
from training.errors import TrainingError
from training.evidence import write_evidence
from training.feature_set import FeatureSet
from training.results import read_rows
from training.run_folder import network_of, read_record
from training.split import Split, split_from_archive, write_split
from training.transfer import WAYS, few_songs, transfer

LAYER, *_, SCRATCH = WAYS
QUICK = (LAYER, replace(SCRATCH, epochs=1))


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return toy_set(tmp_path_factory.mktemp("transfer") / "set", n_songs=8)


def names(songs: FeatureSet) -> set[str]:
    return {track.name for track in songs.tracks}


def test_few_songs_are_among_more_and_each_seed_draws_its_own(songs: FeatureSet) -> None:
    learn = part(songs, "train")
    two, four = (few_songs(learn, n, seed=0) for n in (2, 4))
    assert [sum(track.genre == genre for track in two.tracks) for genre in songs.genres] == [2, 2, 2]
    assert names(two) < names(four) < names(learn)
    assert names(few_songs(learn, 2, seed=0)) == names(two)
    assert names(few_songs(learn, 2, seed=1)) != names(two)


class Measured:
    """A table made of a set, and how to make it again."""

    def __init__(self, folder: Path, songs: FeatureSet) -> None:
        self.folder, self.songs, self.told = folder, songs, list[str]()
        self.split: Split = split_from_archive(songs)
        busy_network("cnn").save(folder / "start.keras")

    def measure(self, *sizes: int) -> None:
        transfer(
            self.songs, self.split, "given", self.folder / "start.keras", sizes, (0, 1), self.folder / "runs",
            self.folder, self.told.append, QUICK,
        )  # fmt: skip


@pytest.fixture(scope="module")
def measured(songs: FeatureSet, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    measured = Measured(tmp_path_factory.mktemp("measured"), songs)
    measured.measure(2)
    return measured


def test_a_row_for_each_size_and_way(measured: Measured) -> None:
    layer, scratch = read_rows(measured.folder, "transfer")
    assert layer["name"] == "2 songs a genre: a new last layer on given weights"
    assert (layer["songs_a_genre"], layer["way"], layer["init"], layer["seeds"]) == (2, "layer", "start.keras", [0, 1])
    assert (layer["part"], layer["n_clips"], layer["train_songs"]) == ("valid", 6, 6)
    assert (scratch["way"], scratch["init"], scratch["epochs_run"]) == ("scratch", "scratch", [1, 1])
    assert scratch["options"]["augmentation"]["shift_semitones"] == 2  # as `train` does it
    assert measured.told[0].startswith("2 songs a genre: a new last layer on given weights: 0.")


def test_both_ways_of_a_seed_learn_the_same_songs_and_none_that_they_are_judged_on(measured: Measured) -> None:
    layer, scratch = (read_record(measured.folder / "runs" / f"{way}-2-0") for way in ("layer", "scratch"))
    assert layer["train_songs"] == scratch["train_songs"]
    assert not set(layer["train_songs"]) & set(measured.split["valid"])


def test_going_on_trains_nothing_again(measured: Measured) -> None:
    networks = [
        network_of(measured.folder / "runs" / f"{way}-2-{seed}") for way in ("layer", "scratch") for seed in (0, 1)
    ]
    before = [network.stat().st_mtime_ns for network in networks]
    measured.measure(2)
    assert [network.stat().st_mtime_ns for network in networks] == before
    assert len(read_rows(measured.folder, "transfer")) == 2


def test_more_songs_than_there_are_is_refused_before_anything_is_trained(measured: Measured) -> None:
    told = len(measured.told)
    with pytest.raises(TrainingError, match="--sizes 7: of drone there are 6 songs to learn from"):
        measured.measure(3, 7)
    assert len(measured.told) == told
    assert not (measured.folder / "runs/layer-3-0").exists()


def test_the_command_measures_the_new_layer_of_given_weights(
    songs: FeatureSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("training.transfer.transfer.__defaults__", ((LAYER,),))
    toy_set(tmp_path / "set", n_songs=8)
    write_split(split_from_archive(songs), tmp_path / "split.json", "given")
    busy_network("cnn").save(tmp_path / "start.keras")
    where = [word for name in ("set", "split.json", "runs", "evidence")
             for word in (f"--{name.split('.')[0]}", str(tmp_path / name))]  # fmt: skip
    asked = ["--sizes", "4", "2", "--seeds", "3"]
    assert main(["transfer", *where, "--init", str(tmp_path / "start.keras"), *asked]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if "songs a genre" in line] == ["2 songs a genre", "4 songs a genre"]
    assert [row["seeds"] for row in read_rows(tmp_path / "evidence", "transfer")] == [[3], [3]]
    assert main(["transfer", *where, "--init", "nowhere.keras"]) == 1
    assert "--init nowhere.keras is not there" in capsys.readouterr().err


def test_the_card_has_the_table_where_it_was_measured(measured: Measured, tmp_path: Path) -> None:
    contract = write_model(tmp_path / "model")
    write_all(tmp_path / "evidence", contract)
    assert "With few songs" not in results(read_inputs(tmp_path / "model", tmp_path / "evidence"))
    write_evidence(tmp_path / "evidence", "transfer", {"rows": read_rows(measured.folder, "transfer")})
    text = results(read_inputs(tmp_path / "model", tmp_path / "evidence"))
    line = next(line for line in text.splitlines() if "a new last layer on given weights" in line)
    assert line.startswith("| 2 | a new last layer on given weights | 6 | 2 | ")
    assert line.endswith(" | – |")
    assert "what given weights (start.keras) are worth" in text
