"""/predict and the command line with a model that can hear several genres at once: what its answers have besides."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from genrescope.__main__ import main
from server.schemas import Prediction, TopPrediction
from tests.multi_label import GENRES, THRESHOLDS, VERDICT_THRESHOLDS
from tests.support import SONGS, ServerProcess

SONG = SONGS / "jazz.mp3"


@pytest.fixture(scope="module")
def ask(multi_label_server: ServerProcess) -> Any:
    def post(accept: str = "application/json", **query: Any) -> httpx.Response:
        files, headers = {"file": SONG.read_bytes()}, {"Accept": accept}
        url = f"{multi_label_server.url}/predict"
        return httpx.post(url, files=files, headers=headers, params=query, timeout=60).raise_for_status()

    return post


@pytest.fixture(scope="module")
def whole(ask: Any) -> dict[str, Any]:
    return dict(ask().json())


def test_each_genre_is_heard_from_its_own_threshold_on(whole: dict[str, Any]) -> None:
    Prediction.model_validate(whole, strict=True)
    assert list(whole) == [
        "model", "genres", "duration_s", "step_s", "multi_label", "thresholds", "probabilities", "unsure", "verdict",
    ]  # fmt: skip
    assert (whole["multi_label"], whole["thresholds"]) == (True, THRESHOLDS)
    heard = np.array(whole["probabilities"]) >= THRESHOLDS
    assert whole["unsure"] == (~heard.any(axis=1)).tolist()
    assert heard.sum(axis=1).max() > 1
    verdict = whole["verdict"]
    shares = [verdict["probabilities"][genre] for genre in GENRES]
    likeliest = sorted(zip(shares, GENRES, VERDICT_THRESHOLDS, strict=True), reverse=True)
    assert verdict["genres"] == [genre for share, genre, threshold in likeliest if share >= threshold]
    assert len(verdict["genres"]) > 1
    assert verdict["genre"] == verdict["genres"][0] == "jazz"
    assert verdict["confidence"] == verdict["probabilities"]["jazz"]
    assert verdict["unsure"] is False


def test_the_other_forms_tell_the_same(ask: Any, whole: dict[str, Any]) -> None:
    first, *rows, last = (json.loads(line) for line in ask("application/x-ndjson").text.splitlines())
    assert (first["multi_label"], first["thresholds"]) == (True, THRESHOLDS)
    assert [row["probabilities"] for row in rows] == whole["probabilities"]
    assert [row["unsure"] for row in rows] == whole["unsure"]
    assert last["verdict"] == whole["verdict"]

    table = list(csv.DictReader(io.StringIO(ask("text/csv").text, newline="")))
    assert list(table[0]) == ["time_s", *GENRES, "unsure", "heard"]
    for line, row in zip(table, whole["probabilities"], strict=True):
        heard = [genre for share, genre in sorted(zip(row, GENRES, strict=True), reverse=True)
                 if share >= THRESHOLDS[GENRES.index(genre)]]  # fmt: skip
        assert line["heard"] == "; ".join(heard)

    top = ask(top=1).json()
    TopPrediction.model_validate(top, strict=True)
    assert top["verdict"]["genres"] == whole["verdict"]["genres"]
    assert (top["thresholds"], len(top["top"][0])) == (THRESHOLDS, 1)


def test_the_command_line_says_what_the_server_says(
    multi_label_model: Path, whole: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    model = ("--model", str(multi_label_model))
    assert main(["predict", *model, "--json", "--chunk-s", "5", str(SONG)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {key: told[key] for key in whole} == whole
    n_chunks = sum(told["mode"]["genre"] in chunk["verdict"]["genres"] for chunk in told["chunks"])
    assert told["mode"]["n_chunks"] == n_chunks > 1

    assert main(["predict", *model, str(SONG)]) == 0
    verdict, _, *timeline = capsys.readouterr().out.splitlines()
    shares = whole["verdict"]["probabilities"]
    claimed = [f"{genre} {100 * shares[genre]:.0f} %" for genre in whole["verdict"]["genres"]]
    assert verdict == f"{SONG}  0:13  {', '.join(claimed)}"
    assert timeline[0].startswith("     0:00  jazz and blues")


def test_a_folder_is_tagged_with_all_that_is_heard(
    multi_label_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "jazz.mp3").symlink_to(SONG)
    (tmp_path / "broken.mp3").write_text("no song")
    assert main(["tag", str(tmp_path), "--model", str(multi_label_model)]) == 1
    capsys.readouterr()
    out = tmp_path / "genrescope"
    songs = json.loads((out / "songs.json").read_text())
    assert (songs["multi_label"], songs["thresholds"]) == (True, THRESHOLDS)
    genres = next(song for song in songs["songs"] if "verdict" in song)["verdict"]["genres"]
    assert len(genres) > 1
    assert {path.stem for path in (out / "playlists").iterdir()} == set(genres)
    broken, heard = csv.DictReader(io.StringIO((out / "songs.csv").read_text(), newline=""))
    assert heard["heard"] == "; ".join(genres)
    assert (heard["genre"], broken["heard"], broken["problem"]) == (genres[0], "", "not_audio")
