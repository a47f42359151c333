"""Small sets of made-up music that training can be tried on in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

from model.contract import WindowLayout
from model.features import SignalChain
from model.network import build_network
from training.augment import Augmentation
from training.batches import TrainingBatches
from training.feature_set import FeatureSet, FeatureSetWriter, open_feature_set
from training.others import OtherWindows
from training.targets import targets_of

N_MELS = SignalChain().n_mels


def toy_log_mel(genre: int, seed: int, n_frames: int = 200) -> np.ndarray:
    """Noise with a loud band whose place says the genre: float32 [n_frames, n_mels] in dB."""
    rng = np.random.default_rng([genre, seed])
    level_db = rng.normal(-50, 6, (n_frames, N_MELS))
    level_db[:, 20 + 30 * genre : 40 + 30 * genre] += 35
    return level_db.astype(np.float32)


def toy_set(folder: Path, n_songs: int = 16, genres: tuple[str, ...] = ("drone", "hum", "whistle")) -> FeatureSet:
    """A prepared set of `n_songs` a genre; every fourth song is for validation."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = FeatureSetWriter(folder, SignalChain())
    for number, genre in enumerate(genres):
        for song in range(n_songs):
            part = "valid" if song % 4 == 0 else "train"
            writer.add(f"{genre}/{song}", genre, toy_log_mel(number, song), split=part)
    writer.finish({})
    return open_feature_set(folder)


def log_mel_of_several(bands: tuple[int, ...], seed: int) -> np.ndarray:
    """toy_log_mel with the loud bands of several genres, or of none."""
    if not bands:
        return np.random.default_rng(seed).normal(-50, 6, (200, N_MELS)).astype(np.float32)
    return np.max([toy_log_mel(band, seed) for band in bands], axis=0)


def set_of_several(folder: Path, n_songs: int = 4, genres: tuple[str, ...] = ("drone", "hum", "whistle")) -> FeatureSet:
    """A prepared set of songs of one and of two genres, `n_songs` of each kind; every fourth is for validation."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = FeatureSetWriter(folder, SignalChain())
    for bands in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2)):
        has = tuple(genres[band] for band in bands)
        for song in range(n_songs):
            name, sound = f"{'+'.join(has)}/{song}", log_mel_of_several(bands, song)
            writer.add(name, has[0], sound, split="train" if song % 4 else "valid", genres=has)
    writer.finish({})
    return open_feature_set(folder)


def part(songs: FeatureSet, name: str) -> FeatureSet:
    """The tracks whose own split says so."""
    return songs.only(track for track in songs.tracks if track.split == name)


def batches_of(songs: FeatureSet, others: OtherWindows, **changed: Any) -> TrainingBatches:
    """With the songs' labels as targets, augmentation as it is, and seed 0, but for what is changed."""
    usual: dict[str, Any] = {"augmentation": Augmentation(), "seed": 0}
    if "targets" not in changed:
        usual["targets"] = targets_of(songs, songs.genres)
    return TrainingBatches(songs, layout=WindowLayout(), others=others, **usual | changed)


def busy_network(architecture: str, n_genres: int = 3, seed: int = 0) -> keras.Model:
    """A network whose batch norms and biases all have something to do."""
    keras.utils.set_random_seed(seed)
    network = build_network(architecture, n_genres, N_MELS, WindowLayout())
    rng = np.random.default_rng(seed)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = (np.shape(w) for w in layer.get_weights())
            layer.set_weights([rng.uniform(0.5, 2, gamma), rng.normal(0, 1, beta), rng.normal(0, 1, mean),
                               rng.uniform(0.5, 2, variance)])  # fmt: skip
        elif getattr(layer, "use_bias", False):
            kernel, bias = layer.get_weights()
            layer.set_weights([kernel, rng.normal(0, 0.1, bias.shape)])
    return network
