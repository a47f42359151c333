"""`genrescope predict`: real processes; for people, as JSON and CSV, from files, pipes and standard input."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import threading
from pathlib import Path

import httpx
import pytest

from genrescope.__main__ import main
from tests.genrescope.support import PATIENCE_S, Command, run, until
from tests.support import SONGS, ServerProcess

BLUES, FLAC = SONGS / "blues.mp3", SONGS / "formats" / "mono-32000.flac"


def test_json_is_what_the_server_answers(ready_server: ServerProcess, tmp_path: Path) -> None:
    """Of a file, of standard input, and of a pipe, which can be read once only; one that is none costs itself only."""
    pipe, broken = tmp_path / "pipe", tmp_path / "broken.mp3"
    os.mkfifo(pipe)
    broken.write_text("no song")
    command = ("predict", "--json", "--top", "3", "--hop-s", "0.5", BLUES, "-", broken, pipe)
    threading.Thread(target=lambda: pipe.write_bytes(FLAC.read_bytes()), daemon=True).start()
    code, out, err = run(*command, typed=BLUES.read_bytes())
    assert code == 1
    assert err == f"{broken}: not_audio: This is not an audio file, or not in a format that can be read here.\n"
    query = {"top": 3, "hop_s": 0.5}
    blues, flac = (
        httpx.post(f"{ready_server.url}/predict", files={"file": path.read_bytes()}, params=query, timeout=60).json()
        for path in (BLUES, FLAC)
    )
    results = json.loads(out)["results"]
    assert [result["name"] for result in results] == [str(BLUES), "-", str(broken), str(pipe)]
    assert [result.get("prediction") for result in results] == [blues, blues, None, flac]
    assert results[2]["problem"]["code"] == "not_audio"


def test_a_table_and_a_timeline(ready_server: ServerProcess, capsys: pytest.CaptureFixture[str]) -> None:
    """In this process: TensorFlow is loaded once for both."""
    assert main(["predict", "--csv", str(BLUES)]) == 0
    table = capsys.readouterr().out
    headers = {"Accept": "text/csv"}
    answer = httpx.post(f"{ready_server.url}/predict", files={"file": BLUES.read_bytes()}, headers=headers, timeout=60)
    assert [*csv.reader(io.StringIO(table, newline=""))] == [*csv.reader(io.StringIO(answer.text, newline=""))]
    assert main(["predict", "--top", "2", str(FLAC)]) == 0
    verdict, genres, *timeline = capsys.readouterr().out.splitlines()
    assert verdict.startswith(f"{FLAC}  0:04  classical ")
    assert genres.count("%") == 2
    assert timeline == ["     0:00  classical"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    """While it waits for standard input."""
    command = Command("predict", "-", TMPDIR=str(tmp_path))
    until(lambda: any(tmp_path.glob("genrescope-*/song")), command)
    command.process.send_signal(number)
    assert command.process.wait(PATIENCE_S) == 128 + number
    code, out, err = command.end()
    assert (code, out, err) == (128 + number, "", "genrescope: stopped; the same command goes on\n")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_file_is_said_before_anything_is_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(tmp_path), str(tmp_path / "gone\n.mp3"), "--json"]) == 1
    out, err = capsys.readouterr()
    assert [result["problem"]["code"] for result in json.loads(out)["results"]] == ["unreadable"] * 2
    assert err.splitlines() == [
        f"{tmp_path}: unreadable: This is a folder: `genrescope tag` hears whole folders.",
        f"{tmp_path}/gone\\n.mp3: unreadable: There is no such file.",
    ]
