"""`python -m tests.listening`: the whole command, with a server and a browser of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.listening import __main__ as command
from tests.support import SONGS
from training.evidence import read_evidence

CHANGES = {"title": "Toy", "changes": [{"start_s": 0.0, "genre": "pop"}, {"start_s": 3.0, "genre": "rock"}]}


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """A song that can be heard, one that cannot, and a medley."""
    folder = tmp_path / "songs"
    folder.mkdir()
    shutil.copy(SONGS / "formats" / "mono-32000.flac", folder / "strings.flac")
    (folder / "no song.mp3").write_text("no song")
    lines = ["path\tnearest_gtzan_genre", "strings.flac\tclassical", "no song.mp3\tblues"]
    (folder / "tracks.tsv").write_text("\n".join(lines))
    shutil.copy(SONGS / "formats" / "stereo-48000-vbr.mp3", folder / "medley.mp3")
    (folder / "medley.json").write_text(json.dumps(CHANGES))
    return folder


def test_it_measures_what_can_be_heard_and_says_what_cannot(
    songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = tmp_path / "evidence"
    assert command.main([str(songs), "--medley", str(songs / "medley.mp3"), "--evidence", str(evidence)]) == 1
    data = read_evidence(evidence, "songs")
    (strings,) = data["songs"]
    assert (strings["song"], strings["expected"]) == ("strings.flac", "classical")
    assert data["failed"][0]["song"] == "no song.mp3"
    assert len(data["failed"]) == 1
    assert [change["at_s"] for change in data["medley"]["changes"]] == [3.0]
    assert {each["n_songs"] for each in (*data["formats"], *data["levels"])} == {1}
    assert {each["n_seconds"] for each in data["levels"]} == {4}
    assert str(tmp_path) not in json.dumps(data)
    said = capsys.readouterr().out
    assert "strings.flac" in said
    assert "FAILED no song.mp3: There is no sound in this file." in said


def test_a_folder_without_songs_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path)]) == 2
    assert "holds no audio files" in capsys.readouterr().err


def test_a_medley_needs_its_description(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (songs / "medley.json").unlink()
    assert command.main([str(songs), "--medley", str(songs / "medley.mp3")]) == 2
    assert "medley.json is not there" in capsys.readouterr().err
