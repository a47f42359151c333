"""`genrescope tag`: real processes on real songs, killed, stopped and gone on with."""

from __future__ import annotations

import base64
import csv
import json
import os
import shutil
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from genrescope.__main__ import main
from tests.genrescope.support import Command, run, until
from tests.support import REPOSITORY, SONGS, ServerProcess

SHORT = SONGS / "formats" / "mono-8000.wav"
NOT_TEXT = os.fsdecode(b"caf\xe9.wav")
NAMES = (
    "=1+1.wav", "#hash.wav", "a\nb.wav", "-rf.wav", "Пикник/Мы как трепетные птицы.wav", "🎸 \"quoted\" 'twice'.wav",
    "deep/er/x%20y.WAV", NOT_TEXT,
)  # fmt: skip
LONG = REPOSITORY / "static" / "sample" / "medley.mp3"
REAL = {"long.mp3": LONG, "opus/one.opus": SONGS / "formats" / "stereo-48000.opus"}
BROKEN = ("bad.mp3", "nowhere.flac")
ALL = {*NAMES, *REAL, *BROKEN}


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SHORT, folder / name)
    for name, song in REAL.items():
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(song, folder / name)
    (folder / "bad.mp3").write_text("no song")
    (folder / "nowhere.flac").symlink_to("gone")
    (folder / "notes.txt").write_text("not for us")
    (folder / "._long.mp3").write_text("what a Mac leaves")
    (folder / "opus" / "round").symlink_to("..")
    return folder


def journal(music: Path) -> list[dict[str, Any]]:
    """Its whole lines."""
    path = music / "genrescope" / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def entries(path: Path) -> dict[str, dict[str, Any]]:
    """Of the JSON, by the songs' real names."""
    songs = json.loads(path.read_text())["songs"]
    return {
        os.fsdecode(base64.b64decode(song["path_base64"])) if "path_base64" in song else song["path"]: song
        for song in songs
    }


@pytest.fixture(scope="module")
def tagged(music: Path) -> tuple[int, str, str]:
    """The end of a run that was killed twice and stopped by Ctrl-C once before."""
    for number, n_songs in ((signal.SIGKILL, 2), (signal.SIGINT, 7)):  # the eighth is the long one
        command = Command("tag", music, "--rows", "--jobs", "1")
        until(lambda n_songs=n_songs: len(journal(music)) >= n_songs, command)
        command.process.send_signal(number)
        code, out, err = command.end()
        assert (code, out) == (-9 if number == signal.SIGKILL else 130, "")
        assert "Traceback" not in err
        assert command.left_behind() == []
        assert n_songs <= len(journal(music)) < len(ALL)
        assert [path.name for path in (music / "genrescope").iterdir()] == ["journal.jsonl"]
    with (music / "genrescope" / "journal.jsonl").open("a") as file:
        file.write('{"path": "torn')
    return run("tag", music, "--rows")


def test_each_song_is_heard_once_however_often_the_command_ends(music: Path, tagged: tuple[int, str, str]) -> None:
    code, out, err = tagged
    assert code == 1
    assert f"{len(ALL)} songs" in out
    assert "2 of them could not be heard" in out
    assert "bad.mp3: not_audio: This is not an audio file" in err
    assert "nowhere.flac: unreadable: " in err
    heard = Counter(line["path"] for line in journal(music))
    assert heard.keys() == ALL
    # What cannot be read may be there next time, and is tried by each run that comes to it.
    assert {name for name, times in heard.items() if times > 1} <= {"nowhere.flac"}


def test_json_has_each_song_and_the_numbers_of_the_server(
    music: Path, tagged: tuple[int, str, str], ready_server: ServerProcess
) -> None:
    del tagged
    songs = entries(music / "genrescope" / "songs.json")
    assert songs.keys() == ALL
    assert songs["bad.mp3"]["problem"]["code"] == "not_audio"
    for name, song in REAL.items():
        answer = httpx.post(f"{ready_server.url}/predict", files={"file": song.read_bytes()}, timeout=60).json()
        assert songs[name] == {"path": name, **{key: answer[key] for key in songs[name] if key != "path"}}
        assert songs[name].keys() == {"path", "duration_s", "verdict", "step_s", "probabilities", "unsure"}
    assert songs["a\nb.wav"]["verdict"] == songs[NOT_TEXT]["verdict"]


def test_the_table_runs_no_formula(music: Path, tagged: tuple[int, str, str]) -> None:
    del tagged
    with (music / "genrescope" / "songs.csv").open(newline="", encoding="utf-8") as file:
        table = {line["path"]: line for line in csv.DictReader(file)}
    assert table.keys() == {"'=1+1.wav", "'-rf.wav", "caf\\xe9.wav", *(ALL - {"=1+1.wav", "-rf.wav", NOT_TEXT})}
    verdict = entries(music / "genrescope" / "songs.json")["long.mp3"]["verdict"]
    line = table["long.mp3"]
    assert (line["genre"], float(line["confidence"])) == (verdict["genre"], verdict["confidence"])
    assert {genre: float(line[genre]) for genre in verdict["probabilities"]} == verdict["probabilities"]
    assert (line["unsure"], line["problem"]) == (str(verdict["unsure"]).lower(), "")
    assert (table["bad.mp3"]["genre"], table["bad.mp3"]["problem"]) == ("", "not_audio")


def test_playlists_lead_to_the_songs(music: Path, tagged: tuple[int, str, str]) -> None:
    del tagged
    songs = entries(music / "genrescope" / "songs.json")
    listed = {}
    for path in (music / "genrescope" / "playlists").iterdir():
        lines = path.read_text(encoding="utf-8").split("\n")
        assert lines[0] == "#EXTM3U"
        assert [line.startswith("#EXTINF:") for line in lines[2:-1:2]] == [True] * ((len(lines) - 3) // 2)
        for line in lines[3::2]:
            place = httpx.URL(line).raw_path if line.startswith("file:") else line
            file = Path(os.fsdecode(_unquoted(place)) if isinstance(place, bytes) else path.parent / place)
            listed[os.fspath(file.resolve().relative_to(music.resolve()))] = path.stem
    right = {
        name: "unsure" if song["verdict"]["unsure"] else song["verdict"]["genre"]
        for name, song in songs.items()
        if "verdict" in song
    }
    assert listed == right


def _unquoted(place: bytes) -> bytes:
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(place)


def test_songs_that_went_leave_and_others_are_not_heard_again(
    music: Path, tagged: tuple[int, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del tagged
    copy = tmp_path / "copy"
    shutil.copytree(music, copy, symlinks=True)
    for name in ("long.mp3", *BROKEN):
        (copy / name).unlink()
    playlists = copy / "genrescope" / "playlists"
    theirs, only_ours = playlists / "theirs.m3u8", playlists / "polka.m3u8"
    shutil.copy(next(playlists.glob("*.m3u8")), only_ours)
    theirs.write_text("#EXTM3U\n")
    assert main(["tag", str(copy), "--rows"]) == 0
    assert "0 of them heard now" in capsys.readouterr().out
    assert entries(copy / "genrescope" / "songs.json").keys() == ALL - {"long.mp3", *BROKEN}
    assert theirs.exists()
    assert not only_ours.exists()


def test_one_file_of_one_form(
    music: Path, tagged: tuple[int, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del tagged
    shutil.copy(music / "genrescope" / "journal.jsonl", tmp_path / "all.json.journal")
    (tmp_path / "empty").mkdir()
    assert main(["tag", str(tmp_path / "empty"), "--out", str(tmp_path / "all.json")]) == 0
    assert json.loads((tmp_path / "all.json").read_text())["songs"] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.json", "all.json.journal", "empty"]
    assert capsys.readouterr().out.startswith("0 songs")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{}/nowhere"], "is no folder"),
        (["{}", "--out", "{}/a.json", "--format", "csv"], "is one file of json"),
        (["{}", "--out", "{}/a.m3u8"], "must be a folder"),
        (["{}", "--out", "{}/song.mp3"], "must be a folder"),
        (["{}", "--model", "{}"], "contract.json does not exist"),
        (["{}", "--out", "{}/song.mp3/x"], "cannot be written: Not a directory. Choose another --out"),
    ],
)
def test_what_cannot_be_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "song.mp3").touch()
    assert main(["tag", *(each.format(tmp_path) for each in arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.startswith("genrescope: ")
    assert [path.name for path in tmp_path.iterdir()] == ["song.mp3"]
