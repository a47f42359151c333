"""Songs as the page might hear them, for the tests of what is measured."""

from __future__ import annotations

from typing import Any

from tests.listening.heard import Heard

GENRES = ("blues", "jazz", "rock")


def event(tops: str, unsure_at: str = "", **verdict: Any) -> dict[str, Any]:
    """The detail of a page's event: a letter a second names the top genre, a "?" at its place says unsure."""
    rows = [[0.6 if genre[0] == letter else 0.2 for genre in GENRES] for letter in tops]
    return {
        "model": {"name": "toy", "version": "1"},
        "genres": list(GENRES),
        "duration_s": float(len(tops)),
        "step_s": 1.0,
        "probabilities": rows,
        "unsure": [mark == "?" for mark in unsure_at.ljust(len(tops))],
        "verdict": {"genre": "blues", "confidence": 0.6, "unsure": False, **verdict},
    }


def heard(tops: str, unsure_at: str = "", **verdict: Any) -> Heard:
    """The same as the measurements take it."""
    return Heard.from_event(event(tops, unsure_at, **verdict))
