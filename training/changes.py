"""How soon the seconds follow when the music changes: songs joined to songs of another genre, in the middle of both.

Conventions: a song of n seconds gives the first half of one joint or the second half of another; tops are the number of
the top genre of each second, int [seconds]; a second belongs to the side on which its middle lies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.contract import Contract
from model.features import Array, Float32
from training.errors import TrainingError
from training.feature_set import FeatureSet, Track
from training.score import WindowLogits, rows_of
from training.targets import check_taught

GOAL_S = 3.0
HELD_ROWS = 2  # a genre that is gone after one second may have come by chance
N_JOINTS, SEED = 400, 0


@dataclass(frozen=True)
class Joint:
    """Two halves, log_mel [frames, n_mels] in dB, and how many of the frames are the first one's."""

    log_mel: Float32
    genres: tuple[str, str]
    n_before: int


@dataclass(frozen=True)
class JointHeard:
    """The top genres of a joint's seconds, the numbers of the two that are right, and where the change is."""

    tops: Array
    genres: tuple[int, int]
    change_s: float
    step_s: float

    @property
    def from_change_s(self) -> Array:
        """How far the middle of each second is from the change, negative before it: [seconds]."""
        return np.asarray((np.arange(len(self.tops)) + 0.5) * self.step_s - self.change_s)

    @property
    def right(self) -> Array:
        """Which seconds are given the genre of their side: bool [seconds]."""
        before, after = self.genres
        return np.asarray(self.tops == np.where(self.from_change_s < 0, before, after))


def found_after_s(tops: Array, genre: int, start_s: float, end_s: float, step_s: float) -> float | None:
    """How long after start_s the top genre becomes `genre`; None when it does not until end_s.

    Counted to the beginning of the first row from which on the genre holds for HELD_ROWS rows: the moment at which the
    chart shows it to somebody who listens along. The row that the change lies in counts as found at once.
    """
    is_it = tops == genre
    for row in range(int(start_s // step_s), len(is_it)):
        if row * step_s >= end_s:
            return None
        if is_it[row : row + HELD_ROWS].all():
            return max(0.0, row * step_s - start_s)
    return None


def joints(songs: FeatureSet, n: int = N_JOINTS, seed: int = SEED) -> Iterator[Joint]:
    """n joints of songs of two genres, all songs taking part about equally often. Same seed, same joints.

    Raises TrainingError when all songs are of one genre.
    """
    if len({track.genre for track in songs.tracks}) < 2:
        raise TrainingError("a change takes songs of two genres, and these are all of one")
    rng = np.random.default_rng(seed)
    order: list[int] = []
    for _ in range(n):
        order = order or list(rng.permutation(len(songs.tracks)))
        first = songs.tracks[order.pop()]
        others = [track for track in songs.tracks if track.genre != first.genre]
        yield _joined(songs, first, others[rng.integers(len(others))])


def _joined(songs: FeatureSet, first: Track, second: Track) -> Joint:
    before, after = songs.log_mel_of(first), songs.log_mel_of(second)
    before, after = before[: len(before) // 2], after[len(after) // 2 :]
    return Joint(np.concatenate([before, after]), (first.genre, second.genre), len(before))


def measure_changes(songs: FeatureSet, network: WindowLogits, contract: Contract, n: int = N_JOINTS) -> dict[str, Any]:
    """What changes.json says. Raises TrainingError for songs of one genre, or of an untaught one."""
    check_taught((track.genre for track in songs.tracks), contract.genres)
    return as_json([_hear(joint, network, contract) for joint in joints(songs, n)], len(songs.tracks))


def _hear(joint: Joint, network: WindowLogits, contract: Contract) -> JointHeard:
    chain, rule = contract.chain, contract.rows
    rows = rows_of(joint.log_mel, chain, network, contract.windows, rule)
    before, after = (contract.genres.index(genre) for genre in joint.genres)
    change_s = joint.n_before * chain.hop_length / chain.sample_rate_hz
    return JointHeard(rows.argmax(axis=1), (before, after), change_s, rule.step_s)


def as_json(heard: Sequence[JointHeard], n_songs: int) -> dict[str, Any]:
    """Shares over all seconds of all joints, by their distance from the change; and how soon changes show."""
    from_change_s = np.concatenate([joint.from_change_s for joint in heard])
    right = np.concatenate([joint.right for joint in heard])
    sides = {
        "before": (from_change_s < 0) & (from_change_s >= -GOAL_S),
        "after": (from_change_s >= 0) & (from_change_s < GOAL_S),
        "further_away": np.abs(from_change_s) >= GOAL_S,
    }
    waits_s = [wait_s for joint in heard for wait_s in _waits_s(joint)]
    found_s = [np.inf if wait_s is None else wait_s for wait_s in waits_s]
    return {
        "n_songs": n_songs,
        "n_joints": len(heard),
        "goal_s": GOAL_S,
        "seconds_right": {name: float(right[inside].mean()) for name, inside in sides.items()},
        "n_findable": len(waits_s),
        "found_within_goal": float(np.mean([wait_s <= GOAL_S for wait_s in found_s])) if found_s else None,
        "found_after_s_median": _median_or_none(found_s),
    }


def _waits_s(joint: JointHeard) -> list[float | None]:
    """One wait, if there is a change to be seen: its sides are heard as two genres, right or not, away from it."""
    away = np.abs(joint.from_change_s) >= GOAL_S
    before, after = (joint.tops[away & side] for side in (joint.from_change_s < 0, joint.from_change_s >= 0))
    if not len(before) or not len(after) or _majority(before) == _majority(after):
        return []
    end_s = len(joint.tops) * joint.step_s
    return [found_after_s(joint.tops, _majority(after), joint.change_s, end_s, joint.step_s)]


def _majority(tops: Array) -> int:
    return int(np.bincount(tops).argmax())


def _median_or_none(waits_s: Sequence[float]) -> float | None:
    median = float(np.median(waits_s)) if waits_s else np.inf
    return median if np.isfinite(median) else None


def as_lines(figures: Mapping[str, Any]) -> list[str]:
    """What the command prints."""
    right, goal = figures["seconds_right"], f"{figures['goal_s']:g} s"
    lines = [
        f"{figures['n_joints']} joints of {figures['n_songs']} songs",
        f"seconds right: {right['before']:.3f} in the {goal} before the change, {right['after']:.3f} in the {goal} "
        f"after it, {right['further_away']:.3f} further away",
    ]
    if figures["n_findable"]:
        median = figures["found_after_s_median"]
        lines.append(
            f"of {figures['n_findable']} changes between parts that are heard as two genres, "
            f"{figures['found_within_goal']:.3f} show within {goal}, half of them "
            + ("never" if median is None else f"after {median:.1f} s at most")
        )
    return lines
