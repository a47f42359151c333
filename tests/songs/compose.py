"""Compose, render and encode the songs: `python -m tests.songs.compose --help`."""

import argparse
import json
import sys
from pathlib import Path

from tests.songs.effects import limit
from tests.songs.encode import FIXTURES, encode_fixture, encode_mp3
from tests.songs.medley import medley
from tests.songs.midi import to_midi
from tests.songs.render import PEAK_DBFS, SAMPLE_RATE_HZ, MissingPackage, check_packages, render
from tests.songs.score import generator
from tests.songs.styles import GENRES, compose

SEED = 2026
_SONGS = Path(__file__).parent
_SAMPLE = _SONGS.parents[1] / "static" / "sample"


def write_midi(folder: Path, seed: int) -> None:
    """Write each genre's piece as `<genre>.mid`."""
    folder.mkdir(parents=True, exist_ok=True)
    for genre in GENRES:
        (folder / f"{genre}.mid").write_bytes(to_midi(compose(genre, seed), generator(seed, genre, "midi")))


def write_songs(folder: Path, sample_folder: Path, seed: int) -> None:
    """Write each genre's MP3, the fixtures below `formats`, and the medley with its description.

    Raises MissingPackage before anything is written when a program or the sound font is not there.
    """
    check_packages()
    for each in (folder / "formats", sample_folder):
        each.mkdir(parents=True, exist_ok=True)
    pieces = {genre: compose(genre, seed) for genre in GENRES}
    sounds = {}
    for genre, piece in pieces.items():
        print(f"{genre}: {piece.title}", flush=True)
        sounds[genre] = render(piece, seed)
        encode_mp3(sounds[genre], folder / f"{genre}.mp3", piece.title)
    for fixture in FIXTURES:
        encode_fixture(fixture, sounds[fixture.genre], folder / "formats")
    sound, description = medley(pieces, sounds)
    sound = limit(sound, 10 ** (PEAK_DBFS / 20), SAMPLE_RATE_HZ)  # where a tail meets the next piece
    encode_mp3(sound, sample_folder / "medley.mp3", description["title"])
    (sample_folder / "medley.json").write_text(json.dumps(description, indent=1) + "\n")


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.songs.compose", description=__doc__)
    parser.add_argument("--out", type=Path, default=_SONGS, help="the songs' folder (default: %(default)s)")
    parser.add_argument("--sample", type=Path, default=_SAMPLE, help="the medley's (default: %(default)s)")
    parser.add_argument("--midi", type=Path, help="only write the ten MIDI files, into this folder")
    parser.add_argument("--seed", type=int, default=SEED, help="of all chance (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        if options.midi:
            write_midi(options.midi, options.seed)
        else:
            write_songs(options.out, options.sample, options.seed)
    except MissingPackage as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
