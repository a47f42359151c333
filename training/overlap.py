"""Songs heard through more windows than page and server take the time for: what averaging at test time would bring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model.contract import RowRule, WindowLayout
from model.features import Float32
from model.windows import cut_windows, n_steps, row_logits, window_starts
from training.feature_set import FeatureSet
from training.score import SongLogits, WindowLogits

STRIDE_FRAMES = 32  # a quarter of a window: all but the ends of a song are heard four times


def averaged_logits(
    songs: FeatureSet, genres: tuple[str, ...], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> list[SongLogits]:
    """As training.score.song_logits, from windows that overlap and the mean of what they say of each step."""
    scored = []
    for track in songs.tracks:
        log_mel, chain = songs.log_mel_of(track), songs.chain
        steps = _mean_steps(log_mel, network, replace(layout, window_stride_frames=STRIDE_FRAMES))
        rows = row_logits(steps, chain.duration_s(len(log_mel)), chain, layout, rule)
        scored.append(SongLogits(track, rows, genres.index(track.genre)))
    return scored


def _mean_steps(log_mel: Float32, network: WindowLogits, layout: WindowLayout) -> Float32:
    """log_mel [frames, n_mels] to logits [n_steps, genres], each step's the mean over the windows that hold it."""
    total = n_steps(len(log_mel), layout)
    logits = network(cut_windows(log_mel, layout))
    sums, counts = np.zeros((total, logits.shape[2])), np.zeros((total, 1))
    for start, window in zip(window_starts(len(log_mel), layout), logits, strict=True):
        steps = slice(start // layout.frames_per_step, start // layout.frames_per_step + len(window))
        sums[steps] += window[: total - steps.start]
        counts[steps] += 1
    return np.asarray(sums / counts, np.float32)
