"""Unlabelled music to pairs: windows of every file through our signal chain and through the teacher."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from model.audio import AudioError
from model.contract import MINIMUM_DURATION_S, WindowLayout
from model.features import Float32, LogMelStream, SignalChain
from model.music_files import AUDIO_SUFFIXES, files_below, fingerprint, printable
from training.ahead import ahead
from training.audio_windows import Variation, n_windows, plain_window, read_sound, varied_window, window_samples
from training.errors import TrainingError
from training.fault_filtered import clip_of
from training.mel import slaney_mel_filters
from training.pairs import KINDS, Pairs, PairWriter, Shapes, open_pairs
from training.soundtools import Audio
from training.teacher_features import teacher_log_mel

HELD_OUT_SHARE = 0.1  # of the files
OTHER_SONG_S = 60.0  # as much of a song is decoded to be mixed into another one
TEACHER_BATCH = 16  # windows: bounds memory


@dataclass(frozen=True)
class MusicFile:
    """`other` may be mixed into it, and is heard in training, too: held-out music stays unheard."""

    number: int
    path: Path
    held_out: bool
    other: Path | None


@dataclass(frozen=True)
class _Heard:
    """One file's windows: log_mel [n, frames, n_mels], and the teacher's own [n, 8 * frames, 128]."""

    log_mel: Float32
    teacher_log_mel: Float32


def find_music(folders: Sequence[Path], without: Set[str] = frozenset()) -> list[Path]:
    """All files below the folders, each once, but for the songs `without`, named as a split names them.

    Raises TrainingError when a folder is none or has none, and when nothing is left.
    """
    for folder in folders:
        if not folder.is_dir():
            raise TrainingError(f"{folder} is not a folder with music")
        if not any(files_below(folder)):
            raise TrainingError(f"{folder} holds no music: no file at all")
    left_out = set(map(_song_of, without))
    files = {path.resolve(): path for folder in folders for path in files_below(folder)}.values()
    chosen = sorted(path for path in files if _song_of(printable(path.name)) not in left_out)
    if not chosen:
        raise TrainingError(
            "all of this music is named like songs of the split's validation and test parts: give other music"
        )
    return chosen


def _song_of(name: str) -> str:
    """What a song goes by in any folder and format: GTZAN's name for it, or else its file's without the format."""
    path = PurePosixPath(name.casefold())
    return clip_of(path.stem if path.suffix in AUDIO_SUFFIXES else path.name)


def deal_music(paths: Sequence[Path], seed: int) -> list[MusicFile]:
    """Say at random which files are held out, one at least, and which may be mixed into which."""
    order = np.random.default_rng(seed).permutation(len(paths)).tolist()
    wanted = max(1, round(HELD_OUT_SHARE * len(paths)))
    held_out = list(islice((i for i in order if _can_be_heard(paths[i])), wanted))
    heard = [i for i in order if i not in held_out]
    other = dict(zip(heard, heard[1:] + heard[:1], strict=True)) if len(heard) > 1 else {}
    return [MusicFile(i, path, i in held_out, paths[other[i]] if i in other else None) for i, path in enumerate(paths)]


def _can_be_heard(path: Path) -> bool:
    try:
        return n_windows(read_sound(path, longest_s=MINIMUM_DURATION_S + 1).duration_s) > 0
    except (AudioError, OSError):
        return False


def made_of(folders: Sequence[Path], teacher_file: Path, seed: int, without: Set[str] = frozenset()) -> dict[str, Any]:
    """All that decides what the pairs are."""
    return {
        "files": [[printable(str(path)), fingerprint(path)] for path in find_music(folders, without)],
        "teacher_sha256": hashlib.sha256(teacher_file.read_bytes()).hexdigest(),
        "seed": seed,
        "windows_of_an_hour": n_windows(3600),
        "windows_of_half_a_minute": n_windows(30),
        "chain": asdict(SignalChain()),
    }


def make_pairs(
    folders: Sequence[Path],
    teacher: keras.Model,
    teacher_file: Path,
    folder: Path,
    layout: WindowLayout,
    seed: int,
    without: Set[str] = frozenset(),
) -> Pairs:
    """Fill `folder`, or what is missing in it. Files that cannot be decoded are skipped and named in the result.

    The songs `without`, named as a split names them, are left out.

    Raises TrainingError when there is no music for both parts, or when the folder holds something else.
    """
    for music in folders:
        if music.resolve() in folder.resolve().parents:
            raise TrainingError(f"{folder} would lie within the music of {music}: choose another --out")
    maker = PairMaker(teacher, layout, seed)
    with PairWriter(folder, made_of(folders, teacher_file, seed, without), maker.shapes) as writer:
        files = deal_music(find_music(folders, without), seed)[writer.n_done :]
        progress = tqdm(zip(files, maker.hear_all(files), strict=True), total=len(files), unit=" songs", desc="pairs")
        for file, heard in progress:
            name = printable(str(file.path))
            if isinstance(heard, str):
                writer.skip(name, heard)
            else:
                writer.add(name, file.held_out, maker.with_teacher(heard))
    return open_pairs(folder, maker.shapes)


class PairMaker:
    """Cuts windows from files in threads, and shows them to the teacher in the caller's."""

    def __init__(self, teacher: keras.Model, layout: WindowLayout, seed: int) -> None:
        self.chain = SignalChain()
        self._teacher, self._layout, self._seed = teacher, layout, seed
        self._mel_filters = slaney_mel_filters(self.chain)

    @property
    def shapes(self) -> Shapes:
        """Of one window, by kind."""
        outputs = zip(KINDS[1:], self._teacher.outputs, strict=True)
        log_mel = (self._layout.window_frames, self.chain.n_mels)
        return {"log_mel": log_mel, **{kind: tuple(output.shape[1:]) for kind, output in outputs}}

    def hear_all(self, files: Sequence[MusicFile]) -> Iterator[_Heard | str]:
        """Each file's windows, or why it has none, in order; a few files ahead of the caller."""
        return ahead(self._hear, files)

    def _hear(self, file: MusicFile) -> _Heard | str:
        try:
            song = read_sound(file.path)
        except (AudioError, OSError) as error:
            return str(error)
        if not n_windows(song.duration_s):
            return f"only {song.duration_s:.2f} s long"
        windows = list(self._cut(song, file))
        log_mels = np.stack([self._log_mel(window) for window in windows])
        n_frames = self._layout.window_frames
        return _Heard(log_mels, np.stack([teacher_log_mel(window, self.chain, n_frames) for window in windows]))

    def _cut(self, song: Audio, file: MusicFile) -> Iterator[Float32]:
        rng = np.random.default_rng([self._seed, file.number])
        n = window_samples(self.chain, self._layout)
        other = None if file.other is None or file.held_out else _sound_or_none(file.other)
        for _ in range(n_windows(song.duration_s)):
            if file.held_out:
                yield plain_window(song, n, self.chain, rng)
            else:
                yield varied_window(song, other, n, self.chain, Variation(), rng)

    def _log_mel(self, window: Float32) -> Float32:
        stream = LogMelStream(self.chain, self._mel_filters, self.chain.sample_rate_hz)
        return stream.whole([window[:, np.newaxis]])[: self._layout.window_frames]

    def with_teacher(self, heard: _Heard) -> dict[str, Float32]:
        """The windows with what the teacher makes of them, by kind."""
        batches = range(0, len(heard.log_mel), TEACHER_BATCH)
        outputs = [self._teacher.predict_on_batch(heard.teacher_log_mel[i : i + TEACHER_BATCH]) for i in batches]
        early, embedding = (np.concatenate(parts) for parts in zip(*outputs, strict=True))
        return {"log_mel": heard.log_mel, "early": early, "embedding": embedding}


def _sound_or_none(path: Path) -> Audio | None:
    try:
        return read_sound(path, OTHER_SONG_S)
    except (AudioError, OSError):
        return None
