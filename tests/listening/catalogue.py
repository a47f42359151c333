"""The songs of a folder, each recording once, and the genre that each is expected to be heard as."""

from __future__ import annotations

import csv
import re
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model.music_files import files_below
from training.errors import TrainingError

LIST = "tracks.tsv"
COLUMNS = ("path", "nearest_gtzan_genre")
LOSSLESS = frozenset({".aif", ".aiff", ".flac", ".wav"})
AUDIO = LOSSLESS | {".aac", ".m4a", ".mp3", ".oga", ".ogg", ".opus"}
CHANNELS = re.compile(r"[ _-](mono|stereo)$")


@dataclass(frozen=True)
class Song:
    """A recording: its longest file, a lossless one if there is any, and the list's word on its genre ("" for none)."""

    path: Path
    lossless: Path | None
    note: str

    @property
    def name(self) -> str:
        return self.path.name

    def expected(self, genres: Sequence[str]) -> str | None:
        """The genre that the list names, if it is one that the network was taught."""
        return self.note if self.note in genres else None


def songs_below(folder: Path) -> list[Song]:
    """The songs that the folder's tracks.tsv lists; without one all audio files below it, of no known genre.

    tracks.tsv: tab-separated, with the columns `path` (from the folder) and `nearest_gtzan_genre`. Files of one folder
    whose names differ by their ending and by "mono" or "stereo" alone are one recording.
    Raises TrainingError when there are none, or the list cannot be used.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder} is not a folder: name one with songs in it")
    listed = folder / LIST
    notes = _read_list(listed) if listed.is_file() else _audio_files(folder)
    if not notes:
        where = f"{listed} lists no songs" if listed.is_file() else f"{folder} holds no audio files"
        raise TrainingError(f"{where}: name a folder with songs in it")
    recordings: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for path in notes:
        recordings[path.parent, CHANNELS.sub("", path.stem.lower())].append(path)
    return [_song(files, notes) for files in recordings.values()]


def _read_list(path: Path) -> dict[Path, str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return {path.parent / row[COLUMNS[0]]: (row[COLUMNS[1]] or "").strip() for row in rows}
    except KeyError as error:
        raise TrainingError(f"{path} has no column {error}: it needs {' and '.join(COLUMNS)}") from error
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(f"{path} cannot be read as a list of songs: {error}") from error


def _audio_files(folder: Path) -> dict[Path, str]:
    return {path: "" for path in files_below(folder) if path.suffix.lower() in AUDIO}


def _song(files: Sequence[Path], notes: dict[Path, str]) -> Song:
    longest_first = sorted(files, key=_duration_s, reverse=True) if len(files) > 1 else files
    lossless = (path for path in longest_first if path.suffix.lower() in LOSSLESS)
    return Song(longest_first[0], next(lossless, None), notes[longest_first[0]])


def _duration_s(path: Path) -> float:
    """As ffprobe says it; 0 for what it cannot read."""
    command = ["ffprobe", "-v", "error", "-of", "csv=p=0", "-show_entries", "format=duration", path]
    said = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return float(said) if re.fullmatch(r"[\d.]+\s*", said) else 0.0
