"""Songs from URLs, by yt-dlp, where the user has that."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from genrescope.errors import CommandError, SourceError

URL = re.compile(r"https?://", re.IGNORECASE)
MOST_BYTES = 10**9  # an hour and a half of CD sound
LONGEST_S = 1800.0
MISSING = "URLs need yt-dlp, which is not installed. Please run:  {python} -m pip install yt-dlp"


def yt_dlp_command() -> list[str]:
    """The package of this Python, or else the program. Raises CommandError, which says how to get it."""
    if find_spec("yt_dlp"):
        return [sys.executable, "-P", "-m", "yt_dlp"]  # -P: not one that lies in the current folder
    if program := shutil.which("yt-dlp"):
        return [program]
    raise CommandError(MISSING.format(python=sys.executable))


def download(url: str, folder: Path, most_s: float | None) -> Path:
    """The one song of a URL, into an empty folder. Raises SourceError, and CommandError without yt-dlp."""
    command = [*yt_dlp_command(), *_options(folder, most_s), "--", url]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,  # with what it starts in turn: all of it is ended together
    )
    try:
        if sys.platform == "linux":
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))
        _, said = process.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        raise SourceError("download_timeout", f"It was not here after {LONGEST_S / 60:g} minutes.") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    files = [path for path in folder.iterdir() if path.is_file()]
    if process.returncode != 0 or len(files) != 1:
        raise SourceError("download_failed", _reason(said))
    return files[0]


def _options(folder: Path, most_s: float | None) -> list[str]:
    allowed = "!is_live" if most_s is None else f"!is_live & duration <=? {most_s:g}"
    return [
        "--ignore-config", "--no-cache-dir", "--no-playlist", "--playlist-items", "1",
        "--quiet", "--no-progress", "--no-warnings", "--no-mtime", "--no-part",
        "--socket-timeout", "20", "--retries", "3", "--max-filesize", str(MOST_BYTES), "--match-filters", allowed,
        "--format", "bestaudio/best", "--output", str(folder / "song.%(ext)s"),
    ]  # fmt: skip


def _reason(said: str) -> str:
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    if errors:
        return f"yt-dlp says: {errors[-1]}"
    return "yt-dlp left nothing: the song is too long or too large, a live stream, or not there."
