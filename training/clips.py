"""Songs as audio files: which there are in a folder, one file each, and which of them a split names."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from model.music_files import AUDIO_SUFFIXES, files_below, printable
from training.errors import TrainingError
from training.genre_folders import genre_folders

LOSSLESS_SUFFIXES = (".wav", ".au", ".flac", ".aif", ".aiff", ".caf")


@dataclass(frozen=True)
class Clip:
    """One song. `name` is its file's path below the folder of genres, as `prepare` names it."""

    name: str
    genre: str
    path: Path


def find_audio(folder: Path) -> Iterator[Path]:
    """The audio files of any depth, by their names, sorted."""
    return (path for path in files_below(folder) if path.suffix.lower() in AUDIO_SUFFIXES)


def one_file_each(paths: Iterable[Path], song_of: Callable[[Path], str]) -> dict[str, Path]:
    """Song -> file: where a song lies in several formats a lossless one, else the first."""
    files: dict[str, Path] = {}
    for path in sorted(paths, key=lambda path: path.suffix.lower() not in LOSSLESS_SUFFIXES):
        files.setdefault(song_of(path), path)
    return dict(sorted(files.items()))


def find_clips(folder: Path, names: Container[str] | None = None) -> list[Clip]:
    """The songs of a folder with one subfolder a genre, or as genre_folders has it; with `names`, those of a split.

    A split names a song by its path or by its file's name without the format. Raises TrainingError when there is none.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder} is no folder: give one with a subfolder a genre and songs as audio in it")
    files = [_clip(folder, genre, path) for genre, _ in genre_folders(folder) for path in find_audio(genre)]
    if not files:
        raise TrainingError(f"{folder} holds no audio file in a subfolder: it must have one subfolder a genre")
    if names is not None:
        files = [clip for clip in files if clip.name in names or clip.path.stem in names]
    if not files:
        raise TrainingError(f"{folder} holds no song of the chosen part: is the split that of this music?")
    chosen = set(one_file_each((clip.path for clip in files), lambda path: str(path.with_suffix(""))).values())
    return [clip for clip in files if clip.path in chosen]


def _clip(folder: Path, genre: Path, path: Path) -> Clip:
    return Clip(printable(path.relative_to(folder).as_posix()), printable(genre.name), path)
