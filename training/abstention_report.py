"""How often the rule for being unsure is wrong: about music that was taught, and about each kind of other audio."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from model.contract import Contract, RowRule
from model.features import SignalChain
from training.abstention import Claims, by_kind, other_logits, second_claims, verdict_claims
from training.feature_set import FeatureSet
from training.metrics import bootstrap_interval_of_groups
from training.others import sets_for_test
from training.score import SongLogits, WindowLogits, song_logits
from training.split import hash_names
from training.targets import check_taught
from training.to_score import check_chain


def measure_abstention(
    songs: FeatureSet, others: FeatureSet | None, network: WindowLogits, contract: Contract
) -> dict[str, Any]:
    """`abstention_figures` of a model on songs of its genres, and on a set of others and synthetic signals.

    Of a kind with recordings of either sort, those shorter than the network's window, which repeats them, are a kind
    of their own.

    Raises TrainingError for a genre that the model was not taught, and for features made with another signal chain.
    """
    _check_songs(songs, contract)
    layout, rule = contract.windows, contract.rows
    scored = song_logits(songs, contract.genres, network, layout, rule)
    scored_others = other_logits(sets_for_test(others, contract.chain), network, layout, rule)
    return abstention_figures(scored, told_by_length(scored_others, layout.window_frames, contract.chain), rule)


def told_by_length(scored: Sequence[SongLogits], window_frames: int, chain: SignalChain) -> list[SongLogits]:
    """The recordings, the kind of those under a window being "noise, under 9.9 s" where "noise" has longer ones."""
    long = {song.track.genre for song in scored if song.track.n_frames >= window_frames}
    under = f"under {window_frames / chain.frame_rate_hz:.1f} s"

    def told(song: SongLogits) -> SongLogits:
        if song.track.n_frames >= window_frames or song.track.genre not in long:
            return song
        return replace(song, track=replace(song.track, genre=f"{song.track.genre}, {under}"))

    return [told(song) for song in scored]


def _check_songs(songs: FeatureSet, contract: Contract) -> None:
    check_chain(songs, contract)
    check_taught(songs.genres, contract.genres)


def others_label(others: FeatureSet | None, contract: Contract) -> str:
    """What the others are, and what they were to the model."""
    if others is None:
        return "synthetic signals alone"
    label, training = f"{len(others.tracks)} recordings and synthetic signals", contract.raw.get("training", {})
    if "others_sha256" not in training:
        return f"{label} - whether the model was trained on some of these recordings is not known"
    known = training["others_sha256"]
    if known == hash_names(track.name for track in others.tracks):
        return f"{label} - the model was trained to be unsure of these recordings: measure on others"
    if known:
        return f"{label} - not the set that the model was trained to be unsure of, which may hold some of them, too"
    return f"{label} - the model was trained to be unsure of signals like the latter alone"


def abstention_figures(
    scored_songs: Sequence[SongLogits], scored_others: Sequence[SongLogits], rule: RowRule
) -> dict[str, Any]:
    """Shares: of the taught songs' seconds and verdicts that are unsure (and of those among them that would have been
    right), of each other kind's that are named. Accuracies of what is named are None where nothing is.

    `seconds_auroc`: how probably a second of taught music has a higher top probability than one of this kind; it
    depends on no threshold. The intervals are of sources, folders of recordings.
    """
    seconds, verdicts = second_claims(scored_songs, rule), verdict_claims(scored_songs, rule)
    return {
        "unsure_below": rule.unsure_below,
        "verdict_unsure_below": rule.verdict_unsure_below,
        "taught": {
            "n_songs": len(scored_songs),
            **_of_taught("second", seconds, rule.unsure_below),
            **_of_taught("verdict", verdicts, rule.verdict_unsure_below),
        },
        "others": [_of_kind(kind, songs, seconds, rule) for kind, songs in by_kind(scored_others).items()],
    }


def _of_taught(what: str, claims: Claims, unsure_below: float) -> dict[str, float | None]:
    right, share_right = claims.only_right(), _share_right(claims)
    named = claims.top >= unsure_below
    return {
        f"{what}s_unsure": 1 - claims.share_named(unsure_below),
        f"right_{what}s_unsure": 1 - right.share_named(unsure_below) if len(right.top) else None,
        f"{what}_accuracy": share_right,
        f"{what}_accuracy_named": _share_right(Claims(claims.top[named], claims.right[named], claims.weight[named])),
    }


def _share_right(claims: Claims) -> float | None:
    return float(claims.weight @ claims.right / claims.weight.sum()) if len(claims.top) else None


def _of_kind(kind: str, songs: Sequence[SongLogits], taught: Claims, rule: RowRule) -> dict[str, Any]:
    seconds, sources = second_claims(songs, rule), _by_source(songs)

    def seconds_named(song: SongLogits) -> float:
        return second_claims([song], rule).share_named(rule.unsure_below)

    def verdict_named(song: SongLogits) -> float:
        return verdict_claims([song], rule).share_named(rule.verdict_unsure_below)

    return {
        "kind": kind,
        "n_songs": len(songs),
        "n_sources": len(sources),
        "seconds_named": seconds.share_named(rule.unsure_below),
        "seconds_named_ci95": _interval(sources, seconds_named),
        "verdicts_named": verdict_claims(songs, rule).share_named(rule.verdict_unsure_below),
        "verdicts_named_ci95": _interval(sources, verdict_named),
        "seconds_auroc": _auroc(taught, seconds),
    }


def _by_source(songs: Sequence[SongLogits]) -> list[list[SongLogits]]:
    """Recordings of one folder have the same speaker, maker or instrument; what lies in none stands for itself."""
    sources: dict[str, list[SongLogits]] = defaultdict(list)
    for number, song in enumerate(songs):
        folder, _, _ = song.track.name.rpartition("/")
        sources[folder or f"/{number}"].append(song)
    return list(sources.values())


def _interval(
    sources: Sequence[Sequence[SongLogits]], share_named: Callable[[SongLogits], float]
) -> list[float] | None:
    """95 % interval of the mean share, bootstrapped over sources; None where there is one alone.

    Recordings of one source are no independent draws.
    """
    if len(sources) < 2:
        return None
    return list(bootstrap_interval_of_groups([np.array([*map(share_named, songs)]) for songs in sources]))


def _auroc(taught: Claims, others: Claims) -> float:
    """Area under the curve of kept against missed seconds: 0.5 is chance, 1 a perfect division."""
    is_taught = np.concatenate([np.ones(len(taught.top)), np.zeros(len(others.top))])
    top, weight = (np.concatenate(pair) for pair in ((taught.top, others.top), (taught.weight, others.weight)))
    return float(roc_auc_score(is_taught, top, sample_weight=weight))


def as_lines(figures: dict[str, Any]) -> list[str]:
    """A table for the terminal, of the figures with the labels `songs` and `others_are`."""
    taught = figures["taught"]
    return [
        f"unsure below     {figures['unsure_below']:.3f} for seconds, {figures['verdict_unsure_below']:.3f} for songs",
        "",
        f"{figures['songs']}: {taught['n_songs']} songs of taught genres",
        f"{'':<22}{'unsure':>10}{'of the right':>14}{'right':>8}{'of the named':>14}",
        *(
            f"{what + 's':<22}{_percent(taught[f'{what}s_unsure']):>10}{_percent(taught[f'right_{what}s_unsure']):>14}"
            f"{_percent(taught[f'{what}_accuracy']):>8}{_percent(taught[f'{what}_accuracy_named']):>14}"
            for what in ("second", "verdict")
        ),
        "",
        f"{figures['others_are']}: of none of the genres, and named all the same",
        f"{'':<22}{'seconds':>10}{'songs':>8}{'AUROC':>8}{'n':>6}",
        *(
            f"{kind['kind']:<22}{_percent(kind['seconds_named']):>10}{_percent(kind['verdicts_named']):>8}"
            f"{kind['seconds_auroc']:>8.3f}{kind['n_songs']:>6}"
            for kind in figures["others"]
        ),
    ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
