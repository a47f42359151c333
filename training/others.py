"""Audio of none of the genres, shown to the network while it learns them, so that it is unsure of such audio.

Outlier exposure (Hendrycks, Mazeika & Dietterich, "Deep anomaly detection with outlier exposure", 2019): the target
of these windows is the same probability for every genre. A set of others is prepared like one of genres, a subfolder
a kind (speech, noise, …); the signals of training.synthetic are always among them.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path, PurePosixPath

import numpy as np

from model.contract import WindowLayout
from model.features import Float32, SignalChain
from training.augment import random_crop
from training.errors import TrainingError
from training.feature_set import FeatureSet, Track, open_feature_set
from training.run_folder import read_record, song_names
from training.split import grouped_split, hash_names, part_of_set
from training.synthetic import HELD_OUT, TEST_SEED, TRAINING, TRAINING_SEED, VALIDATION_SEED, synthetic_set

VALID_SHARE = 0.2  # of the others' recordings; for choosing when to be unsure, never trained on
SIGNALS_A_KIND = 16
Song = tuple[FeatureSet, Track]


def others_of_run(run: Path) -> FeatureSet | None:
    """The set of others that a run was trained with, if it was. Raises TrainingError when it is not there any more."""
    record = read_record(run)
    folder = record["options"].get("others")
    others = open_feature_set(Path(folder)) if folder else None
    known = record.get("others_sha256")
    if others and known and hash_names(song_names(others)) != known:
        raise TrainingError(
            f"{folder} no longer holds the recordings that {run} was trained with: some of those in it now may not be "
            "kept from training. Prepare it from the same files again, or train again"
        )
    return others


def split_others(others: FeatureSet) -> tuple[FeatureSet, FeatureSet]:
    """(for training, for validation), always the same for the same set. A folder below a kind's stays in one part:
    let it hold what belongs together, such as one speaker.

    Raises TrainingError when there are too few recordings for two parts.
    """
    groups = {track.name: _folder_in_kind(track) for track in others.tracks}
    try:
        split = grouped_split(others, groups, (1 - VALID_SHARE, VALID_SHARE, 0), seed=0)
    except TrainingError as error:
        raise TrainingError("the set of others holds too few recordings, or folders of them: add some") from error
    return part_of_set(others, split, "train"), part_of_set(others, split, "valid")


def _folder_in_kind(track: Track) -> str:
    """ "speech/anna" for speech/anna/1.wav; "" for speech/1.wav, which is its own group."""
    folder = PurePosixPath(track.name).parent
    return "" if len(folder.parts) < 2 else folder.as_posix()


def validation_sets(others: FeatureSet | None, chain: SignalChain) -> list[FeatureSet]:
    """What decides when to be unsure: the validation part of a set of others, if there is one, and signals made for it.

    Raises TrainingError when the set has too few recordings, or was made with another signal chain.
    """
    signals = synthetic_set(chain, TRAINING, VALIDATION_SEED, SIGNALS_A_KIND)
    return [*([split_others(_checked(others, chain))[1]] if others else []), signals]


def sets_for_test(others: FeatureSet | None, chain: SignalChain) -> list[FeatureSet]:
    """What abstention is measured on: all of a set that nothing was trained on, if there is one, and other signals.

    Raises TrainingError when the set was made with another signal chain.
    """
    signals = synthetic_set(chain, HELD_OUT, TEST_SEED, SIGNALS_A_KIND)
    return [*([_checked(others, chain)] if others else []), signals]


def _checked(others: FeatureSet, chain: SignalChain) -> FeatureSet:
    if others.chain != chain:
        raise TrainingError("the set of others was made with another signal chain: run `python -m training prepare`")
    return others


class OtherWindows:
    """Random windows of the training part of a set of others, and of synthetic signals: each of its kinds equally
    often, all synthetic signals together being one kind. Without a set, synthetic signals alone.

    The same seed, epoch and index give the same windows. Raises TrainingError when the set has too few recordings,
    or was made with another signal chain.
    """

    def __init__(self, others: FeatureSet | None, chain: SignalChain, layout: WindowLayout, seed: int) -> None:
        signals = synthetic_set(chain, TRAINING, TRAINING_SEED, SIGNALS_A_KIND)
        by_kind: dict[str, list[Song]] = defaultdict(list)
        for songs in [split_others(_checked(others, chain))[0]] if others else []:
            for track in songs.tracks:
                by_kind[track.genre].append((songs, track))
        self._kinds = [*by_kind.values(), [(signals, track) for track in signals.tracks]]
        self._layout, self._seed = layout, seed

    def draw(self, n: int, epoch: int, index: int) -> Float32:
        """float32 [n, window_frames, n_mels] in dB as the chain gives them: silence is quiet, and to be left so."""
        rng = np.random.default_rng([self._seed, epoch, index])
        return np.stack([self._window(rng) for _ in range(n)])

    def _window(self, rng: np.random.Generator) -> Float32:
        songs = self._kinds[rng.integers(len(self._kinds))]
        source, track = songs[rng.integers(len(songs))]
        return random_crop(source.log_mel_of(track), self._layout.window_frames, rng)
