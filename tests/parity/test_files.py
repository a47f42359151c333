"""Files through the page and through Python, at every stage: decoders included. The command has more of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.predictor import Predictor
from tests.page.browser import Page
from tests.parity.compare import hold
from tests.parity.files import ENCODINGS, Encoding, SongFile, id3_with_art, own_songs
from tests.parity.measure import measure_file
from tests.parity.reference import decoded_in_python

ENCODED = {
    "MP3 VBR V2",
    "MP3 with 1 MB of ID3 art",
    "MP3 CBR, no gapless info",
    "MP3 mono",
    "MP3 24 kHz (MPEG-2)",
    "MP3 11.025 kHz (MPEG-2.5)",
    "MP3 stereo, left only",
    "FLAC 44.1 kHz 16-bit",
    "WAV 96 kHz 24-bit",
}
OWN = {"MP3 mono 22.05 kHz, no gapless info", "FLAC 32 kHz 16-bit mono", "Opus", "M4A (AAC)", "Ogg Vorbis"}


@pytest.mark.parametrize(
    "encoding", [each for each in ENCODINGS if each.name in ENCODED], ids=lambda encoding: encoding.name
)
def test_encodings(visited_page: Page, predictor: Predictor, encoding: Encoding, tmp_path: Path) -> None:
    hold(*measure_file(visited_page, predictor, encoding.write(tmp_path)).deviations)


@pytest.mark.parametrize("song", [each for each in own_songs() if each.name in OWN], ids=lambda song: song.name)
def test_own_songs(visited_page: Page, predictor: Predictor, song: SongFile) -> None:
    hold(*measure_file(visited_page, predictor, song).deviations)


def test_names_are_of_files_that_there_are() -> None:
    assert {each.name for each in ENCODINGS} >= ENCODED
    assert {each.name for each in own_songs()} >= OWN


def test_a_file_that_differs_from_what_is_expected(visited_page: Page, predictor: Predictor) -> None:
    """What the decoder of one format may do is a fault in another: Opus held to what MP3 is held to."""
    songs = {each.name: each for each in own_songs()}
    opus = SongFile("Opus", songs["Opus"].path, songs["MP3, 14 s"].expected)
    missed = {deviation.stage for deviation in measure_file(visited_page, predictor, opus).missed}
    assert missed == {"decoded", "resampled", "log_mel"}


def test_a_file_that_the_page_refuses(visited_page: Page, predictor: Predictor, tmp_path: Path) -> None:
    text = tmp_path / "song.mp3"
    text.write_text("no song at all")
    (deviation,) = measure_file(visited_page, predictor, SongFile("text", text, ENCODINGS[0].expected)).missed
    assert (deviation.stage, deviation.cell) == ("decoded", "refused")
    assert "SongError" in deviation.where


def test_art_does_not_change_the_sound(tmp_path: Path) -> None:
    song = next(own_songs()).path
    with_art = tmp_path / "art.mp3"
    with_art.write_bytes(id3_with_art(300_000) + song.read_bytes())
    for found, expected in zip(decoded_in_python(with_art), decoded_in_python(song), strict=True):
        np.testing.assert_array_equal(found, expected)
