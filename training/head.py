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

from model.contract import WindowLayout
from model.features import Float32
from model.windows import cut_windows
from training.feature_set import FeatureSet
from training.score import in_batches

INVERSE_REGULARISATION = 0.03  # of the values tried, the best on GTZAN's validation songs


Embeddings = dict[str, Float32]  # of songs, by name


def fit_linear_head(
    network: keras.Model, songs: FeatureSet, layout: WindowLayout, known: Embeddings | None = None
) -> None:
    """Set the network's last layer from whole songs, their windows' embeddings averaged.

    Of songs that are `known` the body need not hear them again; those that it hears are added.
    """
    body = keras.Model(network.input, network.get_layer("embedding").output)
    known = {} if known is None else known
    for track in songs.tracks:
        if track.name not in known:
            known[track.name] = _embedding(body, songs.log_mel_of(track), layout)
    embeddings = np.stack([known[track.name] for track in songs.tracks])
    targets = np.array([songs.genres.index(track.genre) for track in songs.tracks])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=INVERSE_REGULARISATION, max_iter=2000))
    classifier.fit(embeddings, targets)
    scaler, regression = classifier[0], classifier[1]
    weights, bias = regression.coef_, regression.intercept_
    if len(songs.genres) == 2:  # scikit-learn then gives one row: the second genre's odds
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    kernel = (weights / scaler.scale_).T  # [channels, genres], for embeddings as they are
    network.get_layer("logits").set_weights([kernel[None, None], bias - scaler.mean_ @ kernel])


def _embedding(body: keras.Model, log_mel: Float32, layout: WindowLayout) -> Float32:
    return np.asarray(in_batches(body)(cut_windows(log_mel, layout)).mean(axis=(0, 1, 2)))
