"""`python -m genrescope`, or `genrescope`: see --help."""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from types import FrameType
from typing import NoReturn

from genrescope.errors import CommandError, Stopped
from genrescope.options import read_options

CLOSED_PIPE = 128 + signal.SIGPIPE  # as a shell reports programs that the signal ends


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0; 1 when some songs could not be heard; 2 when nothing was done, after a sentence about why."""
    options = read_options(arguments)
    try:
        # Imported here: whoever asks for help need not wait for NumPy.
        if options.command == "tag" and options.ray is not None:
            return _tag_catalogue(options)
        if options.command == "tag":
            from genrescope.tag import tag

            return tag(options)
        from genrescope.predict import predict

        return predict(options)
    except CommandError as error:
        print(f"genrescope: {error}", file=sys.stderr)
        return 2


def _tag_catalogue(options: Namespace) -> int:
    try:
        import pyarrow  # noqa: F401
        import ray  # noqa: F401
    except ImportError as error:
        raise CommandError(
            f"--ray needs {error.name}, which is not installed. Please run:  make setup-scale"
        ) from error
    from genrescope.catalogue.command import tag_catalogue

    return tag_catalogue(options)


def run() -> NoReturn:
    """The program: signals end it at once, and leave nothing behind."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a song's name may have letters that the terminal has not
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, _stop)
    try:
        code = main()
        sys.stdout.flush()
    except Stopped as stopped:
        with suppress(OSError):
            print("genrescope: stopped; the same command goes on", file=sys.stderr)
        code = 128 + stopped.number
    except BrokenPipeError:  # `| head` has seen enough
        code = CLOSED_PIPE
    if code > 2:
        _leave(code)
    sys.exit(code)


def _stop(number: int, _: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)  # whoever says it twice does not want to wait for our tidying up
    raise Stopped(number)


def _leave(code: int) -> NoReturn:
    """Without waiting for TensorFlow's threads, nor for a pipe that nobody reads."""
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
