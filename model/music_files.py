"""Files of a music collection: which there are, what to call them, and whether they have changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

AUDIO_SUFFIXES = {
    *(".aac", ".ac3", ".aif", ".aifc", ".aiff", ".amr", ".ape", ".au", ".caf", ".dsf", ".dts", ".eac3", ".flac"),
    *(".m4a", ".m4b", ".mka", ".mp2", ".mp3", ".mp4", ".mpc", ".oga", ".ogg", ".oma", ".opus", ".spx", ".tak"),
    *(".tta", ".voc", ".w64", ".wav", ".wave", ".webm", ".wma", ".wv"),
}


def files_below(folder: Path) -> Iterator[Path]:
    """All files of any depth, sorted, but for hidden ones and what lies in hidden folders.

    Links to folders are followed, each folder once: a link to a folder above would lead round for ever.
    """
    found: list[Path] = []
    seen = {folder.resolve()}

    def is_new(parent: str, name: str) -> bool:
        real, n_before = Path(parent, name).resolve(), len(seen)
        seen.add(real)
        return len(seen) > n_before

    for parent, folders, names in os.walk(folder, followlinks=True):
        found += [Path(parent, name) for name in names if not name.startswith(".")]
        folders[:] = [name for name in sorted(folders) if not name.startswith(".") and is_new(parent, name)]
    return iter(sorted(found))


def printable(name: str) -> str:
    """Names that are not UTF-8, as in old collections, with the odd bytes spelled out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def fingerprint(path: Path) -> str:
    """Size and time of change; "" for a link to nowhere, of which decoding will say what is wrong."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}-{status.st_mtime_ns}"


def first_reasons(skipped: Mapping[str, str]) -> str:
    """Why some of the files were left out, for one sentence."""
    return "; ".join(f"{name}: {reason}" for name, reason in list(skipped.items())[:3])
