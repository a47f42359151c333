"""What becomes of the songs that were heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.listening.catalogue import Song
from tests.listening.listener import Listener
from tests.listening.measure import by_variant, changed, converted, evidence, song_entry, to_convert, verdicts
from tests.listening.support import heard
from tests.listening.variants import FORMATS
from tests.page.browsers import BROWSERS

MEDLEY = {"song": "medley", "changes": []}


def song(name: str, note: str = "", lossless: bool = False) -> Song:
    return Song(Path("folder", name), Path("folder", name) if lossless else None, note)


def failed(name: str) -> dict[str, str]:
    return {"song": name, "error": "The browser failed."}


def test_a_song_s_entry_holds_its_name_alone_and_what_the_page_said() -> None:
    entry = song_entry(song("a.mp3", "jazz"), heard("bbjj", "   ?", genre="jazz", confidence=0.7, unsure=True))
    assert entry == {
        "song": "a.mp3", "duration_s": 4.0, "expected": "jazz", "note": "", "verdict": "jazz", "confidence": 0.7,
        "unsure": True, "flicker": 1 / 3, "flicker_sure": 1 / 2, "seconds_unsure": 1 / 4,
        "model": {"name": "toy", "version": "1"},
    }  # fmt: skip
    assert song_entry(song("b.mp3", "(none)"), heard("bb"))["note"] == "(none)"


def test_verdicts_count_where_a_genre_is_known() -> None:
    entries = [
        song_entry(song("right.mp3", "blues"), heard("b")),
        song_entry(song("wrong.mp3", "jazz"), heard("b")),
        song_entry(song("unsure.mp3", "jazz"), heard("b", unsure=True)),
        song_entry(song("unknown.mp3"), heard("b")),
    ]
    assert verdicts(entries) == {"n": 3, "accuracy": 1 / 3, "n_sure": 2, "accuracy_sure": 1 / 2}
    assert verdicts([]) == {"n": 0, "accuracy": None, "n_sure": 0, "accuracy_sure": None}


def test_each_song_weighs_the_same_in_the_mean_and_failed_ones_nothing() -> None:
    entries = [song_entry(song("a"), heard("bj")), song_entry(song("b"), heard("b" * 50)), failed("c")]
    data = evidence([*entries, song_entry(song("d"), heard("b"))], MEDLEY, [])
    assert data["flicker"] == 1 / 2  # a song of one second has none
    assert [entry["song"] for entry in data["songs"]] == ["a", "b", "d"]
    assert data["failed"] == [failed("c")]
    assert data["model"] == {"name": "toy", "version": "1"}


def test_without_any_song_there_are_no_figures() -> None:
    data = evidence([failed("a")], failed("medley"), [failed("a") | {"name": "Opus"}])
    assert (data["model"], data["songs"], data["flicker"], data["verdicts"]["accuracy"]) == (None, [], None, None)
    assert len(data["failed"]) == 3


def test_lossless_songs_and_those_of_a_known_genre_are_converted() -> None:
    songs = [song("a"), song("b", "blues"), song("c", lossless=True), song("d", "jazz")]
    entries = [song_entry(each, heard("bb")) for each in songs]
    assert [each.name for each in to_convert(songs, [*entries[:3], failed("d")])] == ["b", "c"]


def test_where_there_is_none_of_them_the_longest_is() -> None:
    songs = [song("a"), song("b"), song("c")]
    entries = [song_entry(each, heard(tops)) for each, tops in zip(songs, ("b", "bbb", "bb"), strict=True)]
    assert [each.name for each in to_convert(songs, entries)] == ["b"]
    assert to_convert(songs, [failed(each.name) for each in songs]) == []


def test_what_ffmpeg_cannot_decode_is_told_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "no song.mp3").write_text("no song")
    listener = Listener(BROWSERS["Chromium"], "http://not.needed")
    (entry,) = converted(listener, Song(tmp_path / "no song.mp3", None, "blues"))
    assert entry == {"song": "no song.mp3", "name": "float WAV", "error": "ffmpeg could not make it."}


def test_variants_are_summed_over_seconds_and_songs() -> None:
    short, long = heard("bb"), heard("bbbbbb")
    conversions = [
        {"song": "a", "name": "MP3 128 kb/s", **changed(short, heard("bj", genre="jazz"))},
        {"song": "b", "name": "MP3 128 kb/s", **changed(long, heard("bbbbbbb"))},
        failed("c") | {"name": "MP3 128 kb/s"},
    ]
    mp3, *others = by_variant(conversions, FORMATS)
    assert (mp3["n_songs"], mp3["n_seconds"], mp3["seconds_changed"], mp3["verdicts_changed"]) == (2, 8, 1 / 8, 1)
    assert [each["seconds_changed"] for each in mp3["songs"]] == pytest.approx([1 / 2, 0])
    assert {(each["n_songs"], each["seconds_changed"]) for each in others} == {(0, None)}
