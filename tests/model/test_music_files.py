"""model/music_files.py: which files there are, by what name, and whether they have changed."""

from __future__ import annotations

import os
from pathlib import Path

from model.music_files import files_below, fingerprint, first_reasons, printable


def test_files_of_any_depth_but_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "b/c").mkdir(parents=True)
    for name in ("z.mp3", "b/c/a.ogg", "b/.hidden"):
        (tmp_path / name).touch()
    assert list(files_below(tmp_path)) == [tmp_path / "b/c/a.ogg", tmp_path / "z.mp3"]


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    music, elsewhere = tmp_path / "music", tmp_path / "elsewhere"
    for folder in (music, elsewhere):
        folder.mkdir()
        (folder / f"{folder.name}.mp3").touch()
    (music / "linked").symlink_to(elsewhere)
    (music / "linked again").symlink_to(elsewhere)
    (elsewhere / "round").symlink_to(music)
    (music / "song.mp3").symlink_to(elsewhere / "elsewhere.mp3")
    names = [path.relative_to(music).as_posix() for path in files_below(music)]
    assert names == ["linked/elsewhere.mp3", "music.mp3", "song.mp3"]


def test_hidden_folders_are_left_out(tmp_path: Path) -> None:
    for name in (".trash/a.mp3", "b/.c/d.mp3", "e.mp3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(files_below(tmp_path)) == [tmp_path / "e.mp3"]


def test_a_changed_file_has_another_fingerprint(tmp_path: Path) -> None:
    song = tmp_path / "a.mp3"
    song.write_bytes(b"one")
    os.utime(song, ns=(0, 1))
    before = fingerprint(song)
    assert fingerprint(song) == before
    os.utime(song, ns=(0, 2))
    touched = fingerprint(song)
    song.write_bytes(b"three")
    os.utime(song, ns=(0, 2))
    assert len({before, touched, fingerprint(song), fingerprint(tmp_path / "gone")}) == 4


def test_odd_bytes_of_a_name_are_spelled_out() -> None:
    assert printable(os.fsdecode(b"caf\xe9.mp3")) == "caf\\xe9.mp3"


def test_three_reasons_are_enough() -> None:
    assert first_reasons(dict.fromkeys("abcd", "broken")) == "a: broken; b: broken; c: broken"
