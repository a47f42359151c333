"""What goes on in the background as long as something is entered."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Self


class Meanwhile(ABC):
    """Its `work` runs in a thread of its own, which is waited for in the end. Subclasses look at `is_over`."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self._thread = threading.Thread(target=self.work, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self._thread.join()

    @abstractmethod
    def work(self) -> None:
        """Until it is over."""
