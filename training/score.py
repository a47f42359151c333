"""The network on whole songs, exactly as the server and the page run it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.contract import RowRule, WindowLayout
from model.features import Array, Float32
from model.windows import cut_windows, join_windows, row_logits
from training.feature_set import FeatureSet, Track

WindowLogits = Callable[[Float32], Float32]  # [windows, frames, n_mels] to [windows, steps, genres]


@dataclass(frozen=True)
class SongLogits:
    """One song's row logits [rows, genres] and the number of its genre."""

    track: Track
    rows: Float32
    genre: int


def song_logits(
    songs: FeatureSet, genres: tuple[str, ...], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> list[SongLogits]:
    """Every song through the network and the row rule."""
    return [
        SongLogits(track, _rows_of(songs, track, network, layout, rule), genres.index(track.genre))
        for track in songs.tracks
    ]


def _rows_of(songs: FeatureSet, track: Track, network: WindowLogits, layout: WindowLayout, rule: RowRule) -> Float32:
    log_mel = songs.log_mel_of(track)
    step_logits = join_windows(network(cut_windows(log_mel, layout)), len(log_mel), layout)
    chain = songs.chain
    duration_s = (len(log_mel) * chain.hop_length + chain.n_fft - chain.hop_length) / chain.sample_rate_hz
    return row_logits(step_logits, duration_s, chain, layout, rule)


def negative_log_likelihood(probabilities: Array, genre: Array) -> float:
    """Mean -ln p of the true genre: probabilities [n, genres], genre int [n]."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(genre)), genre], 1e-12)).mean())
