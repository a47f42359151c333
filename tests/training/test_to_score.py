"""training/to_score.py: what songs were to the model is said, and options that do not fit are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from model.contract import Contract, load_contract
from tests.support import REPOSITORY
from tests.training.support import toy_set
from training.__main__ import main
from training.errors import TrainingError
from training.split import hash_names, write_split
from training.to_score import SongsToScore, songs_of_part


@pytest.fixture(scope="module")
def shipped() -> Contract:
    return load_contract(REPOSITORY / "model")


def scored(folder: Path, part: str | None) -> SongsToScore:
    songs = toy_set(folder, n_songs=1)
    return SongsToScore(songs=songs, label="toy songs", part=part, split_hashes={hash_names(["b", "a"])})


@pytest.mark.parametrize(
    ("part", "said"),
    [("train", "it remembers"), ("valid", "were chosen on these songs"), ("test", "toy songs"), (None, "toy songs")],
)
def test_what_the_songs_were_to_the_model_is_said(
    part: str | None, said: str, shipped: Contract, tmp_path: Path
) -> None:
    contract = replace(shipped, raw={"training": {"train_songs_sha256": hash_names(["a", "b"])}})
    chosen = scored(tmp_path, part)
    assert chosen.label_for(contract).endswith(said if part in ("test", None) else "")
    assert said in chosen.label_for(contract)
    assert chosen.chose(contract) == (part == "valid")


@pytest.mark.parametrize("training", [{}, {"training": {"train_songs_sha256": hash_names(["a", "c"])}}])
@pytest.mark.parametrize("part", ["train", "valid", "test"])
def test_songs_of_another_split_are_called_so(
    part: str, training: dict[str, object], shipped: Contract, tmp_path: Path
) -> None:
    chosen = scored(tmp_path, part)
    contract = replace(shipped, raw=training)
    assert "NOT the split the model was trained on" in chosen.label_for(contract)
    assert not chosen.chose(contract)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--split", "fault-filtered"], "say where GTZAN is"),
        (["--split", "fault-filtered", "DATA", "--features", "x.npz"], "say where GTZAN is, and no more"),
        (["--split", "fault-filtered", "DATA", "--part", "all"], "must be one of train, valid, test"),
        (["DATA"], "DATA goes with --split fault-filtered"),
        (["--split", "./fault-filtered"], "fault-filtered is not a split"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *arguments]) == 1
    assert message in capsys.readouterr().err


def test_a_splits_part_is_named(tmp_path: Path) -> None:
    path = tmp_path / "split.json"
    write_split({"train": ["a"], "valid": ["b"], "test": ["c"]}, path, "by hand")
    assert songs_of_part(path, None).names == {"b"}
    assert songs_of_part(path, None).label == "valid part (by hand)"
    assert songs_of_part(path, "test").names == {"c"}
    assert songs_of_part(None, None).names is None
    published = songs_of_part("fault-filtered", "valid")
    assert published.names is not None
    assert (len(published.names), "blues.00000" in published.names) == (197, True)
    assert "Kereliuk" in published.label
    with pytest.raises(TrainingError, match="Say --split too"):
        songs_of_part(None, "valid")


def test_a_part_of_the_split_that_a_model_was_trained_on_is_known(shipped: Contract, tmp_path: Path) -> None:
    path = tmp_path / "split.json"
    write_split({"train": ["a"], "valid": ["b"], "test": ["c"]}, path, "by hand")
    assert "were chosen on these songs" in songs_of_part("fault-filtered", None).label_for(shipped)
    assert "NOT the split" in songs_of_part(path, None).label_for(shipped)
