"""docs/evidence/service_times.json: what `measure` has written, and what the models draw their songs from.

A song's mean costs are straight lines in its length, fitted to the medians of the lengths that were measured; how one
song differs from the mean is drawn from how the measured ones did, all stages by one factor.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.planning.rows import RefusalCost, Row
from tests.planning.stages import STAGES, Heard
from tests.support import REPOSITORY

PAGE = REPOSITORY / "docs" / "evidence" / "service_times.json"
QUIET_CORES = 0.4  # of other work, with which the clock still tells about ours
ONE, TWO, FREE = "one", "two", "free"  # a song on a core; one on each of two; one on both


class ServiceTimesError(Exception):
    """A file that cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class JobRun:
    """A small tagging job that was run: songs by their names, in shards, on so many workers."""

    n_workers: int
    shard_songs: int
    songs: tuple[str, ...]
    took_s: float


@dataclass(frozen=True)
class Line:
    """Of a song's length in seconds."""

    fixed: float
    per_s: float

    def __call__(self, length_s: float) -> float:
        """Never below 0."""
        return max(0.0, self.fixed + self.per_s * length_s)


@dataclass(frozen=True)
class ServiceTimes:
    """machine: what, when, how busy. lengths_s, bytes: of the songs, by name. heard: by mode and song. start_s: of
    a server, until its model is loaded."""

    machine: dict[str, Any]
    lengths_s: dict[str, float]
    bytes: dict[str, int]
    heard: dict[str, dict[str, list[Heard]]]
    rows: list[Row]
    refusals: list[RefusalCost]
    jobs: list[JobRun]
    start_s: float
    network: dict[str, Any]  # alone: device, is_gpu, windows_per_s

    @classmethod
    def read(cls, path: Path = PAGE) -> ServiceTimes:
        """Raises ServiceTimesError."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            heard = {
                mode: {name: [Heard(*values) for values in songs] for name, songs in by_name.items()}
                for mode, by_name in found["heard"].items()
            }
            read = cls(
                **{name: found[name] for name in ("machine", "lengths_s", "bytes", "start_s", "network")},
                heard=heard,
                rows=[Row(**row) for row in found["rows"]],
                refusals=[RefusalCost(**cost) for cost in found["refusals"]],
                jobs=[JobRun(**{**job, "songs": tuple(job["songs"])}) for job in found["jobs"]],
            )
        except FileNotFoundError:
            raise ServiceTimesError(f"{path} is not there: `python -m tests.planning measure` writes it") from None
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceTimesError(f"{path} is no file of service times ({error!r}): measure anew") from error
        read.check(path)
        return read

    def check(self, path: Path) -> None:
        """Raises ServiceTimesError where something that every model needs was not measured."""
        for mode in (ONE, TWO, FREE):
            missing = [name for name in self.lengths_s if not self.heard.get(mode, {}).get(name)]
            if missing:
                raise ServiceTimesError(f"{path} has no songs of {', '.join(missing)} in mode {mode}: measure anew")
        if len(set(self.lengths_s.values())) < 2:
            raise ServiceTimesError(f"{path} has songs of one length: a line in the length needs two")

    def write(self, path: Path = PAGE) -> None:
        """One line a list of numbers."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        found["heard"] = {
            mode: {name: [_numbers(song) for song in songs] for name, songs in by_name.items()}
            for mode, by_name in self.heard.items()
        }
        for name in ("rows", "refusals", "jobs"):
            found[name] = [_rounded(asdict(entry)) for entry in found[name]]
        lines = [f" {json.dumps(name)}: {_one_a_line(value)}" for name, value in found.items()]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

    def stage(self, stage: str, mode: str = ONE) -> Line:
        """Core-seconds of one of STAGES."""
        return self._line(mode, lambda song: float(getattr(song, stage)))

    def cpu(self, mode: str = ONE) -> Line:
        """Core-seconds of all stages."""
        return self._line(mode, lambda song: song.cpu_s)

    def wall(self, mode: str) -> Line:
        """Seconds from a song's beginning to its end."""
        return self._line(mode, lambda song: song.wall_s)

    def _line(self, mode: str, of: Any) -> Line:
        medians = {self.lengths_s[name]: statistics.median(map(of, songs)) for name, songs in self.heard[mode].items()}
        return fitted(medians)

    @property
    def crowding(self) -> float:
        """How many times more core-seconds a song takes when the other core has one, too: mean of the lengths."""
        ratios = [_median_cpu(self.heard[TWO][name]) / _median_cpu(self.heard[ONE][name]) for name in self.lengths_s]
        return max(1.0, statistics.fmean(ratios))

    @cached_property
    def factors(self) -> tuple[float, ...]:
        """Of measured songs: core-seconds as a share of the mean of their length. Their mean is 1."""
        found = []
        for songs in self.heard[ONE].values():
            mean_s = statistics.fmean(song.cpu_s for song in songs)
            found += [song.cpu_s / mean_s for song in songs]
        return tuple(found)

    @property
    def others_cores(self) -> float:
        """How many cores other work had, at most, while the load was measured."""
        return max(row.others_cores for row in self.rows)

    @property
    def is_disturbed(self) -> bool:
        """Whether what the clock said of that load is of no use."""
        return self.others_cores > QUIET_CORES

    @cached_property
    def answer_bytes(self) -> Line:
        """Of /predict's answer."""
        return fitted({self.lengths_s[row.song]: float(row.answer_bytes) for row in self.rows})

    def row(self, song: str, n_clients: int) -> Row:
        """Raises ServiceTimesError where it was not measured."""
        for row in self.rows:
            if (row.song, row.n_clients) == (song, n_clients):
                return row
        raise ServiceTimesError(f"no load of {n_clients} clients with a song of {song} was measured: measure anew")


def fitted(points: Mapping[float, float]) -> Line:
    """The line of least relative squares: short songs count as much as long ones."""
    weights = {x: 1 / max(y, 1e-9) ** 2 for x, y in points.items()}
    total = sum(weights.values())
    mean_x = sum(weights[x] * x for x in points) / total
    mean_y = sum(weights[x] * y for x, y in points.items()) / total
    spread = sum(weights[x] * (x - mean_x) ** 2 for x in points)
    slope = sum(weights[x] * (x - mean_x) * (y - mean_y) for x, y in points.items()) / spread
    return Line(mean_y - slope * mean_x, slope)


def _median_cpu(songs: Iterable[Heard]) -> float:
    return statistics.median(song.cpu_s for song in songs)


def _numbers(song: Heard) -> list[float]:
    return [round(getattr(song, name), 5) for name in (*STAGES, "wall_s")]


def _rounded(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in entry.items()}


def _one_a_line(value: Any) -> str:
    """A dictionary of songs, or a list, with an entry a line."""
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {json.dumps(entry)}" for entry in value) + "\n ]"
    if isinstance(value, dict) and any(isinstance(entry, dict) for entry in value.values()):
        return (
            "{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in value.items()) + "\n }"
        )
    return json.dumps(value)
