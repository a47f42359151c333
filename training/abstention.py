"""When to name no genre: the probabilities below which a second, and a song, is unsure; and how often that is wrong.

The score is the top probability (Hendrycks & Gimpel, "A baseline for detecting misclassified and out-of-distribution
examples in neural networks", 2017). The threshold maximises Youden's J ("Index for rating diagnostic tests", 1950):
the share of rightly named seconds that stay named, plus the share of the others' seconds that are unsure, minus 1. A
wrongly named second is no loss, so that it has no say. J alone would give up half of the music for audio that hardly
anybody plays; how much may be given up is bounded beforehand, as in selective classification (Geifman & El-Yaniv,
"Selective classification for deep neural networks", 2017).

Conventions: every song weighs the same, however long. Songs of none of the genres have the genre NONE.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.contract import RowRule, WindowLayout
from model.features import Array
from model.windows import softmax, verdict_probabilities
from training.feature_set import FeatureSet
from training.score import SongLogits, WindowLogits, rows_of
from training.synthetic import MAKERS

NONE = -1
MOST_RIGHT_SECONDS_LOST, MOST_RIGHT_VERDICTS_LOST = 0.10, 0.05
THRESHOLDS = np.round(np.arange(0, 1, 0.001), 3)


@dataclass(frozen=True)
class Claims:
    """What would be named if nothing were unsure: seconds or verdicts, each [n].

    top: the probability of the likeliest genre; right: whether it is the song's; weight: those of a song sum to 1.
    """

    top: Array
    right: Array
    weight: Array

    def share_named(self, unsure_below: float) -> float:
        """Share of all claims that a threshold leaves."""
        return float(self.weight @ (self.top >= unsure_below) / self.weight.sum())

    def only_right(self) -> Claims:
        """The right ones alone."""
        return Claims(self.top[self.right], self.right[self.right], self.weight[self.right])


def second_claims(scored: Iterable[SongLogits], rule: RowRule) -> Claims:
    """Those of every second of the songs."""
    return _claims((softmax(song.rows, rule.temperature), song.genre) for song in scored)


def verdict_claims(scored: Iterable[SongLogits], rule: RowRule) -> Claims:
    """Those of the songs as wholes."""
    return _claims((verdict_probabilities(song.rows, rule)[np.newaxis], song.genre) for song in scored)


def _claims(songs: Iterable[tuple[Array, int]]) -> Claims:
    parts = [(p.max(axis=1), p.argmax(axis=1) == genre, np.full(len(p), 1 / len(p))) for p, genre in songs]
    top, right, weight = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Claims(top, right, weight)


def other_logits(
    sets: Iterable[FeatureSet], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> list[SongLogits]:
    """Recordings of none of the genres through the network and the row rule; their track's genre is their kind."""
    return [
        SongLogits(track, rows_of(songs.log_mel_of(track), songs.chain, network, layout, rule), NONE)
        for songs in sets
        for track in songs.tracks
    ]


def by_kind(scored_others: Iterable[SongLogits]) -> dict[str, list[SongLogits]]:
    """In the order in which the kinds first come."""
    kinds: dict[str, list[SongLogits]] = defaultdict(list)
    for song in scored_others:
        kinds[song.track.genre].append(song)
    return dict(kinds)


def fit_thresholds(scored_songs: Sequence[SongLogits], scored_others: Sequence[SongLogits], rule: RowRule) -> RowRule:
    """The rule, its temperatures fitted before, with both thresholds.

    Kinds of others weigh the same, all synthetic signals together being one kind. Where the network is right about
    no song there is nothing to lose, and it names nothing.
    """
    kinds: dict[str, list[SongLogits]] = defaultdict(list)
    for kind, songs in by_kind(scored_others).items():
        kinds["synthetic" if kind in MAKERS else kind] += songs
    seconds = [second_claims(songs, rule) for songs in kinds.values()]
    verdicts = [verdict_claims(songs, rule) for songs in kinds.values()]
    return replace(
        rule,
        unsure_below=best_threshold(second_claims(scored_songs, rule), seconds, MOST_RIGHT_SECONDS_LOST),
        verdict_unsure_below=best_threshold(verdict_claims(scored_songs, rule), verdicts, MOST_RIGHT_VERDICTS_LOST),
    )


def best_threshold(taught: Claims, others: Sequence[Claims], most_lost: float) -> float:
    """The least threshold of the greatest J among those that lose at most the share `most_lost` of the right claims."""
    right = taught.only_right()
    if not len(right.top):
        return float(THRESHOLDS[-1])
    kept = np.array([right.share_named(threshold) for threshold in THRESHOLDS])
    missed = np.array([np.mean([kind.share_named(threshold) for kind in others]) for threshold in THRESHOLDS])
    return float(THRESHOLDS[np.where(kept >= 1 - most_lost, kept - missed, -np.inf).argmax()])
