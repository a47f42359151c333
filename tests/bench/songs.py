"""The songs that are measured: made of the project's own music, or a user's own files."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import soundfile

from tests.support import REPOSITORY, SONGS

PARTS = (*sorted(SONGS.glob("*.mp3")), REPOSITORY / "static" / "sample" / "medley.mp3")
ENCODING = ("-ar", "44100", "-ac", "2", "-b:a", "192k")  # what most MP3s are


@dataclass(frozen=True)
class Song:
    """A file, and what it is called in the table."""

    name: str
    path: Path
    duration_s: float
    sample_rate_hz: int


def made_songs(folder: Path, lengths_s: Iterable[int]) -> list[Song]:
    """MP3s of these lengths, our own songs one after the other; made where the folder has no newer ones."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_song(length_name(length_s), _made(folder, length_s)) for length_s in lengths_s]


def given_songs(paths: Iterable[Path]) -> list[Song]:
    """A user's own files, under their own names."""
    return [_song(path.name, path.resolve()) for path in paths]


def nearest(songs: Iterable[Song], duration_s: float) -> Song:
    """The song whose length is nearest to this one."""
    return min(songs, key=lambda song: abs(song.duration_s - duration_s))


def length_name(length_s: int) -> str:
    """30 -> "30 s", 240 -> "4 min"."""
    return f"{length_s // 60} min" if length_s % 60 == 0 else f"{length_s} s"


def _made(folder: Path, length_s: int) -> Path:
    path = folder / f"{length_name(length_s).replace(' ', '-')}.mp3"
    if path.exists() and path.stat().st_mtime > max(part.stat().st_mtime for part in PARTS):
        return path
    once_s = sum(soundfile.info(part).duration for part in PARTS)
    lines = [f"file '{part}'\n" for part in PARTS] * math.ceil(length_s / once_s + 1)  # one more: joints may cost some
    parts, unfinished = folder / "parts.txt", path.with_suffix(".part.mp3")
    parts.write_text("".join(lines), encoding="utf-8")
    joined = ["-f", "concat", "-safe", "0", "-i", parts]
    cut = ["-af", f"asetpts=N/SR/TB,atrim=end={length_s}"]  # by samples: the time stamps leap at the joints
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *joined, *cut, *ENCODING, unfinished]
    subprocess.run(command, check=True)
    return unfinished.rename(path)


def _song(name: str, path: Path) -> Song:
    entries = "stream=sample_rate:format=duration"
    command = ["ffprobe", "-v", "error", "-of", "json", "-select_streams", "a:0", "-show_entries", entries, path]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Song(name, path, float(found["format"]["duration"]), int(found["streams"][0]["sample_rate"]))
