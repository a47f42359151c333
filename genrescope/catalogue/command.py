"""`genrescope tag --ray ADDRESS INPUT OUTPUT`: begun once, and gone on with as often as it is ended."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from genrescope.catalogue.cluster import check_address, cluster, heard_shards
from genrescope.catalogue.listing import read_shards, root_of, songs_of, write_names
from genrescope.catalogue.output import Output
from genrescope.catalogue.places import Place, place_of
from genrescope.catalogue.stages import Plan
from genrescope.errors import CommandError
from genrescope.listener import checked_contract, limits_for
from genrescope.words import shown
from model.contract import Contract

MOST_TOLD = 20
TELL_EVERY_S = 60.0


@dataclass
class Tally:
    """Of what was heard now; times in seconds, of a core each but for the first."""

    elapsed_s: float = 0.0
    n_songs: int = 0
    audio_s: float = 0.0
    n_bytes: int = 0
    decode_s: float = 0.0
    hear_s: float = 0.0

    def add(self, done: Any) -> None:
        """A shard."""
        self.n_songs += done["n_songs"]
        self.audio_s += done["audio_s"]
        self.n_bytes += done["n_bytes"]
        self.decode_s += done["decode_s"]
        self.hear_s += done["hear_s"]

    def words(self) -> str:
        """How fast it went."""
        per_hour = 3600 * self.n_songs / self.elapsed_s
        cores = self.decode_s + self.hear_s
        return (
            f"{per_hour:,.0f} songs an hour; {self.audio_s / 60:,.0f} minutes of sound took {cores:,.1f} s of a core "
            f"({self.decode_s:,.1f} to decode, {self.hear_s:,.1f} to hear)"
        )


def tag_catalogue(options: argparse.Namespace) -> int:
    """The exit code: 1 when some songs could not be heard. Raises CommandError."""
    check_address(options.ray)
    source, output = place_of(options.folder), Output(place_of(options.output))
    contract = checked_contract(options.model)
    about = _begin(source, output, contract, options.shard_songs)
    n_songs, n_shard, unreadable = about["n_songs"], about["shard_songs"], about["unreadable_folders"]
    done = output.done()
    tally = Tally()
    if n_left := n_songs - _n_done(done, n_songs, n_shard):
        print(f"hearing {n_left} of {n_songs} songs", file=sys.stderr, flush=True)
        plan = Plan(about["root"], output, options.model.resolve(), contract.version, limits_for(options.max_minutes))
        left = (pair for pair in enumerate(read_shards(output.manifest, n_shard)) if pair[0] not in done)
        with cluster(options.ray, options.jobs):
            _hear(plan, left, tally, n_songs, n_left)
    n_refused, first = output.quarantined(MOST_TOLD)
    _tell_problems(output, n_refused + len(unreadable), [*_folders(unreadable), *first][:MOST_TOLD])
    _report(output, n_songs, tally, n_refused)
    return 1 if n_refused or unreadable else 0


def _begin(source: Place, output: Output, contract: Contract, n_shard: int) -> dict[str, Any]:
    """What catalogue.json says, which is written when all songs are listed. Raises CommandError."""
    model = {"name": contract.name, "version": contract.version}
    about = output.read_about()
    if source == output.manifest:
        raise CommandError(
            f"{source} is what the job itself writes: choose another OUTPUT, or another name for the list"
        )
    if about is None:
        if output.done():
            raise CommandError(f"{output.songs} has parts, but {output.about} is gone: choose another OUTPUT")
        names, unreadable = songs_of(source)
        print(f"listing the songs of {shown(str(source))}", file=sys.stderr, flush=True)
        n_songs = write_names(output.manifest, names)
        folders = {name: str(error) for name, error in unreadable.items()}
        about = {
            "model": model, "genres": list(contract.genres), "input": str(source), "root": root_of(source),
            "n_songs": n_songs, "shard_songs": n_shard, "unreadable_folders": folders,
        }  # fmt: skip
        output.write_about(about)
    if about["model"] != model:
        told = f"{about['model']['name']} {about['model']['version']}"
        raise CommandError(
            f"{output.place} has what another model heard, {told}, and this one is {model['name']} {model['version']}: "
            "choose another OUTPUT, or --model"
        )
    if about["input"] != str(source):
        raise CommandError(f"{output.place} is of the songs of {about['input']}: choose another OUTPUT for {source}")
    return about


def _n_done(done: set[int], n_songs: int, n_shard: int) -> int:
    """The songs of these shards: the last one may be smaller."""
    last = (n_songs - 1) // n_shard
    return n_shard * len(done) - (n_shard * (last + 1) - n_songs if last in done else 0)


def _hear(plan: Plan, left: Iterator[tuple[int, Sequence[bytes]]], tally: Tally, n_songs: int, n_left: int) -> None:
    begun_s = told_s = time.monotonic()
    is_terminal = sys.stderr.isatty()
    with tqdm(total=n_songs, initial=n_songs - n_left, unit=" songs", disable=not is_terminal) as bar:
        for done in heard_shards(plan, left):
            tally.add(done)
            bar.update(done["n_songs"])
            tally.elapsed_s = time.monotonic() - begun_s
            if not is_terminal and time.monotonic() - told_s > TELL_EVERY_S:
                told_s = time.monotonic()
                print(f"{tally.n_songs} of {n_left} songs: {tally.words()}", file=sys.stderr, flush=True)


def _folders(unreadable: dict[str, str]) -> list[dict[str, str]]:
    return [{"path": name, "code": "unreadable", "detail": detail} for name, detail in unreadable.items()]


def _tell_problems(output: Output, n_problems: int, first: Sequence[dict[str, str]]) -> None:
    for problem in first:
        print(f"{shown(problem['path'])}: {problem['code']}: {shown(problem['detail'])}", file=sys.stderr)
    if n_more := n_problems - len(first):
        places = f"{output.quarantine} (songs) and {output.about} (folders)"
        print(f"... and {n_more} more: all are in {places}", file=sys.stderr)


def _report(output: Output, n_songs: int, tally: Tally, n_refused: int) -> None:
    failed = f", {n_refused} of them could not be heard" if n_refused else ""
    print(f"{n_songs} songs, {tally.n_songs} of them heard now{failed}: {shown(str(output.place))}")
    if tally.n_songs:
        print(tally.words())
