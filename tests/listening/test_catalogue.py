"""Which songs of a folder are heard, and as what they are expected to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.listening.catalogue import songs_below
from tests.support import make_audio
from training.errors import TrainingError

GENRES = ("blues", "jazz")


def write_list(folder: Path, *rows: str, columns: str = "path\tseconds\tnearest_gtzan_genre") -> None:
    (folder / "tracks.tsv").write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")


def test_the_list_says_which_songs_and_genres_there_are(tmp_path: Path) -> None:
    write_list(tmp_path, '"Blue" a.mp3\t9\tblues', "b.ogg\t9\t(none; jazz nearest)", "c.mp3\t9\t", "d.mp3\t9\tfolk")
    (tmp_path / "not listed.mp3").touch()
    songs = songs_below(tmp_path)
    assert [song.path for song in songs] == [tmp_path / name for name in ('"Blue" a.mp3', "b.ogg", "c.mp3", "d.mp3")]
    assert [song.expected(GENRES) for song in songs] == ["blues", None, None, None]
    assert songs[1].note == "(none; jazz nearest)"


def test_without_a_list_all_audio_files_are_songs_of_no_known_genre(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    for name in ("album/1.MP3", "2.flac", "2.txt", ".hidden.mp3", "cover.png"):
        (tmp_path / name).touch()
    songs = songs_below(tmp_path)
    assert [song.name for song in songs] == ["2.flac", "1.MP3"]
    assert [song.lossless for song in songs] == [tmp_path / "2.flac", None]
    assert {song.expected(GENRES) for song in songs} == {None}


def test_a_recording_counts_once_as_its_longest_file(tmp_path: Path) -> None:
    make_audio(tmp_path / "song.flac", source="sine=duration=1")
    make_audio(tmp_path / "song_mono.wav", source="sine=duration=2")
    make_audio(tmp_path / "song.ogg", source="sine=duration=3")
    (tmp_path / "song.mp3").write_text("no sound")
    (tmp_path / "other").mkdir()
    make_audio(tmp_path / "other" / "song.mp3")
    write_list(tmp_path, *(f"{name}\t1\t{note}" for name, note in {
        "song.flac": "", "song_mono.wav": "", "song.mp3": "", "song.ogg": "jazz", "other/song.mp3": "",
    }.items()))  # fmt: skip
    first, second = songs_below(tmp_path)
    assert (first.path, first.lossless) == (tmp_path / "song.ogg", tmp_path / "song_mono.wav")
    assert first.expected(GENRES) == "jazz"
    assert (second.path, second.lossless) == (tmp_path / "other" / "song.mp3", None)


@pytest.mark.parametrize("name", ["song 2.mp3", "songs.mp3", "the song.mp3"])
def test_names_that_only_resemble_are_two_recordings(name: str, tmp_path: Path) -> None:
    for file in ("song.mp3", name):
        (tmp_path / file).touch()
    assert len(songs_below(tmp_path)) == 2


def test_a_folder_without_songs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cover.png").touch()
    with pytest.raises(TrainingError, match=r"holds no audio files: name a folder with songs"):
        songs_below(tmp_path)
    write_list(tmp_path)
    with pytest.raises(TrainingError, match=r"tracks\.tsv lists no songs"):
        songs_below(tmp_path)
    with pytest.raises(TrainingError, match="nowhere is not a folder"):
        songs_below(tmp_path / "nowhere")


def test_a_list_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    write_list(tmp_path, "a.mp3\tblues", columns="path\tgenre")
    with pytest.raises(TrainingError, match=r"tracks\.tsv has no column 'nearest_gtzan_genre'"):
        songs_below(tmp_path)
    (tmp_path / "tracks.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrainingError, match=r"tracks\.tsv cannot be read"):
        songs_below(tmp_path)


def test_the_licensed_songs_are_found_once_each(other_peoples_songs: Path) -> None:
    songs = songs_below(other_peoples_songs)
    names = [song.name for song in songs]
    assert len(set(names)) == len(names) == 20
    assert all(song.path.is_file() for song in songs)
    (lossless,) = (song for song in songs if song.lossless)
    assert lossless.name == "music.ogg"
