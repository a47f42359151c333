"""A map of songs: where the network takes them to be alike, they lie together.

The embedding of each song, the mean of the last layer's input over its windows, laid out on a plane by t-SNE (van der
Maaten & Hinton, "Visualizing data using t-SNE", 2008). Near means alike; distances between far groups mean little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
from sklearn.manifold import TSNE
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from model.contract import WindowLayout
from model.features import Array, Float32
from training.feature_set import FeatureSet, Track
from training.head import embedding_body, song_embeddings

FEWEST_SONGS, MOST_SONGS = 5, 1500  # below, there is nothing to lay out; above, it takes longer than minutes
PERPLEXITY = 30.0  # as the paper has it, where there are so many songs


@dataclass(frozen=True)
class SongMap:
    """Songs and their places: x and y from 0 to 1 each, [songs, 2]. Of `n_left_out` more there was no room."""

    tracks: tuple[Track, ...]
    places: Array
    n_left_out: int = 0


def song_map(network: keras.Model, judged: FeatureSet, learned: FeatureSet, layout: WindowLayout) -> SongMap | None:
    """The songs judged and those learned from; drawn by chance, the judged ones first, where they are too many.

    None where they are too few, or the network has no layer called embedding, or one that is alike for all songs or
    no number, as that of a network whose training failed.
    """
    tracks = chosen_tracks(judged.tracks, learned.tracks)
    try:
        body = embedding_body(network)
    except ValueError:
        return None
    if len(tracks) < FEWEST_SONGS:
        return None
    vectors = np.concatenate([song_embeddings(body, judged, track, layout) for track in tracks])
    if not np.isfinite(vectors).all() or (vectors == vectors[0]).all():  # of which t-SNE makes no numbers, or crashes
        return None
    return SongMap(tracks, lay_out(vectors), len(judged.tracks) + len(learned.tracks) - len(tracks))


def chosen_tracks(judged: Sequence[Track], learned: Sequence[Track]) -> tuple[Track, ...]:
    """At most MOST_SONGS, those judged last: there they are drawn over the others."""
    first = _drawn(judged, MOST_SONGS)
    return (*_drawn(learned, MOST_SONGS - len(first)), *first)


def _drawn(tracks: Sequence[Track], n: int) -> list[Track]:
    if len(tracks) <= n:
        return list(tracks)
    return [tracks[place] for place in sorted(np.random.default_rng(0).permutation(len(tracks))[:n].tolist())]


def lay_out(vectors: Float32) -> Array:
    """[songs, channels] to places [songs, 2], 0 to 1: the same for the same vectors, on one thread."""
    scaled = StandardScaler().fit_transform(vectors)
    perplexity = min(PERPLEXITY, (len(vectors) - 1) / 3)
    with threadpool_limits(1):  # several threads add up in any order, and on a busy machine wait for each other
        places = TSNE(perplexity=perplexity, init="pca", random_state=0).fit_transform(scaled)
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-9))
