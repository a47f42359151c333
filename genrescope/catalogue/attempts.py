"""Which songs ended the processes that were at work on them: what did so again and again is not tried once more."""

from __future__ import annotations

from collections import Counter

MOST_DEATHS = 3


class Attempts:
    """One for a whole job, asked from all of its processes, which it outlives.

    Keys are of a stage's work on a shard, whose songs are begun one after another. An attempt that begins what another
    one has not finished knows by that that the other is dead.
    """

    def __init__(self) -> None:
        self._under_way: dict[str, tuple[str, str]] = {}  # key to (attempt, song)
        self._deaths: dict[str, Counter[str]] = {}

    def begin(self, key: str, attempt: str, song: str) -> int:
        """How many attempts have died on this song."""
        if key in self._under_way:
            last_attempt, last_song = self._under_way[key]
            if last_attempt != attempt:
                self._deaths.setdefault(key, Counter())[last_song] += 1
        self._under_way[key] = (attempt, song)
        return self._deaths[key][song] if key in self._deaths else 0

    def finish(self, key: str) -> None:
        """The shard has passed this stage."""
        self._under_way.pop(key, None)
        self._deaths.pop(key, None)
