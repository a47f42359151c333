"""The forms of /predict's answers, of a real server: NDJSON while it listens, CSV, several songs, top and hop_s."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from server.answers import form_asked_for
from server.schemas import Results, TopPrediction
from tests.support import SONGS, ServerProcess, assert_problem, make_audio

BLUES, METAL = SONGS / "blues.mp3", SONGS / "metal.mp3"
NDJSON, CSV = {"Accept": "application/x-ndjson"}, {"Accept": "text/csv"}


@pytest.fixture(scope="module")
def client(ready_server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=ready_server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def whole(client: httpx.Client) -> dict[str, Any]:
    return dict(ask(client, BLUES).json())


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "=broken, really.mp3"
    path.write_text("no song")
    return path


def ask(client: httpx.Client, *paths: Path, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
    files = [("file", (path.name, path.read_bytes())) for path in paths]
    return client.post("/predict", files=files, headers=headers, params=query)


def lines_of(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["cache-control"] == "no-store"
    return [json.loads(line) for line in response.text.splitlines()]


def table_of(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/csv")
    assert response.text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


def test_lines_tell_what_the_whole_tells(client: httpx.Client, whole: dict[str, Any]) -> None:
    first, *rows, last = lines_of(ask(client, BLUES, headers=NDJSON))
    names = ("model", "genres", "step_s")
    assert first == {"kind": "song", "song": 0, "name": BLUES.name, **{name: whole[name] for name in names}}
    assert [row["kind"] for row in rows] == ["row"] * len(whole["probabilities"])
    assert [row["time_s"] for row in rows] == list(range(len(rows)))
    assert [row["probabilities"] for row in rows] == whole["probabilities"]
    assert [row["unsure"] for row in rows] == whole["unsure"]
    assert last == {"kind": "end", "song": 0, "duration_s": whole["duration_s"], "verdict": whole["verdict"]}


def test_rows_come_while_the_song_is_still_being_heard(client: httpx.Client, tmp_path: Path) -> None:
    """Of half an hour: the first row is there when most of the others are not."""
    song = make_audio(tmp_path / "long.flac", source="anoisesrc=d=1500:r=8000:a=0.1:s=1")
    pieces = 0
    with song.open("rb") as file, client.stream("POST", "/predict", files={"file": file}, headers=NDJSON) as response:
        for piece in response.iter_raw():
            pieces += 1
            if pieces == 1:
                assert piece.count(b"\n") < 400
                assert b'"kind":"row"' in piece
    assert pieces > 4


def test_a_song_that_cannot_be_heard_has_its_status_in_any_form(client: httpx.Client, broken: Path) -> None:
    for headers in ({}, NDJSON, CSV):
        assert_problem(ask(client, broken, headers=headers), 415, "not_audio")


def test_a_table_has_the_numbers_of_the_whole(client: httpx.Client, whole: dict[str, Any]) -> None:
    table = table_of(ask(client, BLUES, headers=CSV))
    assert list(table[0]) == ["time_s", *whole["genres"], "unsure"]
    assert [[float(line[genre]) for genre in whole["genres"]] for line in table] == whole["probabilities"]
    assert [line["time_s"] for line in table] == [str(k) for k in range(len(table))]
    assert [line["unsure"] for line in table] == [str(vague).lower() for vague in whole["unsure"]]


def test_several_songs_are_heard_in_turn(client: httpx.Client, whole: dict[str, Any], broken: Path) -> None:
    answer = ask(client, METAL, broken, BLUES).raise_for_status().json()
    Results.model_validate(answer)
    assert [result["name"] for result in answer["results"]] == [METAL.name, broken.name, BLUES.name]
    assert answer["results"][1]["problem"]["code"] == "not_audio"
    assert answer["results"][2] == {"name": BLUES.name, "prediction": whole}


def test_several_songs_in_lines(client: httpx.Client, whole: dict[str, Any], broken: Path) -> None:
    lines = lines_of(ask(client, broken, BLUES, headers=NDJSON))
    assert lines[0]["kind"] == "problem"
    assert (lines[0]["song"], lines[0]["name"], lines[0]["problem"]["code"]) == (0, broken.name, "not_audio")
    assert {line["song"] for line in lines[1:]} == {1}
    assert [line["probabilities"] for line in lines if line["kind"] == "row"] == whole["probabilities"]


def test_several_songs_in_a_table_which_runs_no_formula(client: httpx.Client, broken: Path) -> None:
    table = table_of(ask(client, broken, BLUES, headers=CSV))
    assert (table[0]["name"], table[0]["problem"]) == (f"'{broken.name}", "not_audio")
    assert {line["name"] for line in table[1:]} == {BLUES.name}
    assert {line["problem"] for line in table[1:]} == {""}


def test_more_songs_than_allowed_are_refused(client: httpx.Client, broken: Path) -> None:
    assert_problem(ask(client, *[broken] * 33), 400, "malformed_request")


def test_only_the_likeliest_genres(client: httpx.Client, whole: dict[str, Any]) -> None:
    answer = ask(client, BLUES, top=2).raise_for_status().json()
    TopPrediction.model_validate(answer, strict=True)
    for row, top in zip(whole["probabilities"], answer["top"], strict=True):
        likeliest = sorted(zip(row, whole["genres"], strict=True), key=lambda pair: -pair[0])[:2]
        assert list(top.items()) == [(genre, share) for share, genre in likeliest]
    assert next(iter(answer["verdict"]["probabilities"])) == answer["verdict"]["genre"] == whole["verdict"]["genre"]
    assert len(answer["verdict"]["probabilities"]) == 2
    rows = lines_of(ask(client, BLUES, headers=NDJSON, top=2))[1:-1]
    assert [row["top"] for row in rows] == answer["top"]
    table = table_of(ask(client, BLUES, headers=CSV, top=2))
    assert list(table[0]) == ["time_s", "genre_1", "probability_1", "genre_2", "probability_2", "unsure"]
    assert [line["genre_1"] for line in table] == [next(iter(top)) for top in answer["top"]]


def test_rows_as_far_apart_as_asked(client: httpx.Client, whole: dict[str, Any]) -> None:
    answer = ask(client, BLUES, hop_s=0.5).raise_for_status().json()
    assert answer["step_s"] == 0.5
    assert len(answer["probabilities"]) == math.ceil(whole["duration_s"] / 0.5)
    assert answer["verdict"] == whole["verdict"]
    halves = np.array(answer["probabilities"])[: 2 * (len(answer["probabilities"]) // 2)]
    seconds = np.array(whole["probabilities"])[: len(halves) // 2]
    assert np.abs(halves.reshape(-1, 2, halves.shape[1]).mean(axis=1) - seconds).mean() < 0.05
    lines = lines_of(ask(client, BLUES, headers=NDJSON, hop_s=0.5))
    assert lines[0]["step_s"] == 0.5
    assert [line["time_s"] for line in lines[1:4]] == [0, 0.5, 1]


@pytest.mark.parametrize("query", [{"top": 0}, {"top": "many"}, {"hop_s": 0.01}, {"hop_s": "nan"}, {"hop_s": 1e9}])
def test_parameters_that_cannot_be_are_named(client: httpx.Client, query: dict[str, Any]) -> None:
    problem = assert_problem(ask(client, BLUES, **query), 400, "bad_parameter")
    assert next(iter(query)) in str(problem["detail"])


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("image/png, text/csv", "text/csv"),
        ("text/csv, application/json", "text/csv"),
        ("application/json;q=0.5, Text/CSV; q=0.9", "text/csv"),
        ("text/csv;q=0, application/x-ndjson;q=0.1", "application/x-ndjson"),
        ("text/csv;header=present;q=0.2, application/x-ndjson;q=0.30", "application/x-ndjson"),
        ("text/csv;q=0.000", "application/json"),
    ],
)
def test_the_form_of_most_weight_is_sent(accept: str, form: str) -> None:
    assert form_asked_for(accept) == form
