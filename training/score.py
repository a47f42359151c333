"""The network on whole songs, exactly as the server and the page run it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from model.contract import RowRule, WindowLayout
from model.features import Array, Float32, SignalChain
from model.windows import cut_windows, join_windows, row_logits, verdict_probabilities
from training.feature_set import FeatureSet, Track
from training.targets import targets_of

WindowLogits = Callable[[Float32], Float32]  # [windows, frames, n_mels] to [windows, steps, genres]


WINDOWS_A_BATCH = 8  # bounds memory on a song of hours; on a CPU more of them are slower


def in_batches(network: Any) -> WindowLogits:
    """A Keras network as a function of any number of windows."""

    def window_logits(windows: Float32) -> Float32:
        batches = (windows[i : i + WINDOWS_A_BATCH] for i in range(0, len(windows), WINDOWS_A_BATCH))
        return np.concatenate([network.predict_on_batch(batch) for batch in batches])

    return window_logits


@dataclass(frozen=True)
class SongLogits:
    """One song's row logits [rows, genres], the number of its genre, and which genres it has: 1 or 0, [genres]."""

    track: Track
    rows: Float32
    genre: int
    targets: Float32 = field(default_factory=lambda: np.zeros(0, np.float32))  # [0] where nobody asks for them


def song_logits(
    songs: FeatureSet, genres: tuple[str, ...], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> list[SongLogits]:
    """Every song through the network and the row rule. Raises TrainingError for a genre that is not among `genres`."""
    targets = targets_of(songs, genres)
    return [
        SongLogits(
            track,
            rows_of(songs.log_mel_of(track), songs.chain, network, layout, rule),
            genres.index(track.genre),
            targets[number],
        )
        for number, track in enumerate(songs.tracks)
    ]


def rows_of(
    log_mel: Float32, chain: SignalChain, network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> Float32:
    """log_mel [frames, n_mels] in dB to row logits [rows, genres]."""
    step_logits = join_windows(network(cut_windows(log_mel, layout)), len(log_mel), layout)
    return row_logits(step_logits, chain.duration_s(len(log_mel)), chain, layout, rule)


def verdicts_of(scored: Sequence[SongLogits], rule: RowRule) -> Array:
    """The songs' probabilities [songs, genres], all heard by one rule."""
    return np.stack([verdict_probabilities(song.rows, rule) for song in scored])


def targets_of_scored(scored: Sequence[SongLogits]) -> Float32:
    """Which genres the songs have, 1 or 0: [songs, genres]."""
    return np.stack([song.targets for song in scored])


def binary_cross_entropy(probabilities: Array, targets: Array, weights: Array | None = None) -> float:
    """Mean over n, weighted where weights [n] are given, of the sum over the genres, nats: probabilities and targets,
    0 to 1, both [n, genres].
    """
    yes, no = (np.log(np.maximum(p, 1e-12)) for p in (probabilities, 1 - probabilities))
    return float(np.average(-(targets * yes + (1 - targets) * no).sum(axis=1), weights=weights))


def negative_log_likelihood(probabilities: Array, genre: Array) -> float:
    """Mean -ln p of the true genre: probabilities [n, genres], genre int [n]."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(genre)), genre], 1e-12)).mean())
