"""static/library/csv.js: all songs as a file for spreadsheets, which run nothing of it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from tests.page.browser import Page
from tests.page.song_list import wait_for_states
from tests.support import SONGS

CATCH_THE_FILE = """
const { createObjectURL } = URL;
URL.createObjectURL = (blob) => {
  if (blob.type.startsWith("text/csv")) window.saved = blob;
  return createObjectURL.call(URL, blob);
};
document.addEventListener("click", ({ target }) => { if (target.download) window.saved_as = target.download; }, true);
HTMLAnchorElement.prototype.click = function () { window.saved_as = this.download; };
document.querySelector("#library-csv").click();
return [saved_as, saved.type, [...new Uint8Array(await saved.arrayBuffer())]];
"""


def csv_of(page: Page, lines: list[dict[str, Any]]) -> str:
    return str(page.run('const { csvOf } = await load("library/csv.js"); return csvOf(args[0]);', lines))


def line(name: str, packed: dict[str, Any] | None = None, problem: str = "") -> dict[str, Any]:
    return {"name": name, "packed": packed, "problem": problem}


def packed(genres: list[str], shares: list[float]) -> dict[str, Any]:
    verdict = {"genre": genres[0], "confidence": shares[0], "unsure": False}
    return {
        "genres": genres,
        "duration_s": 12.5,
        "verdict": verdict | {"probabilities": dict(zip(genres, shares, strict=True))},
    }


def test_the_button_saves_all_songs(page: Page, tmp_path: Path) -> None:
    (tmp_path / '=2+3, "Motörhead".mp3').write_bytes((SONGS / "metal.mp3").read_bytes())
    (tmp_path / "broken.mp3").write_bytes(b"<!doctype html><p>404")
    jazz = page.analyse(SONGS / "jazz.mp3")
    page.reload()
    page.choose_all(SONGS / "jazz.mp3", tmp_path / '=2+3, "Motörhead".mp3', tmp_path / "broken.mp3")
    wait_for_states(page, "done", "done", "failed")
    name, kind, content = page.run(CATCH_THE_FILE)
    assert (name, kind) == ("genrescope songs.csv", "text/csv;charset=utf-8")
    text = bytes(content).decode("utf-8-sig")
    assert text.count("\r\n") == 4
    first, second, third = csv.DictReader(io.StringIO(text))
    verdict = jazz["verdict"]
    assert list(first) == ["name", "duration_s", "verdict", "confidence", "unsure", *jazz["genres"], "problem"]
    assert (first["name"], float(first["duration_s"])) == ("jazz.mp3", jazz["duration_s"])
    assert (first["verdict"], float(first["confidence"])) == (verdict["genre"], verdict["confidence"])
    assert (first["unsure"], first["problem"]) == ("false", "")
    assert {genre: float(first[genre]) for genre in jazz["genres"]} == verdict["probabilities"]
    assert (second["name"], second["unsure"]) == ('\'=2+3, "Motörhead".mp3', "true")
    assert (third["name"], third["verdict"], third["jazz"]) == ("broken.mp3", "", "")
    assert third["problem"].startswith("This is a web page, not a song.")


def test_nothing_is_a_formula(module_page: Page) -> None:
    names = ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "a=1", "1"]
    text = csv_of(module_page, [line(name) for name in names])
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row[0] for row in rows[1:]] == ["'=1", "'+1", "'-1", "'@a", "'\t=1", "'\r=1", "a=1", "1"]


def test_what_needs_quotes_has_them(module_page: Page) -> None:
    names = ["a,b", 'a"b', "a\nb", "a\r\nb", "a b", "ä"]
    text = csv_of(module_page, [line(name) for name in names])
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row[0] for row in rows[1:]] == names
    assert '"a""b",' in text
    assert "\r\na b," in text


def test_songs_heard_by_different_models_have_all_their_genres(module_page: Page) -> None:
    lines = [line("x", packed(["rock", "jazz"], [0.75, 0.25])), line("y", packed(["jazz", "tango"], [0.9, 0.1]))]
    rows = list(csv.DictReader(io.StringIO(csv_of(module_page, lines).removeprefix("\ufeff"))))
    assert [[row[genre] for genre in ("rock", "jazz", "tango")] for row in rows] == [
        ["0.75", "0.25", ""],
        ["", "0.9", "0.1"],
    ]


def test_where_one_model_hears_several_genres_a_column_names_them(module_page: Page) -> None:
    several = packed(["rock", "jazz"], [0.8, 0.7]) | {"multi_label": True, "thresholds": [0.5, 0.5]}
    several["verdict"]["genres"] = ["rock", "jazz"]
    lines = [line("x", several), line("y", packed(["jazz", "tango"], [0.9, 0.1])), line("z", problem="not a song")]
    text = csv_of(module_page, lines).removeprefix("\ufeff")
    assert text.startswith("name,duration_s,verdict,confidence,unsure,heard,rock,jazz,tango,problem\r\n")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["heard"] for row in rows] == ["rock; jazz", "jazz", ""]
    assert rows[2]["problem"] == "not a song"
