"""Songs through the real page, and what happens when one of them fails."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.listening.listener import Listener, NotHeard
from tests.page.browsers import BROWSERS
from tests.support import SONGS

SONG = SONGS / "formats" / "mono-32000.flac"


@pytest.fixture(scope="module")
def listener(server_url: str) -> Iterator[Listener]:
    with Listener(BROWSERS["Chromium"], server_url) as listener:
        yield listener


def test_a_song_is_heard_second_by_second(listener: Listener) -> None:
    heard = listener.hear(SONG)
    assert len(heard.tops) == len(heard.unsure) == 4
    assert heard.verdict in heard.genres
    assert listener.hear(SONG).tops.tolist() == heard.tops.tolist()


def test_a_refusal_is_told_in_the_page_s_words_and_the_next_song_is_heard(listener: Listener, tmp_path: Path) -> None:
    (tmp_path / "no song.mp3").write_text("no song")
    with pytest.raises(NotHeard, match=r"^There is no sound in this file"):
        listener.hear(tmp_path / "no song.mp3")
    assert listener.hear(SONG).duration_s == pytest.approx(4, abs=0.1)


def test_a_file_that_is_not_there(listener: Listener, tmp_path: Path) -> None:
    with pytest.raises(NotHeard, match=r"^The file is not there\.$"):
        listener.hear(tmp_path / "gone.mp3")


def test_after_a_browser_that_has_died_the_next_song_is_heard(listener: Listener) -> None:
    listener.hear(SONG)
    assert listener.page is not None
    os.kill(listener.page.driver.capabilities["goog:processID"], signal.SIGKILL)
    with pytest.raises(NotHeard, match="The browser failed"):
        listener.hear(SONG)
    assert listener.hear(SONG).verdict
