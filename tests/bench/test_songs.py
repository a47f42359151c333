"""The songs that the bench makes and takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.songs import Song, given_songs, made_songs, nearest
from tests.support import SONGS


def test_made_songs_have_the_asked_length_beyond_that_of_our_own_music(tmp_path: Path) -> None:
    short, long = made_songs(tmp_path, [10, 300])
    assert (short.name, long.name) == ("10 s", "5 min")
    assert short.duration_s == pytest.approx(10, abs=0.1)
    assert long.duration_s == pytest.approx(300, abs=0.1)
    assert long.path.stat().st_size == pytest.approx(300 * 192_000 / 8, rel=0.01)
    assert long.sample_rate_hz == 44100


def test_a_song_is_made_once(tmp_path: Path) -> None:
    (first,) = made_songs(tmp_path, [2])
    made_at = first.path.stat().st_mtime_ns
    assert made_songs(tmp_path, [2]) == [first]
    assert first.path.stat().st_mtime_ns == made_at


def test_given_songs_keep_their_names_and_rates() -> None:
    (song,) = given_songs([SONGS / "formats" / "stereo-48000.opus"])
    assert (song.name, song.sample_rate_hz) == ("stereo-48000.opus", 48000)
    assert 3 < song.duration_s < 30


def test_nearest_song_by_length() -> None:
    songs = [Song(str(length_s), Path(), length_s, 44100) for length_s in (30, 200, 3600)]
    assert nearest(songs, 240).name == "200"
