"""Whether explanations say what the network hears: what is marked is deleted, and networks are randomised.

Deletion: of each row's window the most relevant cells are replaced, and the genre's probability is to fall more than
for as many others, those farthest from the usual among them: relevance is that distance times the gradient. Sanity: a
network whose weights were shuffled, layer after layer from the output on, is to be explained otherwise (Adebayo et al.,
"Sanity checks for saliency maps", 2018); else the picture is the sound's alone.

Conventions: a row a song, drawn at random; the genre is the row's likeliest. Marks are bool [n, window_frames, n_mels].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
from scipy.stats import spearmanr

from model.contract import Contract
from model.features import Array, Float32
from model.network import DYNAMIC_RANGE_DB
from model.windows import row_probabilities
from training.errors import TrainingError
from training.explanation import (
    Asked,
    Explainer,
    frames_of_row,
    levels_of,
    peaks_db,
    shares_of_row,
    steps_of_row,
    usual_levels,
)
from training.feature_set import FeatureSet
from training.metrics import bootstrap_interval
from training.score import in_batches, rows_of

SHARES = (0.02, 0.05, 0.1, 0.2)  # of a window's cells
BEYOND = ("moved_in_mel", "moved", "farthest")  # the marks that the page's are held against
N_POINTS = 16  # of integrated gradients
SANITY_ROWS, SANITY_SEEDS = 50, (0, 1, 2)
SEED = 0


def draw_rows(songs: FeatureSet, contract: Contract, seed: int = SEED) -> list[tuple[int, int, range]]:
    """Song, row and frames: a row of each song around which there is all of a window, and a step more behind it."""
    rng, layout = np.random.default_rng(seed), contract.windows
    drawn = []
    for number, track in enumerate(songs.tracks):
        n_rows = int(songs.chain.duration_s(track.n_frames) / contract.rows.step_s)
        known = range(track.n_frames // layout.frames_per_step)
        whole = []
        for row in range(n_rows if len(known) > layout.window_steps else 0):
            steps = steps_of_row(row, known, contract)
            first = (steps.start + steps.stop - layout.window_steps) // 2
            if 0 <= first < len(known) - layout.window_steps:
                whole.append(row)
        if whole:
            row = int(rng.choice(whole))
            drawn.append((number, row, frames_of_row(row, track.n_frames, contract)))
    if not drawn:
        raise TrainingError("an explanation takes songs that are longer than a window of the network, and none is")
    return drawn


def measure_faithfulness(songs: FeatureSet, network: keras.Model, contract: Contract) -> dict[str, Any]:
    """What explanation.json says. Raises TrainingError for songs that are all too short."""
    drawn = draw_rows(songs, contract)
    explainer = Explainer(network, contract.rows)
    asked = _asked(songs, drawn, explainer, contract)
    probability = _probability(explainer, asked, asked.windows)
    relevance = {"gradient": explainer.relevance(asked), "integrated": explainer.integrated(asked, N_POINTS)}
    return {
        "n_rows": len(drawn),
        "seed": SEED,
        "n_points": N_POINTS,
        "probability": float(probability.mean()),
        "differs_from_chart": _difference_from_chart(songs, drawn, asked, probability, network, contract),
        "deletion": _deletion(explainer, asked, probability, relevance),
        "sanity": _sanity(songs, drawn, network, asked, relevance, contract),
    }


def _asked(songs: FeatureSet, drawn: list[tuple[int, int, range]], explainer: Explainer, contract: Contract) -> Asked:
    """The drawn rows, and their likeliest genres."""
    windows, shares = _windows(songs, drawn, contract)
    return Asked(windows, shares, explainer.row_logits(windows, shares).argmax(axis=1).astype(np.int32))


def _windows(
    songs: FeatureSet, drawn: list[tuple[int, int, range]], contract: Contract, shift: int = 0
) -> tuple[Float32, Float32]:
    """The rows' windows, so many frames later than they lie, and shares."""
    moved = [(songs.tracks[song], row, range(f.start + shift, f.stop + shift)) for song, row, f in drawn]
    windows = np.stack([songs.log_mel_of(track)[frames.start : frames.stop] for track, _, frames in moved])
    return windows, np.stack([shares_of_row(row, frames, contract) for _, row, frames in moved])


def _probability(explainer: Explainer, asked: Asked, windows: Float32) -> Array:
    """Of the genres asked for, by windows that may have been changed: [n]."""
    found = explainer.probabilities(windows, asked.shares)
    return np.asarray(found[np.arange(len(found)), asked.genres])


def _difference_from_chart(
    songs: FeatureSet,
    drawn: list[tuple[int, int, range]],
    asked: Asked,
    probability: Array,
    network: keras.Model,
    contract: Contract,
) -> float:
    """Mean distance from the rows' probabilities on the chart, where other windows show them."""
    far = []
    for (song, row, _), genre, found in zip(drawn, asked.genres, probability, strict=True):
        log_mel = songs.log_mel_of(songs.tracks[song])
        logits = rows_of(log_mel, songs.chain, in_batches(network), contract.windows, contract.rows)
        far.append(abs(row_probabilities(logits, contract.rows)[row, genre] - found))
    return float(np.mean(far))


# --- deletion -------------------------------------------------------------------------------------------------------


def most(scores: Float32, share: float) -> Array:
    """The marks of the share of cells with the highest scores, as many in each window."""
    n = round(share * scores[0].size)
    flat = scores.reshape(len(scores), -1)
    marks = np.zeros(flat.shape, bool)
    np.put_along_axis(marks, np.argpartition(-flat, n - 1, axis=1)[:, :n], True, axis=1)
    return marks.reshape(scores.shape)


def moved(marks: Array, rng: np.random.Generator, in_time: bool = True) -> Array:
    """Each window's marks elsewhere, going on at the other end: their shape and number stay, patches remain patches."""
    n_frames, n_mels = marks.shape[1:]
    places = [(int(rng.integers(n_frames)) if in_time else 0, int(rng.integers(n_mels))) for _ in marks]
    return np.stack([np.roll(mark, place, (0, 1)) for mark, place in zip(marks, places, strict=True)])


def _marks(relevance: Mapping[str, Float32], levels: Float32, share: float) -> Iterator[tuple[str, Array]]:
    rng = np.random.default_rng(SEED)
    for name, found in relevance.items():
        yield name, most(found, share)
    page = most(relevance["gradient"], share)
    yield "moved_in_mel", moved(page, rng, in_time=False)
    yield "moved", moved(page, rng)
    yield "random", most(np.asarray(rng.random(levels.shape), np.float32), share)
    yield "loudest", most(levels, share)
    yield "farthest", most(np.abs(levels - usual_levels(levels)), share)


def _deletion(
    explainer: Explainer, asked: Asked, probability: Array, relevance: Mapping[str, Float32]
) -> list[dict[str, Any]]:
    """By share of the cells and by what takes their place: how far the probability falls, for each kind of mark."""
    levels, peaks = levels_of(asked.windows), peaks_db(asked.windows)
    places = {"usual": usual_levels(levels), "silence": np.full_like(levels, -DYNAMIC_RANGE_DB)}
    found = []
    for share in SHARES:
        marks = dict(_marks(relevance, levels, share))
        for place, other in places.items():
            drops = {
                name: probability - _probability(explainer, asked, np.where(mark, peaks + other, asked.windows))
                for name, mark in marks.items()
            }
            beyond = {name: _mean_with_interval(drops["gradient"] - drops[name]) for name in BEYOND}
            falls = {name: _mean_with_interval(drop) for name, drop in drops.items()}
            found.append({"share": share, "by": place, "falls": falls, "beyond": beyond})
    return found


def _mean_with_interval(values: Array) -> dict[str, Any]:
    return {"mean": float(values.mean()), "ci95": bootstrap_interval(values)}


# --- sanity ---------------------------------------------------------------------------------------------------------


def shuffled(network: keras.Model, n_layers: int, seed: int) -> keras.Model:
    """A copy whose last n layers that have weights have each of their arrays in random order."""
    rng, copy = np.random.default_rng(seed), keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    for layer in learned_layers(copy)[-n_layers:]:
        layer.set_weights([rng.permutation(weights.ravel()).reshape(weights.shape) for weights in layer.get_weights()])
    return copy


def learned_layers(network: keras.Model) -> list[Any]:
    """Those with weights, in the order of hearing."""
    return [layer for layer in network.layers if layer.trainable_weights]


def likeness(first: Float32, second: Float32) -> dict[str, float]:
    """Spearman's rank correlation over the cells, mean over the windows: of relevance, and of its absolute value."""
    pairs = [(a.ravel(), b.ravel()) for a, b in zip(first, second, strict=True)]
    signed = [_rank_correlation(a, b) for a, b in pairs]
    absolute = [_rank_correlation(np.abs(a), np.abs(b)) for a, b in pairs]
    return {"signed": float(np.mean(signed)), "absolute": float(np.mean(absolute))}


def _rank_correlation(first: Float32, second: Float32) -> float:
    """0 where either is the same everywhere, as in a silent window, in which nothing is relevant."""
    if first.min() == first.max() or second.min() == second.max():
        return 0.0
    return float(spearmanr(first, second).statistic)


def _sanity(
    songs: FeatureSet,
    drawn: list[tuple[int, int, range]],
    network: keras.Model,
    asked: Asked,
    relevance: Mapping[str, Float32],
    contract: Contract,
) -> dict[str, Any]:
    chosen = np.unique(np.linspace(0, len(drawn) - 1, min(SANITY_ROWS, len(drawn))).round().astype(int))
    few = Asked(asked.windows[chosen], asked.shares[chosen], asked.genres[chosen])
    own = relevance["gradient"][chosen]
    step = contract.windows.frames_per_step
    later_windows, later_shares = _windows(songs, [drawn[i] for i in chosen], contract, shift=step)
    later = Explainer(network, contract.rows).relevance(Asked(later_windows, later_shares, few.genres))
    n_learned = len(learned_layers(network))
    return {
        "n_rows": len(chosen),
        "seeds": list(SANITY_SEEDS),
        "n_layers": n_learned,
        "later_window": likeness(own[:, step:], later[:, :-step]),
        "integrated": likeness(own, relevance["integrated"][chosen]),
        "shuffled": [
            {"layers": n, **_likeness_to_shuffled(network, n, few, own, contract)}
            for n in sorted({1, n_learned // 3, 2 * n_learned // 3, n_learned})
        ],
    }


def _likeness_to_shuffled(
    network: keras.Model, n_layers: int, few: Asked, own: Float32, contract: Contract
) -> dict[str, float]:
    """Mean over the seeds."""
    found = [
        likeness(own, Explainer(shuffled(network, n_layers, seed), contract.rows).relevance(few))
        for seed in SANITY_SEEDS
    ]
    return {kind: float(np.mean([one[kind] for one in found])) for kind in ("signed", "absolute")}


# --- in words -------------------------------------------------------------------------------------------------------


def as_lines(figures: Mapping[str, Any]) -> list[str]:
    """What the command prints."""
    lines = [
        f"{figures['n_rows']} seconds, one a song, of a mean probability of {figures['probability']:.3f} "
        f"({figures['differs_from_chart']:.3f} from the chart's)"
    ]
    for row in figures["deletion"]:
        falls = ", ".join(f"{name} {fall['mean']:.3f}" for name, fall in row["falls"].items())
        lines.append(f"{row['share']:.0%} of the cells replaced by what is {row['by']}, it falls by: {falls}")
    sanity = figures["sanity"]
    kinds = [("integrated gradients", sanity["integrated"]), ("a window one step later", sanity["later_window"])]
    kinds += [(f"the last {row['layers']} of {sanity['n_layers']} layers shuffled", row) for row in sanity["shuffled"]]
    lines += [
        f"rank correlation with {name}: {row['signed']:.3f}, unsigned {row['absolute']:.3f}" for name, row in kinds
    ]
    return lines
