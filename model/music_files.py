"""Files of a music collection: which there are, what to call them, and whether they have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

AUDIO_SUFFIXES = {
    *(".aac", ".ac3", ".aif", ".aifc", ".aiff", ".amr", ".ape", ".au", ".caf", ".dsf", ".dts", ".eac3", ".flac"),
    *(".m4a", ".m4b", ".mka", ".mp2", ".mp3", ".mp4", ".mpc", ".oga", ".ogg", ".oma", ".opus", ".spx", ".tak"),
    *(".tta", ".voc", ".w64", ".wav", ".wave", ".webm", ".wma", ".wv"),
}


def files_below(folder: Path) -> Iterator[Path]:
    """All files of any depth, sorted, but for hidden ones."""
    return (path for path in sorted(folder.rglob("*")) if not path.is_dir() and not path.name.startswith("."))


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
