"""How sure a verdict of a short song may be.

The verdict's temperature is fitted on whole songs, of which most seconds agree with one another. Of a short song there
are few, whose mean is hardly better founded than one of them: at the same temperature it would claim too much. A
further temperature, and up to which length there is some of it, are fitted on the middles of the same songs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.contract import Contract, RowRule, WindowLayout
from model.windows import is_unsure
from training.calibrate import fit_short_temperature
from training.contract_file import write_contract
from training.feature_set import FeatureSet, Track
from training.score import SongLogits, WindowLogits, negative_log_likelihood, song_logits, verdicts_of

LENGTHS_S = (1, 2, 4, 8, 16)
LONGEST_S = 30.0  # as GTZAN's clips: what a verdict of a longer song would gain is not known
SHORTEST_SHARE = 0.1  # of the songs may be shorter than what counts as whole


Middles = dict[int, list[SongLogits]]  # by length in seconds


def middles_of(
    songs: FeatureSet, genres: tuple[str, ...], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> Middles:
    """The middles of longer songs, as if each were a song."""
    found = {}
    for length_s in LENGTHS_S:
        n_frames = songs.chain.n_frames(length_s * songs.chain.sample_rate_hz)
        cut = songs.only(_middle(track, n_frames) for track in songs.tracks if track.n_frames > n_frames)
        if cut.tracks:
            found[length_s] = song_logits(cut, genres, network, layout, rule)
    return found


def _middle(track: Track, n_frames: int) -> Track:
    return replace(track, first_frame=track.first_frame + (track.n_frames - n_frames) // 2, n_frames=n_frames)


def with_short_songs(songs: FeatureSet, middles: Middles, rule: RowRule) -> RowRule:
    """The rule, its temperatures fitted on these songs, with what makes it less sure of shorter ones, by their middles.

    Songs so short that there are no shorter ones to be cut of them leave the rule as it is.
    """
    durations_s = [songs.chain.duration_s(track.n_frames) for track in songs.tracks]
    whole_s = min(LONGEST_S, float(np.floor(np.quantile(durations_s, SHORTEST_SHARE))))
    plain = replace(rule, short_verdict_temperature=1.0, short_verdict_below_s=1.0)
    short = {length_s: scored for length_s, scored in middles.items() if length_s < whole_s}
    if not short:
        return plain
    ends_s = [*(float(length_s) for length_s in short if length_s > 1), whole_s]
    fitted = [fit_short_temperature([*short.values()], replace(plain, short_verdict_below_s=s)) for s in ends_s]
    return min(fitted, key=lambda each: each[1])[0]


@dataclass(frozen=True)
class OfLength:
    """Songs cut to a length: how many of the verdicts are right, how sure they are on average, and how many unsure.

    confidence_of_whole is how sure they would be at the temperature of whole songs; the surprises are the mean negative
    log-likelihoods of both, in nats.
    """

    length_s: int
    n_songs: int
    accuracy: float
    confidence: float
    confidence_of_whole: float
    surprise: float
    surprise_of_whole: float
    unsure: float

    def to_json(self) -> dict[str, float]:
        """Figures to four places."""
        return {key: round(value, 4) for key, value in vars(self).items()}


def figures_by_length(middles: Middles, rule: RowRule) -> list[OfLength]:
    """Of songs of one genre each, as middles_of gives them."""
    return [_figures(length_s, scored, rule) for length_s, scored in middles.items()]


def _figures(length_s: int, scored: Sequence[SongLogits], rule: RowRule) -> OfLength:
    told, of_whole = (verdicts_of(scored, each) for each in (rule, replace(rule, short_verdict_temperature=1.0)))
    genre = np.array([song.genre for song in scored])
    return OfLength(
        length_s,
        len(scored),
        float((told.argmax(axis=1) == genre).mean()),
        float(told.max(axis=1).mean()),
        float(of_whole.max(axis=1).mean()),
        negative_log_likelihood(told, genre),
        negative_log_likelihood(of_whole, genre),
        float(is_unsure(told, rule.verdict_bounds).mean()),
    )


def table_by_length(figures: Sequence[OfLength]) -> list[str]:
    """For the terminal: confidences and surprises as they are told, and as they were told of whole songs."""
    return [
        f"{'middle alone':<14}{'right':>8}{'confidence':>20}{'surprise (nats)':>20}{'unsure':>9}{'songs':>7}",
        *(
            f"{f'{each.length_s} s':<14}{each.accuracy:>8.3f}"
            f"{f'{each.confidence:.3f}, not {each.confidence_of_whole:.3f}':>20}"
            f"{f'{each.surprise:.3f}, not {each.surprise_of_whole:.3f}':>20}"
            f"{each.unsure:>9.1%}{each.n_songs:>7}"
            for each in figures
        ),
    ]


def write_short_verdicts(contract: Contract, rule: RowRule) -> None:
    """Put what the rule says of short songs into the model's contract; all else, its version too, stays as it is."""
    keys = ("short_verdict_temperature", "short_verdict_below_s")
    rows = {**contract.raw["rows"], **{key: getattr(rule, key) for key in keys}}
    write_contract(contract.folder, {**contract.raw, "rows": rows})
