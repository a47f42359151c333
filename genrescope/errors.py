"""Why a command cannot do what it was asked to."""

from __future__ import annotations

import signal


class CommandError(Exception):
    """In one sentence, for whoever typed the command."""


class SourceError(CommandError):
    """One of several songs cannot be had; `code` is stable, as those of model.audio.AudioError are."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(detail)


class Stopped(BaseException):
    """Raised in the main thread by Ctrl-C or SIGTERM."""

    def __init__(self, number: int) -> None:
        self.number = signal.Signals(number)
        super().__init__(self.number.name)
