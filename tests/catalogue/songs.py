"""A catalogue of many songs made of few: short ones under new names, some of them odd, and files that are no songs."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from genrescope.errors import SourceError
from genrescope.listener import Listener
from genrescope.options import SHIPPED_MODEL
from tests.support import REPOSITORY, SONGS, make_audio

MEDLEY = REPOSITORY / "static" / "sample" / "medley.mp3"
MAX_MINUTES = 2  # of a song here: more than the medley has, and quickly exceeded
POISONED_SHARE, MEDLEY_SHARE = 0.02, 0.01
NAMES = ("{}", "Пикник {}", "{} 🎸 \"q\" 'q'", "a%20b {}#?", "-rf {}", "=1+{}", "a\nb {}")


@dataclass(frozen=True)
class Answer:
    """What `genrescope tag` says of a file: its verdict, or a code."""

    genre: str = ""
    confidence: float = 0.0
    code: str = ""


def poisoned_files(folder: Path) -> dict[str, Path]:
    """Kind to file: no sound, cut off within its header, empty, and longer than MAX_MINUTES."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {kind: folder / f"{kind}.mp3" for kind in ("text", "empty")} | {"cut": folder / "cut.flac"}
    kinds["text"].write_text("This is no song.\n" * 100)
    kinds["empty"].touch()
    kinds["cut"].write_bytes((SONGS / "formats" / "mono-32000.flac").read_bytes()[:40])
    kinds["bomb"] = make_audio(
        folder / "bomb.flac", "-ar", "8000", source=f"anullsrc=r=8000:cl=mono:d={60 * MAX_MINUTES + 30}"
    )
    return kinds


def make_catalogue(folder: Path, n_songs: int, seed: int, also: Sequence[Path] = ()) -> dict[str, Path]:
    """Name below the folder to the file that lies there under that name, as a hard link. also: further songs."""
    chance = random.Random(seed)
    poisons = list(poisoned_files(folder.with_name(f"{folder.name}-poisons")).values())
    short = [*sorted(SONGS.glob("*.mp3")), *sorted((SONGS / "formats").iterdir()), *also]
    catalogue = {}
    for number in range(n_songs):
        kind = chance.random()
        source = chance.choice(poisons if kind < POISONED_SHARE else short)
        if number % round(1 / MEDLEY_SHARE) == 7:
            source = MEDLEY
        stem = chance.choice(NAMES).format(f"{number:05}") if chance.random() < 0.2 else f"{number:05}"
        name = f"{number // 1000:02}/{chance.randrange(20):02}/{stem}{source.suffix}"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _link(source, folder / name)
        catalogue[name] = source
    return catalogue


def answers(sources: Sequence[Path]) -> dict[Path, Answer]:
    """Of each, as `genrescope tag` hears it."""
    listener, found = Listener(SHIPPED_MODEL, MAX_MINUTES, n_jobs=2), {}
    for place, outcome in listener.hear_all(sources):
        if isinstance(outcome, SourceError):
            found[sources[place]] = Answer(code=outcome.code)
        else:
            verdict = outcome.to_json()["verdict"]
            found[sources[place]] = Answer(verdict["genre"], verdict["confidence"])
    return found


def _link(source: Path, path: Path) -> None:
    try:
        os.link(source, path)
    except OSError:  # another disk
        shutil.copy(source, path)
