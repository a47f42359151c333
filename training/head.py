"""A first head for given weights: logistic regression on the embedding, before anything is fine-tuned.

A random head would shake the body's features apart in the first epochs (Kumar et al., "Fine-tuning can distort
pretrained features and underperform out-of-distribution", 2022).
"""

from __future__ import annotations

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from model.chunks import chunk_bounds
from model.contract import WindowLayout
from model.features import Float32
from model.windows import cut_windows, join_windows
from training.feature_set import FeatureSet, Track
from training.score import in_batches

INVERSE_REGULARISATION = 0.03  # of the values tried, the best on GTZAN's validation songs


Embeddings = dict[str, Float32]  # of songs, by name: [chunks, channels]


def fit_linear_head(
    network: keras.Model, songs: FeatureSet, layout: WindowLayout, known: Embeddings | None = None, chunk_s: float = 0
) -> None:
    """Set the network's last layer from the embeddings of whole songs or of their chunks of chunk_s, each song weighing
    the same.

    Of songs that are `known`, in such chunks, the body need not hear them again; those that it hears are added.
    """
    body = keras.Model(network.input, network.get_layer("embedding").output)
    known = {} if known is None else known
    for track in songs.tracks:
        if track.name not in known:
            known[track.name] = _embeddings(body, songs, track, layout, chunk_s)
    parts = [known[track.name] for track in songs.tracks]
    n_chunks = [len(part) for part in parts]
    targets = np.repeat([songs.genres.index(track.genre) for track in songs.tracks], n_chunks)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=INVERSE_REGULARISATION, max_iter=2000))
    shares = {"logisticregression__sample_weight": np.repeat(1 / np.array(n_chunks), n_chunks)} if chunk_s else {}
    classifier.fit(np.concatenate(parts), targets, **shares)
    scaler, regression = classifier[0], classifier[1]
    weights, bias = regression.coef_, regression.intercept_
    if len(songs.genres) == 2:  # scikit-learn then gives one row: the second genre's odds
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    kernel = (weights / scaler.scale_).T  # [channels, genres], for embeddings as they are
    network.get_layer("logits").set_weights([kernel[None, None], bias - scaler.mean_ @ kernel])


def _embeddings(body: keras.Model, songs: FeatureSet, track: Track, layout: WindowLayout, chunk_s: float) -> Float32:
    """[chunks, channels], the mean over each chunk's steps; of all windows alike where songs are not cut."""
    log_mel = songs.log_mel_of(track)
    windows = in_batches(body)(cut_windows(log_mel, layout))
    if not chunk_s:
        return np.asarray(windows.mean(axis=(0, 1, 2)))[np.newaxis]
    steps = join_windows(windows.mean(axis=2), len(log_mel), layout)
    n_a_chunk = max(1, round(chunk_s * songs.chain.frame_rate_hz / layout.frames_per_step))
    return np.stack([steps[first:end].mean(axis=0) for first, end in chunk_bounds(len(steps), n_a_chunk)])
