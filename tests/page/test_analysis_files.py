"""static/take-along/: an analysis as JSON and as CSV, and what files are called."""

from __future__ import annotations

import csv
import io
import json

import pytest

from server.schemas import ANSWER, EXAMPLE
from tests.page.browser import Page

ODD = {
    **EXAMPLE,
    "genres": ["1980", 'so-called "rock", loud', "=1+1"],
    "step_s": 0.1,
    "probabilities": [[1, 0, 0], [0.000001, 0.5, 0.499999], [0, 0, 1], [0.3, 0.3, 0.4]],
    "unsure": [False, True, False, True],
    "verdict": {
        "genre": "=1+1",
        "confidence": 1,
        "unsure": False,
        "probabilities": {"1980": 0, 'so-called "rock", loud': 0, "=1+1": 1},
    },
}


def as_json(page: Page, analysis: dict) -> str:
    script = 'return (await load("take-along/analysis-json.js")).analysisJson(args[0]);'
    return str(page.run(script, analysis))


def as_csv(page: Page, analysis: dict) -> str:
    return str(page.run('return (await load("take-along/analysis-csv.js")).analysisCsv(args[0]);', analysis))


def test_json_is_the_answer_of_the_server_in_its_order(shared_module_page: Page) -> None:
    told = as_json(shared_module_page, EXAMPLE | {"timings_ms": {"total": 1}, "backend": "wasm"})
    assert told == json.dumps(EXAMPLE, separators=(",", ":"))


def test_json_keeps_the_order_of_any_genres_and_says_which_numbers_are_real(shared_module_page: Page) -> None:
    told = json.loads(as_json(shared_module_page, ODD))
    assert told == ODD
    assert list(told["verdict"]["probabilities"]) == ODD["genres"]
    assert {type(number) for row in told["probabilities"] for number in row} == {float}
    assert {type(told["verdict"]["confidence"]), type(told["duration_s"])} == {float}


def test_csv_has_a_line_a_row(shared_module_page: Page) -> None:
    told = as_csv(shared_module_page, EXAMPLE)
    assert told.startswith("time_s,blues,jazz,rock,unsure\r\n0,0.71,0.2,0.09,false\r\n1,")
    lines = list(csv.reader(io.StringIO(told, newline=""), strict=True))
    assert [[float(number) for number in line[1:-1]] for line in lines[1:]] == EXAMPLE["probabilities"]
    assert [line[-1] == "true" for line in lines[1:]] == EXAMPLE["unsure"]


MULTI_LABEL = ANSWER["content"]["application/json"]["examples"]["multi_label"]["value"]


def test_several_genres_at_once_are_told_as_the_server_does(shared_module_page: Page) -> None:
    told = as_json(shared_module_page, MULTI_LABEL | {"timings_ms": {"total": 1}, "backend": "wasm"})
    assert told == json.dumps(MULTI_LABEL, separators=(",", ":"))
    assert as_csv(shared_module_page, MULTI_LABEL) == (
        "time_s,blues,jazz,rock,unsure,heard\r\n0,0.12,0.81,0.55,false,jazz; rock\r\n"
        "1,0.2,0.48,0.11,true,\r\n2,0.05,0.77,0.31,false,jazz\r\n"
    )


def test_csv_quotes_what_it_must_and_holds_no_formula(shared_module_page: Page) -> None:
    told = as_csv(shared_module_page, ODD)
    header, *lines = csv.reader(io.StringIO(told, newline=""), strict=True)
    assert header == ["time_s", "1980", 'so-called "rock", loud', "'=1+1", "unsure"]
    assert [line[0] for line in lines] == ["0", "0.1", "0.2", "0.3"]
    assert {len(line) for line in lines} == {5}
    assert told.count("\n") == told.count("\r\n") == 5


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A song", "A song"),
        ("söng & 名 #1%20", "söng & 名 #1%20"),
        ("so\u0308ng", "söng"),
        ("AC/DC: T.N.T.", "AC-DC- T.N.T"),
        ("../../etc/passwd", "-..-etc-passwd"),
        (".hidden", "hidden"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("convoy", "convoy"),
        ("tab\tand\x00null\r\n", "tab and null"),
        ("song\u202e3pm.exe", "song 3pm.exe"),
        ("half \ud83d", "half"),
        ("", "Song"),
        ("...", "Song"),
        ('<>:"/\\|?*', "-"),
        ("x" * 500, "x" * 119 + "…"),
        ("名" * 500, "名" * 50),
        ("🎵" * 500, "🎵" * 37),
    ],
)
def test_downloads_have_names_that_every_file_system_takes(shared_module_page: Page, title: str, name: str) -> None:
    units = list(memoryview(title.encode("utf-16-le", "surrogatepass")).cast("H"))  # half a character does not travel
    script = 'return (await load("take-along/file-name.js")).downloadName(String.fromCharCode(...args[0]), "csv");'
    found = str(shared_module_page.run(script, units))
    assert found == f"{name} - genres.csv"
    assert len(found.encode()) < 200
