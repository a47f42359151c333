"""The page's sample song: pieces of all styles, each begins on the beat where the one before rings out."""

from collections.abc import Mapping
from typing import TypedDict

import numpy as np

from tests.songs.encode import LICENCE
from tests.songs.render import FADE_S, SAMPLE_RATE_HZ, Stereo, fade_out
from tests.songs.score import Piece

TITLE = "Ten Styles in Two Minutes"
# From quiet to loud and down again, so that neighbours differ but do not startle.
ORDER = ("classical", "jazz", "blues", "country", "rock", "metal", "hiphop", "reggae", "disco", "pop")


class Change(TypedDict):
    """From `start_s` on, the medley plays in the style of `genre`."""

    start_s: float
    genre: str


class Description(TypedDict):
    """What medley.json says."""

    title: str
    licence: str
    duration_s: float
    changes: list[Change]


def medley(pieces: Mapping[str, Piece], sounds: Mapping[str, Stereo]) -> tuple[Stereo, Description]:
    """The medley's sound and its description, from each genre's piece and that piece's rendered sound."""
    lengths_s = [pieces[genre].seconds(pieces[genre].medley_bars) for genre in ORDER]
    starts = np.cumsum([0.0, *lengths_s]).round(3)  # to the millisecond, as the description says them
    sound = np.zeros((round((starts[-1] + FADE_S) * SAMPLE_RATE_HZ), 2), np.float32)
    changes = []
    for genre, start_s, end_s in zip(ORDER, starts, starts[1:], strict=False):
        begin, end = round(start_s * SAMPLE_RATE_HZ), round((end_s + FADE_S) * SAMPLE_RATE_HZ)
        sound[begin:end] += fade_out(sounds[genre][: end - begin])
        changes.append(Change(start_s=float(start_s), genre=genre))
    duration_s = round(len(sound) / SAMPLE_RATE_HZ, 3)
    return sound, Description(title=TITLE, licence=LICENCE, duration_s=duration_s, changes=changes)
