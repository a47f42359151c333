"""The report's judged songs: what each is, what it was heard as, how wrong that is, how right its seconds are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.contract import RowRule
from model.features import Array
from model.windows import is_heard, is_unsure
from training.feature_set import FeatureSet
from training.metrics import bootstrap_interval
from training.score import SongLogits, verdicts_of
from training.split import PARTS, Split

LEAST_SHARE = 0.5  # of the songs: beyond the second to which so many last, what is left is chance
MOST_CONFUSIONS = 8


@dataclass(frozen=True)
class Told:
    """One song: its genres, those it was heard as, the likeliest one's probability, and the least of its own genres'.

    `is_unsure`: not likely enough to be named. Where songs have several genres `heard` may be none.
    """

    name: str
    genres: tuple[str, ...]
    heard: tuple[str, ...]
    confidence: float
    own_probability: float
    is_unsure: bool

    @property
    def is_right(self) -> bool:
        """Whether it was heard as exactly what it is."""
        return set(self.genres) == set(self.heard)


def told_songs(scored: Sequence[SongLogits], genres: Sequence[str], rule: RowRule) -> list[Told]:
    """In the songs' order."""
    return [
        _told(song, probabilities, genres, rule)
        for song, probabilities in zip(scored, verdicts_of(scored, rule), strict=True)
    ]


def _told(song: SongLogits, probabilities: Array, genres: Sequence[str], rule: RowRule) -> Told:
    named = is_heard(probabilities, rule.verdict_thresholds) if rule.is_multi_label else [probabilities.argmax()]
    heard = np.arange(len(genres))[named]
    return Told(
        name=song.track.name,
        genres=song.track.all_genres,
        heard=tuple(genres[number] for number in heard),
        confidence=float(probabilities.max()),
        own_probability=min(float(probabilities[genres.index(genre)]) for genre in song.track.all_genres),
        is_unsure=bool(is_unsure(probabilities, rule.verdict_bounds)),
    )


def worst_first(songs: Sequence[Told]) -> list[Told]:
    """Those heard wrongly: first what was taken for least likely to be what it is."""
    return sorted((song for song in songs if not song.is_right), key=lambda song: (song.own_probability, song.name))


def commonest_confusions(confusion: Array, genres: Sequence[str]) -> list[tuple[str, str, int, int]]:
    """(genre, heard as, songs, songs of the genre), most songs first."""
    found = [
        (genres[row], genres[column], int(n), int(confusion[row].sum()))
        for (row, column), n in np.ndenumerate(confusion)
        if n and row != column
    ]
    return sorted(found, key=lambda each: -each[2])[:MOST_CONFUSIONS]


# --- seconds ----------------------------------------------------------------------------------------------------------


def right_seconds(scored: Sequence[SongLogits]) -> list[Array]:
    """Of each song, of one genre, whether its rows are right: bool [rows]."""
    return [song.rows.argmax(axis=1) == song.genre for song in scored]


def share_right(right: Sequence[Array]) -> tuple[float, tuple[float, float]]:
    """Mean over songs, however long, of the share of their seconds that is right; 95 % interval over songs."""
    shares = np.array([each.mean() for each in right])
    return float(shares.mean()), bootstrap_interval(shares)


def share_right_by_second(right: Sequence[Array]) -> list[tuple[float, int]]:
    """Of each second of a song from the first on: share of songs of which it is right, and of how many."""
    longest = int(np.quantile([len(each) for each in right], 1 - LEAST_SHARE))
    lasting = [[each[second] for each in right if len(each) > second] for second in range(longest)]
    return [(float(np.mean(each)), len(each)) for each in lasting]


# --- the set ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GenreSongs:
    """Songs of one genre by the split's part, those in none, and the minutes of all."""

    genre: str
    n_by_part: dict[str, int]
    n_left_out: int
    minutes: float

    @property
    def n(self) -> int:
        """All of them."""
        return sum(self.n_by_part.values()) + self.n_left_out


def songs_by_genre(songs: FeatureSet, split: Split) -> list[GenreSongs]:
    """A song of several genres counts for each."""
    part_of = {name: part for part in PARTS for name in split[part]}
    counts = {genre: Counter[str]() for genre in songs.genres}
    seconds = dict.fromkeys(songs.genres, 0.0)
    for track in songs.tracks:
        for genre in track.all_genres:
            counts[genre][part_of.get(track.name, "")] += 1
            seconds[genre] += songs.chain.duration_s(track.n_frames)
    return [
        GenreSongs(genre, {part: found[part] for part in PARTS}, found[""], seconds[genre] / 60)
        for genre, found in counts.items()
    ]
