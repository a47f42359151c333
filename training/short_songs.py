"""How sure a verdict of a short song may be.

The verdict's temperature is fitted on whole songs, of which most seconds agree with one another. Of a short song there
are few, whose mean is no better founded than one of them: at the same temperature it would claim too much. A further
temperature is fitted on the middles of the same songs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.contract import Contract, RowRule, WindowLayout
from model.whole_files import stand_in
from model.windows import is_unsure
from training.calibrate import fit_short_temperature
from training.feature_set import FeatureSet, Track
from training.score import SongLogits, WindowLogits, song_logits, verdicts_of

LENGTHS_S = (1, 2, 4, 8, 16)
LONGEST_S = 30.0  # beyond it nothing is known to change; GTZAN's clips are as long


def with_short_songs(
    songs: FeatureSet, genres: tuple[str, ...], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> RowRule:
    """The rule, its temperatures fitted on these songs, with what makes it less sure of shorter ones.

    Songs so short that there are no shorter ones to be cut of them leave the rule as it is.
    """
    below_s = min(LONGEST_S, float(np.median([songs.chain.duration_s(track.n_frames) for track in songs.tracks])))
    rule = replace(rule, short_verdict_below_s=round(below_s, 1), short_verdict_temperature=1.0)
    middles = middles_of(songs, genres, network, layout, rule)
    if not middles:
        return replace(rule, short_verdict_below_s=1.0)
    return fit_short_temperature([song for scored in middles.values() for song in scored], rule)


def middles_of(
    songs: FeatureSet, genres: tuple[str, ...], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> dict[int, list[SongLogits]]:
    """By length in seconds, the songs' middles, as if each were a song: of lengths that count as short, and of songs
    that are longer than that.
    """
    found = {}
    for length_s in LENGTHS_S:
        n_frames = round(length_s * songs.chain.frame_rate_hz)
        cut = songs.only(_middle(track, n_frames) for track in songs.tracks if track.n_frames > n_frames)
        if length_s < rule.short_verdict_below_s and cut.tracks:
            found[length_s] = song_logits(cut, genres, network, layout, rule)
    return found


def _middle(track: Track, n_frames: int) -> Track:
    return replace(track, first_frame=track.first_frame + (track.n_frames - n_frames) // 2, n_frames=n_frames)


@dataclass(frozen=True)
class OfLength:
    """Songs cut to a length: how many of the verdicts are right, how sure they are on average, and how many unsure.

    confidence_of_whole is how sure they would be at the temperature of whole songs.
    """

    length_s: int
    n_songs: int
    accuracy: float
    confidence: float
    confidence_of_whole: float
    unsure: float

    def to_json(self) -> dict[str, float]:
        """Figures to four places."""
        return {key: round(value, 4) for key, value in vars(self).items()}


def figures_by_length(middles: dict[int, list[SongLogits]], rule: RowRule) -> list[OfLength]:
    """Of songs of one genre each, as middles_of gives them."""
    return [_figures(length_s, scored, rule) for length_s, scored in middles.items()]


def _figures(length_s: int, scored: Sequence[SongLogits], rule: RowRule) -> OfLength:
    told, of_whole = (verdicts_of(scored, each) for each in (rule, replace(rule, short_verdict_temperature=1.0)))
    right = told.argmax(axis=1) == [song.genre for song in scored]
    return OfLength(
        length_s,
        len(scored),
        float(right.mean()),
        float(told.max(axis=1).mean()),
        float(of_whole.max(axis=1).mean()),
        float(is_unsure(told, rule.verdict_bounds).mean()),
    )


def table_by_length(figures: Sequence[OfLength]) -> list[str]:
    """For the terminal."""
    return [
        f"{'middle alone':<16}{'right':>10}{'confidence':>12}{'as of whole songs':>19}{'unsure':>8}{'songs':>7}",
        *(
            f"{f'{each.length_s} s':<16}{each.accuracy:>10.3f}{each.confidence:>12.3f}{each.confidence_of_whole:>19.3f}"
            f"{each.unsure:>8.1%}{each.n_songs:>7}"
            for each in figures
        ),
    ]


def write_short_verdicts(contract: Contract, rule: RowRule) -> None:
    """Put what the rule says of short songs into the model's contract; all else, its version too, stays as it is."""
    keys = ("short_verdict_temperature", "short_verdict_below_s")
    rows = {**contract.raw["rows"], **{key: getattr(rule, key) for key in keys}}
    with stand_in(contract.folder / "contract.json") as fresh:
        fresh.write_text(json.dumps({**contract.raw, "rows": rows}, ensure_ascii=False, indent=1) + "\n", "utf-8")
