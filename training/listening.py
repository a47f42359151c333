"""All songs of a folder heard once, one after another, for the strongest places of every channel."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from model.audio import AudioLimits
from model.contract import Contract, WindowLayout
from model.features import Array, Float32
from model.music_files import fingerprint, first_reasons, printable
from model.network import SILENCE_DB
from model.windows import cut_windows, owned_steps, window_starts
from training.ahead import ahead
from training.clips import find_audio, one_file_each
from training.errors import TrainingError
from training.genre_folders import genre_folders
from training.prepare import decoded_log_mel
from training.strongest import Strongest, best_of_song, read_progress, write_progress
from training.watched import Watched, Watcher

SAVE_EVERY_S = 5.0  # as much is heard again after it was killed
MOST_MARGIN_SHARE = 3 / 8  # of a window: then every moment is heard in four of them
# Excerpts are written as FLAC, which has at most these channels and rate.
LIMITS = AudioLimits(max_duration_s=3 * 3600.0, timeout_s=600.0, max_channels=8, max_sample_rate_hz=655_350)


@dataclass(frozen=True)
class Song:
    """`name` is its file's path below the folder; `genre` that of the folder of a genre that it lies in, or None."""

    name: str
    genre: str | None
    path: Path


def find_songs(folder: Path) -> list[Song]:
    """The audio files of any depth, by name; where a song lies in several formats one of them.

    Raises TrainingError when there is none.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder} is no folder: give one with songs in it")
    files = sorted(one_file_each(find_audio(folder), lambda path: str(path.with_suffix(""))).values())
    if not files:
        raise TrainingError(f"{folder} holds no audio file: give a folder with songs in it")
    genres = {genre.resolve(): printable(genre.name) for genre, _ in genre_folders(folder)}

    def genre_of(path: Path) -> str | None:
        return next((genres[above.resolve()] for above in path.parents if above.resolve() in genres), None)

    return [Song(printable(path.relative_to(folder).as_posix()), genre_of(path), path) for path in files]


def fingerprint_of_songs(songs: Sequence[Song]) -> str:
    """SHA-256 over names, sizes and times of change."""
    lines = (f"{song.name}\0{fingerprint(song.path)}\n" for song in songs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class Heard:
    """What a pass over all songs found, and the songs that it could not read, each with the reason."""

    strongest: Strongest
    skipped: dict[str, str]


def listen(
    songs: Sequence[Song], watcher: Watcher, contract: Contract, empty: Strongest, progress: Path, made_of: Any
) -> Heard:
    """Every song once, from where `progress`, a file, says that an earlier call got to; by the contract's windows.

    `made_of`: all that decides what is found. Raises TrainingError when the file was made of something else, and when
    no song can be read.
    """
    strongest, skipped, n_done = _so_far(progress, empty, made_of)

    def save() -> None:
        write_progress(progress, strongest, {"made_of": made_of, "n_done": n_done, "skipped": skipped})

    saved_at = time.monotonic()
    with tqdm(total=len(songs), initial=n_done, unit=" songs", desc="listen") as bar:
        for song, log_mel in zip(songs[n_done:], _log_mels(songs[n_done:], contract), strict=True):
            if isinstance(log_mel, str):
                skipped[song.name] = log_mel
            else:
                strongest.offer(n_done, _best_places(log_mel, watcher, contract.windows))
            n_done += 1
            bar.update()
            if time.monotonic() - saved_at > SAVE_EVERY_S:
                save()
                saved_at = time.monotonic()
    save()
    if len(skipped) == len(songs):
        raise TrainingError(f"none of the {len(songs)} songs can be heard: {first_reasons(skipped)}")
    return Heard(strongest, skipped)


def _so_far(progress: Path, empty: Strongest, made_of: Any) -> tuple[Strongest, dict[str, str], int]:
    found = read_progress(progress)
    if found is None:
        return empty, {}, 0
    strongest, told = found
    differs = [what for what in made_of if told["made_of"].get(what) != made_of[what]]
    if differs:
        raise TrainingError(
            f"{progress.parent} was begun with another {' and '.join(differs)}: choose another --out, or delete it"
        )
    return strongest, told["skipped"], told["n_done"]


def _log_mels(songs: Sequence[Song], contract: Contract) -> Iterator[Float32 | str]:
    mel_filters = contract.mel_filters()

    def log_mel_or_reason(song: Song) -> Float32 | str:
        return decoded_log_mel(song.path, contract.chain, mel_filters, contract.minimum_duration_s, LIMITS)

    return ahead(log_mel_or_reason, songs)


def _best_places(log_mel: Float32, watcher: Watcher, layout: WindowLayout) -> Mapping[str, Array]:
    windows, starts = cut_windows(log_mel, layout), np.array(window_starts(len(log_mel), layout), np.int32)
    maxima, places = watcher.watch(windows, steps_to_watch(len(log_mel), layout))
    return best_of_song(
        maxima,
        places,
        {
            "window_start": starts,
            "window_end": np.minimum(starts + layout.window_frames, len(log_mel)).astype(np.int32),
            "peak_db": np.maximum(windows.max(axis=(1, 2)), SILENCE_DB),
        },
    )


def watching_layout(layout: WindowLayout, convolutions: Sequence[Watched]) -> WindowLayout:
    """Windows so close together that each place is watched where its whole field lies within the window.

    In the windows that page and server have, a place near an end hears padding, and deep layers are moved most by that.
    Fields longer than MOST_MARGIN_SHARE at each side still reach beyond the ends, as do all at those of the song.
    """
    step, n = layout.frames_per_step, layout.window_frames
    reaches = [0]
    for each in convolutions:
        frames = each.field.frames
        if not each.field.is_context:  # its mean is over the frames that there are
            reaches += [-frames.first, frames.first + frames.size - frames.stride]
    margin = min(-(-max(reaches) // step) * step, int(MOST_MARGIN_SHARE * n) // step * step)
    return replace(layout, window_stride_frames=min(layout.window_stride_frames, n - 2 * margin))


def steps_to_watch(n_frames: int, layout: WindowLayout) -> Array:
    """Which steps of its windows a song of n_frames is heard by, bool [windows, window_steps].

    The others lie at a window's ends, where padding is heard, and in another window away from them.
    """
    owned = owned_steps(n_frames, layout)
    watched = np.zeros((len(owned), layout.window_steps), bool)
    for window, steps in zip(watched, owned, strict=True):
        window[steps] = True
    return watched
