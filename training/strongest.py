"""The strongest places of every channel among all songs, one a song, in arrays of a size that no data set changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from model.features import Array, Float32
from model.whole_files import stand_in
from training.errors import TrainingError

NOBODY = -1  # in place of a song's number

# Of each excerpt: its activation, the number of its song, the window that it was found in (the first frame of the song
# and the one after its last), the number of the place in the layer's output, and the level in dB that this window was
# heard relative to.
KINDS = {
    "activation": np.float32,
    "song": np.int32,
    "window_start": np.int32,
    "window_end": np.int32,
    "place": np.int32,
    "peak_db": np.float32,
}


class Strongest:
    """`of[kind]` is [channels, count] for each of KINDS, strongest first; of equals the earlier song."""

    def __init__(self, n_channels: int, count: int) -> None:
        self.of = {kind: np.zeros((n_channels, count), dtype) for kind, dtype in KINDS.items()}
        self.of["activation"][:] = -np.inf
        self.of["song"][:] = NOBODY

    def offer(self, song: int, best: Mapping[str, Array]) -> None:
        """A song's best of each channel, [channels] for each kind but "song"; -inf where it has none."""
        activation = self.of["activation"]
        better = np.flatnonzero(best["activation"] > activation[:, -1])
        rank = (activation[better] >= best["activation"][better, np.newaxis]).sum(axis=1, keepdims=True)
        ranks = np.arange(activation.shape[1])
        offered = {**best, "song": np.full(len(activation), song, np.int32)}
        for kind, kept in self.of.items():
            rows = kept[better]
            moved = np.concatenate([rows[:, :1], rows[:, :-1]], axis=1)  # one rank down
            kept[better] = np.where(
                ranks < rank, rows, np.where(ranks == rank, offered[kind][better, np.newaxis], moved)
            )


def best_of_song(activation: Float32, place: Array, windows: Mapping[str, Array]) -> dict[str, Array]:
    """[windows, channels] twice, and what is known of the windows, [windows] each, to each channel's best: [channels].

    Of equals it is the first.
    """
    best = activation.argmax(axis=0)
    channels = np.arange(activation.shape[1])
    of_windows = {kind: known[best] for kind, known in windows.items()}
    return {"activation": activation[best, channels], "place": place[best, channels], **of_windows}


def write_progress(path: Path, strongest: Strongest, told: Mapping[str, Any]) -> None:
    """The arrays and what else is `told`, whole or as it was before."""
    with stand_in(path) as fresh, fresh.open("wb") as file:
        np.savez(file, told=np.array(json.dumps(told)), **strongest.of)


def read_progress(path: Path) -> tuple[Strongest, dict[str, Any]] | None:
    """What write_progress wrote; None where it wrote nothing. Raises TrainingError for another file of that name."""
    try:
        with np.load(path) as archive:
            told: dict[str, Any] = json.loads(str(archive["told"]))
            strongest = Strongest(*archive["activation"].shape)
            strongest.of = {kind: archive[kind] for kind in KINDS}
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise TrainingError(f"{path} cannot be read ({error}): delete it to begin anew") from error
    return strongest, told
