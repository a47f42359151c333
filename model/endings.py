"""Ending what is under way, from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Endings:
    """Set once, when nobody wants the results any more; ends then what is under way, in whichever thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._ends: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        """Whether nobody waits any more."""
        return self._is_set

    def set(self) -> None:
        """Ends all."""
        with self._lock:
            self._is_set = True
            for end in self._ends:
                end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """What is done meanwhile is ended by `end`; at once, when all has been ended already."""
        with self._lock:
            self._ends.append(end)
            if self._is_set:
                end()
        try:
            yield
        finally:
            with self._lock:
                self._ends.remove(end)
