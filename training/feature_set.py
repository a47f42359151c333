"""A prepared set of songs: their log-mels in one memory-mapped file and a table of who is who.

On disk, a folder with
- log_mel.raw: little-endian float16 [all frames, n_mels], dB, the songs one after another;
- tracks.json: the table, the signal chain the frames were made with, and what was skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from model.features import Array, Float32, KaiserSinc, SignalChain
from model.whole_files import is_empty_folder, stand_in_folder
from training.errors import TrainingError
from training.recordings import same_recordings, song_fingerprint


@dataclass(frozen=True)
class Track:
    """One song of a set. `split` is what its archive said of it, "" when nothing did.

    `genre` is its only genre or, in a set of several genres a song, the one of `genres` that says most of it.
    """

    name: str
    genre: str
    first_frame: int
    n_frames: int
    split: str = ""
    fingerprint: str = ""  # size and time of the audio file: unchanged files are not decoded again
    recording: str = ""  # the first song of the set that is the same recording; "" when no other is
    genres: tuple[str, ...] = ()  # in a set of several genres a song all that it has, at least one; () elsewhere

    @property
    def all_genres(self) -> tuple[str, ...]:
        """Its genres, also where it has but one."""
        return self.genres or (self.genre,)

    @property
    def of_recording(self) -> str:
        """The same for all songs that are one recording, and for no others."""
        return self.recording or self.name


@dataclass(frozen=True)
class FeatureSet:
    """Songs with their log-mels; `log_mel` is a memory map, so a set may be larger than memory."""

    tracks: tuple[Track, ...]
    log_mel: Array
    chain: SignalChain

    @property
    def genres(self) -> tuple[str, ...]:
        """The genre names, sorted: the order of the network's outputs."""
        return tuple(sorted({genre for track in self.tracks for genre in track.all_genres}))

    @property
    def is_multi_label(self) -> bool:
        """Whether songs may have several genres: what learns from such a set says of each whether it is heard."""
        return any(track.genres for track in self.tracks)

    def log_mel_of(self, track: Track) -> Float32:
        """float32 [frames, n_mels] in dB."""
        return np.asarray(self.log_mel[track.first_frame : track.first_frame + track.n_frames], np.float32)

    def only(self, tracks: Iterable[Track]) -> FeatureSet:
        """The same frames with fewer tracks."""
        return FeatureSet(tuple(tracks), self.log_mel, self.chain)


class FeatureSetWriter:
    """Takes songs one by one; of each, 4 bytes a frame stay in memory, to know the recording again."""

    def __init__(self, folder: Path, chain: SignalChain) -> None:
        self._folder, self._chain = folder, chain
        self._tracks: list[Track] = []
        self._prints: list[Array] = []
        self._n_frames = 0
        self._frames = (folder / "log_mel.raw").open("wb")  # closed by finish

    def add(
        self,
        name: str,
        genre: str,
        log_mel: Array,
        *,
        split: str = "",
        fingerprint: str = "",
        genres: tuple[str, ...] = (),
    ) -> None:
        """Append one song's log_mel [frames, n_mels] in dB; the rest as of Track."""
        kept = log_mel.astype("<f2")
        kept.tofile(self._frames)
        self._tracks.append(Track(name, genre, self._n_frames, len(log_mel), split, fingerprint, genres=genres))
        self._prints.append(song_fingerprint(kept))  # as it is when the set is prepared again
        self._n_frames += len(log_mel)

    @property
    def genres(self) -> set[str]:
        """The genres of the songs added so far."""
        return {genre for track in self._tracks for genre in track.all_genres}

    def finish(self, skipped: Mapping[str, str]) -> None:
        """Write the table; `skipped` says which files were left out and why."""
        self._frames.close()
        for songs in same_recordings(self._prints):
            for song in songs:
                self._tracks[song] = replace(self._tracks[song], recording=self._tracks[songs[0]].name)
        table = {
            "chain": asdict(self._chain),
            "tracks": [_entry(track) for track in self._tracks],
            "skipped": dict(skipped),
        }
        (self._folder / "tracks.json").write_text(json.dumps(table, ensure_ascii=False, indent=1), encoding="utf-8")


def _entry(track: Track) -> dict[str, Any]:
    """A track in the table, which tells of several genres only where there are such."""
    entry = asdict(track)
    return entry if track.genres else {key: value for key, value in entry.items() if key != "genres"}


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder` that takes its place if the block ends well, and vanishes if it does not.

    Raises TrainingError when something else than a feature set is in that place: it would be lost.
    """
    if folder.exists() and not (folder / "tracks.json").is_file() and not is_empty_folder(folder):
        raise TrainingError(f"{folder} is there and is no feature set: choose another --set")
    with stand_in_folder(folder) as fresh:
        yield fresh


def open_feature_set(folder: Path) -> FeatureSet:
    """A set that `prepare` wrote. Raises TrainingError when it is not one."""
    try:
        table = json.loads((folder / "tracks.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TrainingError(f"{folder} holds no tracks.json: run `python -m training prepare` first") from None
    chain = chain_from_dict(table["chain"])
    tracks = tuple(Track(**{**entry, "genres": tuple(entry.get("genres", ()))}) for entry in table["tracks"])
    total = sum(track.n_frames for track in tracks)
    log_mel = np.memmap(folder / "log_mel.raw", dtype="<f2", mode="r", shape=(total, chain.n_mels))
    return FeatureSet(tracks, log_mel, chain)


def chain_from_dict(data: Mapping[str, Any]) -> SignalChain:
    """The inverse of dataclasses.asdict."""
    return SignalChain(**{**data, "resampler": KaiserSinc(**data["resampler"])})


ARCHIVE_RANGE_DB = 80.0  # an archive's 0 and 255: 80 dB below the clip's maximum, and the maximum


def read_archive(path: Path) -> FeatureSet:
    """An .npz of 8-bit log-mels (`log_mel_u8` [clips, frames, n_mels], `name`, `genre` and, if there, `split`).

    The frames are taken to be those of the default SignalChain; dB are relative to each clip's maximum.
    Raises TrainingError when the file is not such an archive.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            levels, names, genres = archive["log_mel_u8"], archive["name"], archive["genre"]
            splits: Sequence[str] = archive["split"].tolist() if "split" in archive.files else [""] * len(names)
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(f"{path} is not an archive of log-mels (log_mel_u8, name, genre): {error}") from error
    chain = SignalChain()
    if levels.ndim != 3 or levels.shape[2] != chain.n_mels or not len(names) == len(genres) == len(levels):
        raise TrainingError(f"{path}: log_mel_u8 has shape {levels.shape}, must be [clips, frames, {chain.n_mels}]")
    n_frames = levels.shape[1]
    tracks = tuple(
        Track(str(name), str(genre), i * n_frames, n_frames, str(split))
        for i, (name, genre, split) in enumerate(zip(names, genres, splits, strict=True))
    )
    dbs = (np.arange(256, dtype=np.float32) / 255 - 1) * ARCHIVE_RANGE_DB
    return FeatureSet(tracks, dbs.astype(np.float16)[levels].reshape(-1, chain.n_mels), chain)
