"""What is taken from the page's event."""

from __future__ import annotations

from tests.listening.heard import Heard
from tests.listening.support import event, heard


def test_the_event_s_rows_become_their_top_genres() -> None:
    song = Heard.from_event(event("bjrr", " ?", genre="rock", confidence=0.5, unsure=True))
    assert [song.genres[top] for top in song.tops] == ["blues", "jazz", "rock", "rock"]
    assert song.unsure.tolist() == [False, True, False, False]
    assert (song.verdict, song.confidence, song.is_unsure) == ("rock", 0.5, True)
    assert (song.duration_s, song.step_s, song.model["name"]) == (4.0, 1.0, "toy")


def test_a_song_of_one_second() -> None:
    assert heard("j").tops.tolist() == [1]
