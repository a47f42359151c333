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

from model.chunks import chunk_means
from model.contract import WindowLayout
from model.features import Array, Float32
from model.windows import cut_windows, join_windows
from training.feature_set import FeatureSet, Track
from training.score import in_batches
from training.targets import targets_of

INVERSE_REGULARISATION = 0.03  # of the values tried, the best on GTZAN's validation songs


Embeddings = dict[str, Float32]  # of songs, by name: [chunks, channels]


def fit_linear_head(
    network: keras.Model, songs: FeatureSet, layout: WindowLayout, known: Embeddings | None = None, chunk_s: float = 0
) -> None:
    """Set the network's last layer from the embeddings of whole songs or of their chunks of chunk_s, each song weighing
    the same. Where songs have several genres, each is told from all songs without it.

    Of songs that are `known`, in such chunks, the body need not hear them again; those that it hears are added.
    """
    body = embedding_body(network)
    known = {} if known is None else known
    for track in songs.tracks:
        if track.name not in known:
            known[track.name] = song_embeddings(body, songs, track, layout, chunk_s)
    parts = [known[track.name] for track in songs.tracks]
    n_chunks = [len(part) for part in parts]
    weights = np.repeat(1 / np.array(n_chunks), n_chunks) if chunk_s else None
    targets = np.repeat(targets_of(songs, songs.genres), n_chunks, axis=0)
    fit = _fit_each_genre if songs.is_multi_label else _fit_one_genre
    kernel, bias = fit(np.concatenate(parts), targets, weights)
    network.get_layer("logits").set_weights([kernel[None, None], bias])


def _fit_one_genre(embeddings: Float32, targets: Float32, weights: Array | None) -> tuple[Array, Array]:
    """Kernel [channels, genres], for embeddings as they are, and bias [genres]; weights [n], None where all are 1."""
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=INVERSE_REGULARISATION, max_iter=2000))
    shares = {} if weights is None else {"logisticregression__sample_weight": weights}
    classifier.fit(embeddings, targets.argmax(axis=1), **shares)
    scaler, regression = classifier[0], classifier[1]
    kernel, bias = regression.coef_, regression.intercept_
    if len(kernel) == 1:  # scikit-learn then gives one row: the second genre's odds
        kernel, bias = np.vstack([-kernel / 2, kernel / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return _unscaled(kernel, bias, scaler)


def _fit_each_genre(embeddings: Float32, targets: Float32, weights: Array | None) -> tuple[Array, Array]:
    """As _fit_one_genre. A genre that all songs have is told by its bias alone: there is nothing to compare with."""
    scaler = StandardScaler().fit(embeddings)
    scaled, n_genres = scaler.transform(embeddings), targets.shape[1]
    kernel, bias = np.zeros((n_genres, scaled.shape[1])), np.full(n_genres, np.log(len(scaled)))
    for genre in np.flatnonzero(targets.min(axis=0) == 0):
        regression = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=2000)
        regression.fit(scaled, targets[:, genre], sample_weight=weights)
        kernel[genre], bias[genre] = regression.coef_[0], regression.intercept_[0]
    return _unscaled(kernel, bias, scaler)


def _unscaled(kernel: Array, bias: Array, scaler: StandardScaler) -> tuple[Array, Array]:
    """For embeddings as they are, from a kernel [genres, channels] for scaled ones."""
    unscaled = (kernel / scaler.scale_).T
    return unscaled, bias - scaler.mean_ @ unscaled


def embedding_body(network: keras.Model) -> keras.Model:
    """The network up to what its last layer is told. Raises ValueError for one that has no such layer."""
    return keras.Model(network.input, network.get_layer("embedding").output)


def song_embeddings(
    body: keras.Model, songs: FeatureSet, track: Track, layout: WindowLayout, chunk_s: float = 0
) -> Float32:
    """[chunks, channels], the mean over each chunk's steps; of all windows alike where songs are not cut."""
    log_mel = songs.log_mel_of(track)
    windows = in_batches(body)(cut_windows(log_mel, layout))
    if not chunk_s:
        return np.asarray(windows.mean(axis=(0, 1, 2)))[np.newaxis]
    steps = join_windows(windows.mean(axis=2), len(log_mel), layout)
    n_a_chunk = max(1, round(chunk_s * songs.chain.frame_rate_hz / layout.frames_per_step))
    return chunk_means(steps, n_a_chunk)
