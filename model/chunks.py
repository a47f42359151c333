"""Where a song is cut into chunks of a length, as in most work on GTZAN."""

from __future__ import annotations

import numpy as np

from model.features import Array


def chunk_bounds(n: int, n_a_chunk: int) -> list[tuple[int, int]]:
    """First and end of each chunk of n rows, steps or frames, one at least.

    What is left at the end is a chunk of its own from half a chunk on, else part of the last one.
    """
    starts = [*range(0, n, n_a_chunk)]
    if len(starts) > 1 and n - starts[-1] < n_a_chunk / 2:
        starts.pop()
    return list(zip(starts, [*starts[1:], n], strict=True))


def chunk_means(rows: Array, n_a_chunk: int) -> Array:
    """[n, channels] to the mean of each chunk, [chunks, channels]."""
    return np.stack([rows[first:end].mean(axis=0) for first, end in chunk_bounds(len(rows), n_a_chunk)])
