"""Attempts: which song was under way when a process died."""

from __future__ import annotations

from genrescope.catalogue.attempts import Attempts


def test_a_song_is_blamed_for_each_attempt_that_ended_with_it() -> None:
    attempts = Attempts()
    assert [attempts.begin("decode 1", "first", song) for song in ("a", "b")] == [0, 0]
    assert [attempts.begin("decode 1", "second", song) for song in ("a", "b")] == [0, 1]
    assert attempts.begin("decode 1", "third", "a") == 0
    assert attempts.begin("decode 1", "third", "b") == 2


def test_other_shards_and_stages_are_not_blamed() -> None:
    attempts = Attempts()
    attempts.begin("decode 1", "first", "a")
    assert attempts.begin("decode 2", "second", "a") == 0
    assert attempts.begin("hear 1", "third", "a") == 0


def test_nothing_is_kept_of_a_shard_that_is_through() -> None:
    attempts = Attempts()
    attempts.begin("decode 1", "first", "a")
    attempts.begin("decode 1", "second", "a")
    attempts.finish("decode 1")
    assert attempts.begin("decode 1", "third", "a") == 0
