"""What the command prints."""

from __future__ import annotations

from pathlib import Path

from tests.listening.catalogue import Song
from tests.listening.changes import medley_report
from tests.listening.measure import evidence, song_entry
from tests.listening.support import heard
from tests.listening.table import WIDTHS, heading, song_line, summary

NAME = "The Bees, played by a string orchestra of fifty.ogg"
PARTS = [{"start_s": 0, "genre": "blues"}, {"start_s": 5, "genre": "jazz"}, {"start_s": 10, "genre": "rock"}]


def test_a_song_s_line_lies_under_its_heading() -> None:
    entry = song_entry(Song(Path(NAME), None, "jazz"), heard("bbbbbj", "     ?", unsure=True))
    line = song_line(entry)
    assert len(line) == len(heading().splitlines()[1])
    assert line.startswith("…" + NAME[-WIDTHS[0] + 1 :])
    assert line.split()[-7:] == ["unsure", "!", "jazz", "0.600", "20.0", "(0.0)", "16.7"]


def test_a_song_that_failed_has_a_reason_instead() -> None:
    assert song_line({"song": "a.mp3", "error": "Too short."}).split() == ["a.mp3", "NOT", "HEARD:", "Too", "short."]


def test_the_summary_says_when_changes_were_found_and_what_failed() -> None:
    medley = medley_report(heard("bbbbbbbjjjjjjjj"), {"title": "Toy", "changes": PARTS})
    lines = summary(evidence([{"song": "a.mp3", "error": "Too short."}], medley, [])).splitlines()
    assert lines[0] == "flicker, mean of the songs: - %; without unsure seconds - %"
    assert "Toy: 1 of 1 changes within 3 s; 2 of 3 parts heard as what they were composed as" in lines
    assert "     5.0 s  composed as jazz       heard as jazz       after 2.0 s" in lines
    assert "    10.0 s  composed as rock       heard as jazz       the part before is heard as the same" in lines
    assert lines[-1] == "FAILED a.mp3: Too short."
