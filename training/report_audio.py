"""Where the report finds its songs' sound, if it may: files beside it, by addresses relative to the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from model.music_files import AUDIO_SUFFIXES, printable
from training.clips import find_audio, one_file_each
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.page_address import page_address

EXCERPT_S = 5.0


@dataclass(frozen=True)
class Sounds:
    """Addresses of a few seconds from the middle of songs, by their names."""

    addresses: Mapping[str, str]

    def of(self, name: str) -> str | None:
        """None for a song whose file was not found."""
        return self.addresses.get(name)


def find_sounds(folder: Path, songs: FeatureSet, page: Path) -> Sounds:
    """The songs' files in the folder, by their paths in it or, where the set was no folder, their names.

    Raises TrainingError when there are none.
    """
    if not folder.is_dir():
        raise TrainingError(f"--audio {folder} is no folder: give the one with the songs, or leave it out")
    files = one_file_each(find_audio(folder), lambda path: _key(printable(path.relative_to(folder).as_posix())))
    by_stem = {path.stem: path for path in reversed(files.values())}
    found = {
        track.name: _address(path, songs.chain.duration_s(track.n_frames), page)
        for track in songs.tracks
        if (path := files.get(_key(track.name)) or by_stem.get(_key(track.name)))
    }
    if not found:
        raise TrainingError(f"--audio {folder} holds none of the set's songs: is it the folder that was prepared?")
    return Sounds(found)


def _key(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in AUDIO_SUFFIXES else name


def _address(path: Path, duration_s: float, page: Path) -> str:
    """Relative to the page, with the part to be played as a media fragment (W3C Media Fragments URI 1.0)."""
    start_s = max(0.0, (duration_s - EXCERPT_S) / 2)
    return f"{page_address(path, page)}#t={start_s:.1f},{start_s + EXCERPT_S:.1f}"
