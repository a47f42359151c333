"""genrescope/folder.py: the songs of a folder, each once."""

from __future__ import annotations

import os
from pathlib import Path

from genrescope.folder import find_songs


def names(folder: Path) -> list[str]:
    return [song.name for song in find_songs(folder)[0]]


def touch(folder: Path, *paths: str) -> None:
    for name in paths:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_audio_of_any_depth_by_name_but_nothing_hidden(tmp_path: Path) -> None:
    touch(tmp_path, "b.FLAC", "a/c/d.opus", "a/.hidden.mp3", ".trash/e.mp3", "cover.jpg", "a/list.m3u8")
    assert names(tmp_path) == ["a/c/d.opus", "b.FLAC"]


def test_links_are_followed_and_lead_in_no_circle(tmp_path: Path) -> None:
    """Each folder links to all others, as hostile archives do: 20 of them have 20! paths."""
    folders = [tmp_path / "music" / f"{k:02}" for k in range(20)]
    for folder in folders:
        touch(folder, "song.mp3")
    for folder in folders:
        for other in folders:
            (folder / f"to-{other.name}").symlink_to(other)
    assert names(tmp_path / "music") == [f"{k:02}/song.mp3" for k in range(20)]


def test_a_linked_folder_elsewhere_belongs_to_it(tmp_path: Path) -> None:
    touch(tmp_path, "elsewhere/a.mp3", "elsewhere/b.mp3")
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "music" / "b.mp3").symlink_to(tmp_path / "elsewhere" / "b.mp3")
    assert names(tmp_path / "music") == ["b.mp3", "more/a.mp3", "more/b.mp3"]


def test_pipes_are_no_songs_and_links_to_nowhere_are(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    (tmp_path / "link.mp3").symlink_to("nowhere")
    (song,) = find_songs(tmp_path)[0]
    assert (song.name, song.fingerprint) == ("link.mp3", "")


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    songs, unreadable = find_songs(tmp_path / "gone")
    assert songs == []
    assert (unreadable["."].code, str(unreadable["."])) == (
        "unreadable",
        "This folder cannot be read: No such file or directory.",
    )
