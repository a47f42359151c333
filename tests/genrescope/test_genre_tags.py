"""genrescope/genre_tags.py: nothing without mutagen or without --yes; with both the genre, and nothing else."""

from __future__ import annotations

import importlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genrescope.__main__ import main
from genrescope.folder import find_songs
from genrescope.genre_tags import Tagger, require_mutagen, write_genres
from genrescope.journal import Journal
from model.contract import load_contract
from model.song_stream import Analysis
from tests.support import REPOSITORY, SONGS, make_audio

CONTRACT = load_contract(REPOSITORY / "model")
TAGS = {"title": "Тест", "artist": "A/B", "date": "1999-05-03", "album": "x; y", "genre": "Polka"}
# Name -> what ffmpeg writes it with.
KINDS = {
    "v24.mp3": ("-id3v2_version", "4", "-write_id3v1", "1"),
    "v23.mp3": ("-id3v2_version", "3"),
    "bare.mp3": ("-id3v2_version", "0", "-write_xing", "0"),
    "a.flac": (), "a.ogg": (), "a.opus": ("-c:a", "libopus"), "a.m4a": (), "a.wma": (), "a.wv": (),
    "a.wav": ("-write_id3v2", "1"), "a.aiff": ("-write_id3v2", "1"),
}  # fmt: skip


def certain(genre: str) -> Analysis:
    """Of a song of this genre and no other."""
    verdict = np.array([1.0 * (genre == each) for each in CONTRACT.genres])
    return Analysis(CONTRACT, 3.0, np.tile(verdict, (3, 1)), np.tile(verdict, (3, 1)), 1.0)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """Songs that have been heard: hiphop, all but one, of which the model is unsure."""
    tags = [part for name, value in TAGS.items() for part in ("-metadata", f"{name}={value}")]
    for name, options in KINDS.items():
        make_audio(tmp_path / name, *tags, *options)
    shutil.copy(SONGS / "formats" / "mono-32000.flac", tmp_path / "vague.flac")
    (tmp_path / "broken.mp3").write_text("no song")
    return tmp_path


def hear(music: Path) -> None:
    """What `tag` would have written down."""
    vague = replace(certain("hiphop"), verdict_rows=np.full((3, len(CONTRACT.genres)), 1 / len(CONTRACT.genres)))
    with Journal(music / "genrescope" / "journal.jsonl", f"{CONTRACT.name} {CONTRACT.version}") as journal:
        for song in find_songs(music)[0]:
            if song.name != "broken.mp3":
                journal.add(song, vague if song.name == "vague.flac" else certain("hiphop"), with_rows=False)


def contents(music: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in music.iterdir() if path.is_file()}


def probed(path: Path) -> tuple[dict[str, str], str]:
    """What ffmpeg finds: tags without the genre, and a checksum of the sound."""
    shown = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", path],
        capture_output=True, check=True,
    )  # fmt: skip
    found = json.loads(shown.stdout)
    tags = found["format"].get("tags", {}) | found["streams"][0].get("tags", {})
    command = ["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "md5", "-"]
    sound = subprocess.run(command, capture_output=True, check=True, text=True)
    return {name.lower(): value for name, value in tags.items() if name.lower() != "genre"}, sound.stdout


def test_without_mutagen_it_says_how_to_get_it_and_hears_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mutagen", None)  # as if it were not there
    shutil.copy(SONGS / "blues.mp3", tmp_path)
    before = contents(tmp_path)
    assert main(["tag", str(tmp_path), "--write-genre", "--yes"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "-m pip install mutagen\n" in err
    assert "GPL" in err
    assert contents(tmp_path) == before
    assert not (tmp_path / "genrescope").exists()


class Untouchable:
    """A tagger of songs that all have another genre; to write is a mistake."""

    def change(self, path: Path, genres: Sequence[str]) -> tuple[list[str], list[str]]:
        assert path.is_file()
        return ["Polka"], list(genres)

    def write(self, path: Path, genres: Sequence[str]) -> None:
        pytest.fail(f"{genres} were written into {path}")


def test_nothing_is_written_unless_it_is_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.mp3", "vague.flac"):
        (tmp_path / name).touch()
    hear(tmp_path)
    songs, _ = find_songs(tmp_path)
    with Journal(tmp_path / "genrescope" / "journal.jsonl", f"{CONTRACT.name} {CONTRACT.version}") as journal:
        assert write_genres(Untouchable(), journal, songs, is_meant=False) == 0
    assert capsys.readouterr().out.splitlines()[0] == "a.mp3: Polka -> hiphop"


@pytest.fixture
def tagger() -> Tagger:
    if importlib.util.find_spec("mutagen") is None:
        pytest.skip("mutagen, which is the user's to install, is not here")
    return Tagger(require_mutagen())


def test_first_it_only_tells(tagger: Tagger, music: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del tagger
    hear(music)
    (music / "broken.mp3").unlink()
    before = contents(music)
    assert main(["tag", str(music), "--write-genre"]) == 0
    out = capsys.readouterr().out
    assert "a.opus: Polka -> Hip-Hop\n" in out
    assert "bare.mp3: (none) -> Hip-Hop\n" in out
    assert "vague.flac" not in out
    assert f"{len(KINDS)} genres would be written; nothing has been." in out
    assert contents(music) == before


def test_with_yes_the_genre_is_written_and_nothing_else(
    tagger: Tagger, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hear(music)
    (music / "broken.mp3").unlink()
    (music / "a.ogg").chmod(0o640)
    vague, before = (music / "vague.flac").read_bytes(), {name: probed(music / name) for name in KINDS}
    last_bytes = (music / "v24.mp3").read_bytes()[-128:]
    assert main(["tag", str(music), "--write-genre", "--yes"]) == 0
    assert f"{len(KINDS)} genres written" in capsys.readouterr().out
    for name in KINDS:
        assert probed(music / name) == before[name], name
        assert tagger.genres(music / name) == ["Hip-Hop"], name
    assert (music / "vague.flac").read_bytes() == vague
    assert (music / "v23.mp3").read_bytes()[:4] == b"ID3\3"
    assert (music / "v24.mp3").read_bytes()[-128:] == last_bytes[:-1] + b"\x07"
    assert (music / "a.ogg").stat().st_mode & 0o777 == 0o640
    after = contents(music)
    assert main(["tag", str(music), "--write-genre", "--yes"]) == 0
    out = capsys.readouterr().out
    assert "0 of them heard now" in out
    assert "0 genres written" in out
    assert contents(music) == after
    assert not list(music.glob(".*"))


def test_a_song_that_cannot_be_written_to_costs_itself_only(
    tagger: Tagger, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (music / "broken.mp3").rename(music / "broken.flac")
    hear(music)
    assert main(["tag", str(music), "--write-genre", "--yes"]) == 1
    out, err = capsys.readouterr()
    assert f"{len(KINDS)} genres written" in out
    assert "broken.flac: its genre cannot be written: " in err
    assert (music / "broken.flac").read_text() == "no song"
    assert tagger.genres(music / "a.flac") == ["Hip-Hop"]


def test_several_genres_are_several_values(tagger: Tagger, music: Path) -> None:
    for name in KINDS:
        path, genres = music / name, ["hiphop", "my polka", "Ска"]
        change = tagger.change(path, genres)
        assert change is not None
        assert change[1] == ["Hip-Hop", "my polka", "Ска"]
        tagger.write(path, change[1])
        assert tagger.genres(path) == change[1], name
        assert tagger.change(path, ["My-Polka", "hip hop"]) is None
        assert tagger.change(path, ["hiphop", "jazz"]) == (change[1], ["Hip-Hop", "Jazz"])


@pytest.mark.parametrize(("genre", "name"), [("hiphop", "Hip-Hop"), ("rock", "Rock"), ("my polka", "my polka")])
def test_genres_are_spelled_as_players_know_them(tagger: Tagger, genre: str, name: str) -> None:
    assert tagger.usual_name(genre) == name
