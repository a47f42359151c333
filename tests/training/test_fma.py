"""From FMA's archives, as they unzip, to a model that hears several genres at once: every step, by command."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.audio import open_audio
from model.predictor import Predictor
from tests.support import SONGS
from tests.training.fma_layout import write_fma, write_tables
from training.__main__ import main
from training.errors import TrainingError
from training.feature_set import open_feature_set
from training.fma import FmaOptions, read_fma
from training.prepare import prepare
from training.split import read_split

TAUGHT = ("Blues", "Disco", "International", "Jazz", "Metal", "Reggae - Dub", "Rock", "Soul-RnB")
HOW = "FMA's own, without 2 songs whose recording is in the test part"
STEPS = {
    "prepare": ("fma_small", "--fma", "fma_metadata", "--min-songs", "2"),
    "split": ("--given",),
    "train": ("--epochs", "1", "--batch-size", "4"),
    "export": ("--name", "several"),
    "evaluate": ("--out", "report"),
}


def run(*words: str) -> str:
    """What the command printed; it must end well."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(list(words))
    assert status == 0, err.getvalue()
    return out.getvalue()


@pytest.fixture(scope="module")
def fma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fma")
    write_fma(folder)
    return folder


@pytest.fixture(scope="module")
def said(fma: Path) -> dict[str, str]:
    """What each step printed, all of them run in the folder of the archives."""
    with contextlib.chdir(fma), pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.others.SIGNALS_A_KIND", 1)
        return {step: run(step, *words) for step, words in STEPS.items()}


@pytest.mark.usefixtures("said")
def test_tracks_have_the_genres_above_theirs_and_fmas_own_split(fma: Path) -> None:
    songs = open_feature_set(fma / "runs" / "set")
    of = {track.name: track for track in songs.tracks}
    assert songs.is_multi_label
    assert songs.genres == TAUGHT
    assert of["000/000003.mp3"].genres == ("Metal", "Rock")
    assert of["000/000005.mp3"].genres == ("Metal", "Rock")  # Sludge has too few songs, what is above it has not
    assert of["000/000020.mp3"].genres == ("Blues", "Jazz")
    assert (of["000/000140.mp3"].genre, of["000/000140.mp3"].split) == ("International", "train")
    how, split = read_split(fma / "runs" / "split.json")
    assert how == HOW
    assert [len(split[part]) for part in ("train", "valid", "test")] == [9, 5, 6]
    assert split["test"][0] == "099/099000.mp3"


def test_what_is_heard_in_the_test_is_not_learned(fma: Path, said: dict[str, str]) -> None:
    _, split = read_split(fma / "runs" / "split.json")
    assert "099/099002.mp3" in split["test"]
    assert not {"000/000010.mp3", "001/001002.mp3"}.intersection(split["train"] + split["valid"])
    assert HOW in said["split"]
    assert "WARNING: 5 recordings are in more than one part" in said["split"]  # learned from, and validated on


@pytest.mark.usefixtures("said")
def test_a_genre_without_a_song_to_learn_from_is_told_with_the_remedy(
    fma: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = json.loads((fma / "runs/set/tracks.json").read_text())
    for track in table["tracks"]:
        if "Disco" in track["genres"] and track["split"] == "train":
            track["split"] = "valid"
    (tmp_path / "set").mkdir()
    (tmp_path / "set/tracks.json").write_text(json.dumps(table))
    (tmp_path / "set/log_mel.raw").symlink_to(fma / "runs/set/log_mel.raw")
    assert main(["split", "--given", "--set", str(tmp_path / "set"), "--split", str(tmp_path / "split.json")]) == 1
    assert "no song to learn from is left of Disco, Soul-RnB: " in (err := capsys.readouterr().err)
    assert "larger --min-songs" in err
    assert not (tmp_path / "split.json").exists()


def test_what_is_left_out_is_said_by_name(said: dict[str, str]) -> None:
    lines = said["prepare"].splitlines()
    assert "22 songs in runs/set, 3 files skipped" in lines
    assert "skipped 098/098565.mp3: only 1.6" in said["prepare"]
    assert "skipped 099/099134.mp3: " in said["prepare"]
    assert "skipped 133/133297.mp3: " in said["prepare"]
    assert [line for line in lines if line.startswith("left out")] == [
        "left out: 2 genres with fewer than 2 songs to learn from, or beyond 100: Country (1), Sludge (1)",
        "left out: 1 tracks that are listed and not there: 000/000202.mp3",
        "left out: 1 tracks without a genre: 000/000201.mp3",
        "left out: 1 tracks of genres left out alone: 000/000200.mp3",
        "left out: 1 files that tracks.csv does not list: 155/155999.mp3",
    ]
    assert lines[1].split() == ["Disco", "4", "songs"]


@pytest.mark.usefixtures("said")
def test_the_exported_model_hears_each_genre_for_itself(fma: Path) -> None:
    predictor = Predictor(fma / "model")
    rule = predictor.contract.rows
    assert predictor.contract.genres == TAUGHT
    assert rule.is_multi_label
    assert len(rule.thresholds) == len(rule.verdict_thresholds) == len(TAUGHT)
    with open_audio(SONGS / "metal.mp3") as audio:
        analysis = predictor.analyse(audio, audio.sample_rate_hz)
    assert np.ptp(analysis.probabilities.sum(axis=1)) > 1e-3  # they need not add up to 1
    assert json.loads((fma / "model/contract.json").read_text())["training"]["thresholds_fitted_on"].startswith(
        "the same"
    )


def test_figures_are_of_the_test_part_with_intervals(fma: Path, said: dict[str, str]) -> None:
    assert f"test part ({HOW}): 6 songs, of 1.5 genres each on average" in said["evaluate"]
    assert "by chance 0.1" in said["evaluate"]
    found = json.loads((fma / "report" / "evaluation.json").read_text())
    low, high = found["macro_average_precision_ci95"]
    assert 0 <= low <= found["macro_average_precision"] <= high <= 1
    assert found["per_genre"]["Rock"]["n"] == 2
    with (fma / "report" / "genres.csv").open(encoding="utf-8", newline="") as file:
        assert [row["genre"] for row in csv.DictReader(file)] == list(TAUGHT)


@pytest.mark.usefixtures("said")
def test_the_curves_are_of_mean_average_precision(fma: Path) -> None:
    header = (fma / "runs/latest/history.csv").read_text().splitlines()[0].split(",")
    assert header == ["epoch", "loss", "val_loss", "val_mean_ap"]
    assert json.loads((fma / "runs/latest/run.json").read_text())["activation"] == "sigmoid"


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    "words", [("crossvalidate",), ("results", "row", "runs/latest"), ("transfer", "--init", "model"), ("abstain",)]
)
def test_what_asks_for_one_genre_a_song_says_so(
    words: tuple[str, ...], fma: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.chdir(fma):
        assert main(list(words)) == 1
    assert "knows songs of one genre alone" in capsys.readouterr().err


def test_a_clip_too_short_for_fma_is_left_out_though_an_earlier_set_has_it(fma: Path, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    for name in ("098", "000"):  # as if they were genres: a folder of music asks for a second only
        (tmp_path / "links" / name).symlink_to(fma / "fma_small" / name)
    assert "098/098565.mp3" not in prepare(tmp_path / "links", tmp_path / "set").skipped
    options = FmaOptions(fma / "fma_metadata", min_songs=2)
    assert prepare(fma / "fma_small", tmp_path / "set", options).skipped["098/098565.mp3"].startswith("only 1.6")


def test_top_genres_alone_may_be_taught(fma: Path) -> None:
    options = FmaOptions(fma / "fma_metadata", level="top", min_songs=2)
    tracks = {track.name: track.genres for track in read_fma(fma / "fma_small", options).tracks}
    assert tracks["000/000003.mp3"] == ("Rock",)
    assert tracks["000/000140.mp3"] == ("International", "Rock")


def test_of_a_larger_folder_a_subset_may_be_taken(fma: Path) -> None:
    options = FmaOptions(fma / "fma_metadata", min_songs=2, subset="large")
    left_out = read_fma(fma / "fma_small", options).left_out
    assert left_out["tracks that are listed and not there"] == ["000/000202.mp3", "000/000203.mp3"]


def test_a_folder_is_called_what_it_is_given_as_and_not_what_a_link_leads_to(fma: Path, tmp_path: Path) -> None:
    options = FmaOptions(fma / "fma_metadata", min_songs=2)
    links = [tmp_path / "fma_large", tmp_path / "music"]
    missing = []
    for link in links:
        link.symlink_to(fma / "fma_small")
        missing.append(read_fma(link, options).left_out["tracks that are listed and not there"])
    assert missing == [["000/000202.mp3", "000/000203.mp3"], ["000/000202.mp3"]]


def test_genres_of_one_title_are_told_apart(fma: Path, tmp_path: Path) -> None:
    write_tables(tmp_path / "tables")
    table = tmp_path / "tables" / "genres.csv"
    table.write_text(table.read_text().replace("Metal", "Rock"))
    (track,) = [
        track
        for track in read_fma(fma / "fma_small", FmaOptions(tmp_path / "tables", min_songs=2)).tracks
        if track.name == "000/000003.mp3"
    ]
    assert track.genres == ("Rock (12)", "Rock (31)")


def replace(table: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / table
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "tracks.csv").unlink(), "tracks.csv cannot be read: No such file"),
        (lambda folder: (folder / "genres.csv").unlink(), "genres.csv cannot be read: No such file"),
        (replace("tracks.csv", ",genres_all,", ",genre_ids,"), "has no column track/genres_all"),
        (replace("tracks.csv", "track_id,", "2,"), "third line does not begin with track_id"),
        (
            replace("tracks.csv", "[12]", "rock"),
            r"tracks.csv is not as FMA's: in line 5, column track/genres is 'rock'",
        ),
        (replace("tracks.csv", "validation", "dev"), r"FMA's: in line \d+, column set/split is 'dev'"),
        (replace("genres.csv", "12,32923,0", "12,32923,none"), "FMA's: in line 7, column parent is 'none'"),
        (replace("genres.csv", "parent", "above"), "genres.csv has no column parent"),
        (replace("genres.csv", "12,32923,0", "12,32923,31"), "the parents of genre .* lead to no top genre"),
        (replace("genres.csv", "79,1061,2,", "80,1061,2,"), "has the genre 79, and genres.csv has none of that number"),
    ],
)
def test_tables_that_are_not_fmas_are_refused(
    spoil: Callable[[Path], None], words: str, fma: Path, tmp_path: Path
) -> None:
    write_tables(tmp_path / "tables")
    spoil(tmp_path / "tables")
    with pytest.raises(TrainingError, match=words):
        read_fma(fma / "fma_small", FmaOptions(tmp_path / "tables", min_songs=2))


def test_a_folder_that_is_not_fmas_audio_is_refused(fma: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"holds none of the 29 tracks of .* give the folder that fma_small"):
        read_fma(tmp_path, FmaOptions(fma / "fma_metadata"))


def test_too_few_songs_for_what_is_asked_are_told(fma: Path) -> None:
    with pytest.raises(TrainingError, match=r"fewer than two genres have 50 songs to learn from .* --min-songs"):
        read_fma(fma / "fma_small", FmaOptions(fma / "fma_metadata"))
