"""Songs cut into chunks: what an epoch hears of each, and how many of them are judged right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.chunks import chunk_bounds, chunk_means
from model.contract import RowRule
from model.features import Array
from model.windows import verdict_rows
from training.feature_set import FeatureSet, Track
from training.metrics import bootstrap_interval_of_groups
from training.score import SongLogits

CHUNKS_S = (30, 3)  # as most work on GTZAN cuts songs


def in_chunks(songs: FeatureSet, chunk_s: float, window_frames: int) -> FeatureSet:
    """Every chunk as a track of its song's name: the frames of all windows whose middle lies in the chunk.

    A chunk shorter than a window so is heard with the music around it. All are of the songs given, so that a split of
    songs has all chunks of one on one side.
    """
    n_a_chunk = max(1, round(chunk_s * songs.chain.frame_rate_hz))
    return songs.only(chunk for track in songs.tracks for chunk in _chunks(track, n_a_chunk, window_frames))


def _chunks(track: Track, n_a_chunk: int, window_frames: int) -> list[Track]:
    before, chunks = window_frames // 2, []
    for first, end in chunk_bounds(track.n_frames, n_a_chunk):
        start = max(0, min(first - before, track.n_frames - window_frames))
        stop = min(track.n_frames, max(end - 1 - before, start) + window_frames)
        chunks.append(replace(track, first_frame=track.first_frame + start, n_frames=stop - start))
    return chunks


@dataclass(frozen=True)
class ChunkAccuracy:
    """Share of chunks right, with its 95 % interval (bootstrap over songs: chunks of one are not independent), and of
    songs whose commonest verdict among their chunks is right.
    """

    chunk_s: float
    n_chunks: int
    accuracy: float
    accuracy_ci95: tuple[float, float]
    mode_accuracy: float

    def to_json(self) -> dict[str, float | list[float]]:
        """Figures to four places."""
        return {
            "chunk_s": self.chunk_s,
            "n_chunks": self.n_chunks,
            "accuracy": round(self.accuracy, 4),
            "accuracy_ci95": [round(bound, 4) for bound in self.accuracy_ci95],
            "mode_accuracy": round(self.mode_accuracy, 4),
        }

    def as_text(self) -> str:
        """A line for the terminal."""
        low, high = self.accuracy_ci95
        return (
            f"{f'{self.chunk_s:g}-s chunks':<17}{self.accuracy:.3f}  (95 % interval {low:.3f} to {high:.3f}, bootstrap "
            f"over songs; {self.n_chunks} chunks; the commonest verdict of a song's chunks {self.mode_accuracy:.3f})"
        )


def chunk_accuracy(scored: Sequence[SongLogits], rules: Sequence[RowRule], chunk_s: float) -> ChunkAccuracy:
    """Of songs already scored, each heard by its own rule; a chunk's verdict is the mean of its rows."""
    right, modes = [], []
    for song, rule in zip(scored, rules, strict=True):
        chunks = chunk_means(verdict_rows(song.rows, rule), max(1, round(chunk_s / rule.step_s)))
        right.append(chunks.argmax(axis=1) == song.genre)
        modes.append(_mode(chunks) == song.genre)
    together = np.concatenate(right)
    return ChunkAccuracy(
        chunk_s, len(together), float(together.mean()), bootstrap_interval_of_groups(right), float(np.mean(modes))
    )


def _mode(chunks: Array) -> int:
    """The genre of most chunks; of equals the one that is likelier on the whole."""
    counts, mean = Counter(chunks.argmax(axis=1).tolist()), chunks.mean(axis=0)
    return int(max(counts, key=lambda genre: (counts[genre], mean[genre])))
