"""genrescope/playlists.py: names of files, and entries that players understand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from genrescope.playlists import file_names, write_playlists


def heard(path: str, genre: str = "rock", *, unsure: bool = False) -> dict[str, Any]:
    return {"path": path, "duration_s": 61.6, "verdict": {"genre": genre, "unsure": unsure}}


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("a.mp3", "../a.mp3"),
        ("Queen/Don’t stop.mp3", "../Queen/Don’t stop.mp3"),
        ("x#?%20.mp3", "../x#?%20.mp3"),
        ("a\nb.mp3", "file://{}/a%0Ab.mp3"),
        (os.fsdecode(b"caf\xe9.mp3"), "file://{}/caf%E9.mp3"),
    ],
)
def test_an_entry_leads_from_the_playlist_to_the_song(tmp_path: Path, name: str, entry: str) -> None:
    (path,) = write_playlists(tmp_path / "lists", tmp_path, ["rock"], [heard(name)])
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[0] == "#EXTM3U"
    assert lines[2].startswith("#EXTINF:62,")
    assert lines[3:] == [entry.format(tmp_path.resolve()), ""]


@pytest.mark.parametrize("name", ["#1.mp3", " a.mp3", "http:/x.mp3"])
def test_what_would_be_read_as_something_else_is_a_path(tmp_path: Path, name: str) -> None:
    (path,) = write_playlists(tmp_path, tmp_path, ["rock"], [heard(name)])
    assert path.read_text().split("\n")[3] == f"./{name}"


def test_unsure_songs_have_a_list_of_their_own(tmp_path: Path) -> None:
    songs = [heard("a.mp3"), heard("b.mp3", unsure=True), heard("c.mp3", "jazz")]
    written = write_playlists(tmp_path, tmp_path, ["jazz", "rock", "pop"], songs)
    assert {path.name: path.read_text().split("\n")[3] for path in written} == {
        "jazz.m3u8": "c.mp3", "rock.m3u8": "a.mp3", "unsure.m3u8": "b.mp3",
    }  # fmt: skip


def test_a_song_of_several_genres_is_in_each_ones_list(tmp_path: Path) -> None:
    songs = [heard("a.mp3", "rock"), heard("b.mp3", "jazz"), heard("c.mp3", unsure=True)]
    for song, genres in zip(songs, (["rock", "jazz"], ["jazz"], []), strict=True):
        song["verdict"]["genres"] = genres
    written = write_playlists(tmp_path, tmp_path, ["jazz", "rock", "pop"], songs)
    assert {path.stem: path.read_text().split("\n")[3::2] for path in written} == {
        "jazz": ["a.mp3", "b.mp3"], "rock": ["a.mp3"], "unsure": ["c.mp3"],
    }  # fmt: skip


def test_any_genre_is_a_name_of_its_own() -> None:
    genres = ["unsure", "R&B/Soul", "R&B:Soul", "..", "Rock", "rock", "con.", ""]
    names = file_names(genres)
    assert names["unsure"] == "unsure.m3u8"
    assert names["R&B/Soul"] == "R&B_Soul.m3u8"
    assert names["R&B:Soul"] == "R&B_Soul-2.m3u8"
    assert len({name.casefold() for name in names.values()}) == len(genres)
    assert not any(name.startswith(".") or "/" in name for name in names.values())
