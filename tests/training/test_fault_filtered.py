"""training/fault_filtered.py: the published split, on folders and archives that are laid out as GTZAN is, or not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from model.contract import load_contract
from model.features import SignalChain
from tests.support import REPOSITORY, make_audio
from training.__main__ import main
from training.card_inputs import read_inputs
from training.card_results import in_short
from training.errors import TrainingError
from training.evidence import read_evidence
from training.fault_filtered import (
    clip_of,
    clips_to_leave_unheard,
    fault_filtered_split,
    gtzan_set,
    hashes_of_its_models,
    listed_clips,
    remarks,
)
from training.feature_set import FeatureSet, Track
from training.split import PARTS, hash_names, read_split

GTZAN = REPOSITORY.parent / "shared" / "data" / "gtzan"
MODEL = str(REPOSITORY / "model")
TEST_CLIPS, VALID_CLIP, LEFT_OUT = ("blues.00012", "rock.00090"), "metal.00000", "metal.00004"


def songs(*names: str) -> FeatureSet:
    return FeatureSet(tuple(Track(name, name.split(".")[0], 0, 1) for name in names), np.zeros((1, 128)), SignalChain())


def clip(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return make_audio(path, source="sine=440:duration=2")


@pytest.fixture
def gtzan(tmp_path: Path) -> Path:
    """Some of it, as Kaggle lays it out: two clips for the test, one for validation, one left out, one broken."""
    folder = tmp_path / "Data"
    for name in (*TEST_CLIPS, VALID_CLIP, LEFT_OUT):
        clip(folder / "genres_original" / name.split(".")[0] / f"{name}.wav")
    (folder / "genres_original/jazz").mkdir()
    (folder / "genres_original/jazz/jazz.00054.wav").write_bytes(b"not RIFF")
    (folder / "images_original/blues").mkdir(parents=True)
    (folder / "images_original/blues/blues.00012.png").write_bytes(b"\x89PNG")
    (folder / "features_30_sec.csv").write_text("filename,length\n")
    return folder


def test_the_parts_are_as_large_as_published_and_share_no_clip() -> None:
    listed = listed_clips()
    assert {part: len(set(listed[part])) for part in PARTS} == {"train": 443, "valid": 197, "test": 290}
    assert len({name for part in PARTS for name in listed[part]}) == 930


def test_the_parts_are_those_of_the_published_lists() -> None:
    if not GTZAN.is_dir():
        pytest.skip("extra test: GTZAN is not here")
    for part, names in listed_clips().items():
        lines = (GTZAN / f"splits/{part}_filtered.txt").read_text().split()
        assert {clip_of(line) for line in lines} == set(names)


@pytest.mark.parametrize("name", ["blues.00029", "blues/blues.00029.au", "a/b/blues.00029.mp3", "blues.00029.wav"])
def test_clips_go_by_gtzans_names_whatever_the_layout(name: str) -> None:
    split, missing = fault_filtered_split(songs(name, "someone/else.mp3"))
    assert split == {"train": [name], "valid": [], "test": []}
    assert {part: len(clips) for part, clips in missing.items()} == {"train": 442, "valid": 197, "test": 290}
    assert "blues.00029" not in missing["train"]


def test_a_set_of_other_music_is_refused() -> None:
    with pytest.raises(TrainingError, match="is it another data set"):
        fault_filtered_split(songs("folk.00001.wav"))


def test_a_folder_gives_the_listed_clips_only(gtzan: Path, tmp_path: Path) -> None:
    found, skipped = gtzan_set(gtzan, tmp_path / "set")
    assert {clip_of(track.name) for track in found.tracks} == {*TEST_CLIPS, VALID_CLIP}
    assert found.genres == ("blues", "metal", "rock")
    assert set(skipped) == {"jazz/jazz.00054.wav"}


def test_a_flat_folder_will_do_and_lossless_copies_are_preferred(tmp_path: Path) -> None:
    flat = tmp_path / "flat"
    for name in ("blues.00012.mp3", "blues.00012.flac", "rock.00090.ogg"):
        clip(flat / name)
    found, _ = gtzan_set(flat, tmp_path / "set")
    assert [track.name for track in found.tracks] == ["blues/blues.00012.flac", "rock/rock.00090.ogg"]


def test_what_has_not_changed_is_not_decoded_again(gtzan: Path, tmp_path: Path) -> None:
    before, _ = gtzan_set(gtzan, tmp_path / "set")
    for path in gtzan.rglob("*.wav"):  # broken, but as long and as old as they were
        status = path.stat()
        path.write_bytes(bytes(status.st_size))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    again, _ = gtzan_set(gtzan, tmp_path / "set")
    assert again.tracks == before.tracks
    np.testing.assert_array_equal(again.log_mel, before.log_mel)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/blues.00012.wav").write_bytes(b"one genre is too few")
    with pytest.raises(TrainingError, match=r"mine holds 1 of the split's clips, of 1 genres.*blues\.00029\.wav"):
        gtzan_set(tmp_path / "mine", tmp_path / "set")
    with pytest.raises(TrainingError, match=r"nowhere is not there: say the folder"):
        gtzan_set(tmp_path / "nowhere", tmp_path / "set")


def test_what_is_missing_is_said_in_runs() -> None:
    lines = remarks("test", ["blues.00013", "blues.00012", "rock.00090", "blues.00061"], {})
    assert lines == ["not there: 4 of the test part's 290 clips: blues 12-13, 61; rock 90"]
    assert remarks("test", [], {}) == []


def test_the_broken_clip_of_kaggles_copy_is_explained() -> None:
    broken = "jazz.00054 is broken in Kaggle's copy of GTZAN"
    assert remarks("train", ["jazz.00054"], {})[-1] == f"{broken}: the figures are of the others"
    of_the_test = remarks("test", [], {"jazz/jazz.00054.wav": "not audio"})
    assert of_the_test[-1] == f"{broken}: it is none of the test part's clips"


def test_what_is_adapted_on_is_none_of_the_clips_that_are_judged_nor_a_repeat_of_one() -> None:
    parts, unheard = listed_clips(), clips_to_leave_unheard()
    assert len(unheard) == 1000 - len(parts["train"])
    assert unheard.isdisjoint(parts["train"])
    assert unheard > {*parts["valid"], *parts["test"]}


def test_models_of_the_split_are_known_by_any_names_of_its_clips() -> None:
    train = listed_clips()["train"]
    mine = {"train": [f"{name}.au" for name in train], "valid": [], "test": []}
    hashes = hashes_of_its_models(mine)
    for names in (train, [name for name in train if name != "jazz.00054"], mine["train"]):
        assert hash_names(names) in hashes
    assert hash_names(train[1:]) not in hashes


def test_the_command_scores_the_test_part_of_a_folder(
    gtzan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "--split", "fault-filtered", str(gtzan), "--set", str(tmp_path / "set"), "--model", MODEL]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "test part (GTZAN's fault-filtered split, Kereliuk et al. 2015)" in said
    assert ": 2 songs" in said
    assert "not there: 288 of the test part's 290 clips" in said
    assert "skipped jazz/jazz.00054.wav" in said
    assert main([*command, "--part", "valid", "--json", "--out", str(tmp_path / "out")]) == 0
    assert json.loads(capsys.readouterr().out)["n_clips"] == 1
    assert "valid part" in json.loads((tmp_path / "out/evaluation.json").read_text())["songs"]


def test_the_test_parts_figure_is_kept_for_the_card(
    gtzan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = tmp_path / "evidence"
    command = ["evaluate", "--split", "fault-filtered", str(gtzan), "--set", str(tmp_path / "set"), "--model", MODEL]
    assert main([*command, "--evidence", str(evidence), "--part", "valid"]) == 1
    assert "--evidence keeps the figure of a split's test part alone" in capsys.readouterr().err
    assert not evidence.exists()
    assert main([*command, "--evidence", str(evidence), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [path.name for path in evidence.iterdir()] == ["sealed.json"]
    kept = read_evidence(evidence, "sealed")
    assert kept["model"]["version"] == load_contract(Path(MODEL)).version
    figures = {"n_clips", "clip_accuracy", "clip_accuracy_ci95"}
    assert set(kept) == figures | {"songs", "model", "measured_by"}
    assert {key: kept[key] for key in figures} == {key: printed[key] for key in figures}
    short = in_short(read_inputs(Path(MODEL), evidence))
    assert "| test part (GTZAN's fault-filtered split, Kereliuk et al. 2015) | 2 | **" in short
    assert "The figure of the test part was measured by the command evaluate." in short


def test_a_prepared_set_is_split_so(gtzan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gtzan_set(gtzan, tmp_path / "set")
    split = tmp_path / "split.json"
    assert main(["split", "--fault-filtered", "--set", str(tmp_path / "set"), "--split", str(split)]) == 0
    how, parts = read_split(split)
    test = ["blues/blues.00012.wav", "rock/rock.00090.wav"]
    assert parts == {"train": [], "valid": ["metal/metal.00000.wav"], "test": test}
    assert "fault-filtered" in how
    assert "listed but not in the set: blues.00013" in capsys.readouterr().out
