"""What can be typed after `genrescope`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SHIPPED_MODEL = Path(__file__).resolve().parent.parent / "model"
FORMATS = ("json", "csv", "m3u")
SHARD_SONGS = 64

TAG = """\
Hears every song of a folder, at any depth, and writes down its genre.

Run it again after an interruption, or when songs came, changed or went: only what is new or has changed is heard.
The songs themselves are not touched, unless --write-genre and --yes are given."""
TAG_END = """\
written into the folder --out:
  songs.json      a song each: path, duration, verdict with the probability of each genre
  songs.csv       the same as a table
  playlists/      GENRE.m3u8 for each genre, and unsure.m3u8 for what is none of them
  journal.jsonl   what has been heard, so that nothing is heard twice

with --ray, Parquet is written into OUTPUT instead: docs/catalogue.md

exit codes: 0 all songs were heard, 1 some could not be, 2 wrong usage, 130 or 143 stopped by Ctrl-C or SIGTERM"""
PREDICT = "Prints what genres the model hears in songs."
PREDICT_END = """\
A URL is fetched by yt-dlp, where that is installed (pip install yt-dlp), and the copy is deleted afterwards.

exit codes: 0 all songs were heard, 1 some could not be, 2 wrong usage, 130 or 143 stopped by Ctrl-C or SIGTERM"""


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Ends the program with code 2, after a sentence, where they make no sense."""
    parser = argparse.ArgumentParser(prog="genrescope", description="The genres of songs, heard by a neural network.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="tag|predict")
    _add_tag(_command(commands, "tag", "the songs of a folder: table, JSON, playlists per genre", TAG, TAG_END))
    _add_predict(_command(commands, "predict", "single files or URLs: verdict and timeline", PREDICT, PREDICT_END))
    options = parser.parse_args(arguments)
    if options.command == "tag" and options.yes and not options.write_genre:
        parser.error("--yes goes with --write-genre")
    if options.command == "tag":
        _check_ray(parser, options)
    if options.command == "predict" and options.csv and options.chunk_s is not None:
        parser.error("--csv has a line a row, and none for chunks: leave out --chunk-s, or say --json")
    return options


def _check_ray(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    if options.ray is None:
        if options.output is not None or options.shard_songs is not None:
            parser.error("OUTPUT and --shard-songs go with --ray; without it, --out says where to write")
        return
    if options.output is None:
        parser.error("--ray needs an OUTPUT: genrescope tag --ray ADDRESS INPUT OUTPUT")
    others = {
        "--out": options.out,
        "--format": options.format,
        "--rows": options.rows,
        "--write-genre": options.write_genre,
    }
    if given := [name for name, value in others.items() if value]:
        parser.error(f"{', '.join(given)}: not with --ray, which writes Parquet with all rows into OUTPUT")
    options.shard_songs = options.shard_songs or SHARD_SONGS


def _command(commands: Any, name: str, summary: str, description: str, end: str) -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=description, epilog=end, formatter_class=form
    )
    command.add_argument(
        "--model",
        type=Path,
        default=SHIPPED_MODEL,
        metavar="FOLDER",
        help="an exported model (default: the shipped one)",
    )
    command.add_argument(
        "--max-minutes", type=_number(0, math.inf), metavar="M",
        help="longest song to hear; longer ones fail as too_long (default: 90)"
    )  # fmt: skip
    return command


def _add_tag(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "folder", metavar="FOLDER", help="where the music is; with --ray also s3://, gs://, or a Parquet list of songs"
    )
    command.add_argument(
        "output", nargs="?", metavar="OUTPUT", help="with --ray: folder to write Parquet into, also s3:// or gs://"
    )
    command.add_argument(
        "--ray", metavar="ADDRESS",
        help="a catalogue of any size, on the Ray cluster at this address, or on this machine alone: local "
        "(needs make setup-scale; see docs/catalogue.md)"
    )  # fmt: skip
    command.add_argument(
        "--shard-songs", type=_whole(1, 4096), metavar="N",
        help="with --ray: songs that are heard, written and, after an interruption, repeated together (default: 64)"
    )  # fmt: skip
    command.add_argument(
        "--out", type=Path, metavar="FOLDER|FILE",
        help="folder to write; or one file, NAME.json or NAME.csv, with NAME.json.journal beside it "
        "(default: genrescope in the music's folder)"
    )  # fmt: skip
    command.add_argument(
        "--format", type=_formats, metavar="F,F", help="what to write: json, csv, m3u (default: all three)"
    )
    command.add_argument("--rows", action="store_true", help="put the probabilities of each second in the JSON, too")
    command.add_argument(
        "--jobs",
        type=_whole(1, 1000),
        metavar="N",
        help="songs to hear at the same time; with --ray local: cores to use (default: the cores)",
    )
    command.add_argument(
        "--write-genre", action="store_true",
        help="show what would be changed in the songs' own genre tags; needs mutagen (pip install mutagen)"
    )  # fmt: skip
    command.add_argument("--yes", action="store_true", help="with --write-genre: do change them")


def _add_predict(command: argparse.ArgumentParser) -> None:
    command.add_argument("sources", nargs="+", metavar="FILE|URL", help="a song; - reads one from standard input")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the object that POST /predict answers with")
    form.add_argument("--csv", action="store_true", help="print a table, a line a row")
    command.add_argument(
        "--top", type=_whole(1, 100), metavar="N", help="the likeliest genres only (default: 3 as text, else all)"
    )
    command.add_argument(
        "--hop-s", type=_number(0.1, 60), metavar="S", help="seconds from one row to the next (default: the model's, 1)"
    )
    command.add_argument(
        "--chunk-s", type=_number(1, 3600), metavar="S",
        help="also cut the song into chunks of so many seconds, as 3 or 30: each one's verdict, and the commonest "
        "genre among them"
    )  # fmt: skip


def _formats(text: str) -> tuple[str, ...]:
    named = tuple(text.split(","))
    if unknown := [each for each in named if each not in FORMATS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(FORMATS)}")
    return named


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
        return int(text)

    return read


def _number(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        wanted = f"from {least:g} to {most:g}" if most < math.inf else f"above {least:g}"
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not (least <= number <= most and 0 < number < math.inf):
            raise argparse.ArgumentTypeError(f"{text!r} is no number {wanted}")
        return number

    return read
