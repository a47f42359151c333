"""genrescope/words.py: what people read."""

from __future__ import annotations

import os

import numpy as np
import pytest

from genrescope.sections import Section
from genrescope.words import clock, section_words, shown, song_words, verdict_words
from model.contract import load_contract
from model.song_stream import Analysis
from tests.support import REPOSITORY


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Пикник 🎸👩‍🎤 'x'.mp3", "Пикник 🎸👩‍🎤 'x'.mp3"),
        ("a\n\x1b[2J\x9b.mp3", "a\\n\\x1b[2J\\x9b.mp3"),
        ("a\u202e3pm.exe", "a\\u202e3pm.exe"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
    ],
)
def test_a_name_does_not_steer_the_terminal(name: str, text: str) -> None:
    assert shown(name) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.99, "0:59"), (61, "1:01"), (3725.2, "1:02:05")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_several_genres_in_words() -> None:
    names = ("jazz", "blues", "rock", "pop", "disco", "metal")
    probabilities = {name: 0.9 - place / 10 for place, name in enumerate(names)}
    verdict = {"genre": "jazz", "confidence": 0.9, "unsure": False, "probabilities": probabilities}
    assert verdict_words(verdict | {"genres": ["jazz", "blues"]}) == "jazz 90 %, blues 80 %"
    assert verdict_words(verdict | {"genres": list(names)}) == "jazz 90 %, blues 80 %, rock 70 %, pop 60 % and 2 more"
    assert verdict_words(verdict | {"genres": [], "unsure": True}) == "unsure (perhaps jazz 90 %)"
    assert section_words(Section(0, names[:3], names[3:5])) == "jazz, blues and rock, with elements of pop and disco"
    assert section_words(Section(0, names[:2])) == "jazz and blues"
    assert section_words(Section(0, ())) == "unsure"


def test_a_song_in_words() -> None:
    contract = load_contract(REPOSITORY / "model")
    jazz, rock = contract.genres.index("jazz"), contract.genres.index("rock")
    rows, verdict = np.zeros((20, 10)), np.zeros(10)
    rows[:12, jazz] = rows[12:, rock] = 1
    verdict[[jazz, rock]] = 0.9, 0.1
    assert song_words("a.mp3", Analysis(contract, 19.5, rows, np.tile(verdict, (20, 1)), 1.0), top=2).split("\n") == [
        "a.mp3  0:19  jazz 90 %",
        "  jazz 90 %, rock 10 %",
        "     0:00  jazz",
        "     0:12  rock",
    ]
    vague = song_words("a.mp3", Analysis(contract, 20, np.full((20, 10), 0.1), np.full((20, 10), 0.1), 1.0), top=None)
    assert vague.split("\n")[0] == "a.mp3  0:20  unsure (perhaps blues 10 %)"
    assert vague.split("\n")[-1] == "     0:00  unsure"
