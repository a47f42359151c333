"""Pairs of what our network hears and what the teacher makes of it, kept in a folder; nothing of them in memory.

On disk
- pairs.json: what the pairs are made of; a folder made of something else is refused;
- files.jsonl: a line for each file of music that is done: its windows, or why it has none;
- log_mel.raw, early.raw, embedding.raw: little-endian float16, the windows one after another.
A file's line is written after its windows: what was being written when the machine stopped is cut off and made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.features import Array, Float32
from model.music_files import first_reasons
from training.errors import TrainingError
from training.run_folder import claim_folder

Shapes = Mapping[str, tuple[int, ...]]  # of one window's log_mel, early and embedding
KINDS = ("log_mel", "early", "embedding")


@dataclass(frozen=True)
class PairedFile:
    """One file of music. `skipped` is why it has no windows, "" when it has."""

    name: str
    held_out: bool
    n_windows: int
    skipped: str = ""


@dataclass(frozen=True)
class Pairs:
    """All windows; the three arrays are memory maps [windows, ...] of float16."""

    log_mel: Array
    early: Array
    embedding: Array
    files: tuple[PairedFile, ...]

    def windows(self, *, held_out: bool) -> Array:
        """The numbers of the windows that are, or are not, of held-out files."""
        of_window = np.repeat([file.held_out for file in self.files], [file.n_windows for file in self.files])
        return np.flatnonzero(of_window == held_out)

    @property
    def skipped(self) -> dict[str, str]:
        """The files without windows, and why."""
        return {file.name: file.skipped for file in self.files if file.skipped}


class PairWriter:
    """Goes on where an earlier writer of the same folder stopped; `n_done` files need not be made again.

    Raises TrainingError when the folder holds something else. Close it.
    """

    def __init__(self, folder: Path, made_of: Mapping[str, Any], shapes: Shapes) -> None:
        _claim(folder, made_of)
        self._shapes, self._folder = shapes, folder
        files, n_bytes = _files_done(folder / "files.jsonl")
        self.n_done = len(files)
        n_windows = sum(file.n_windows for file in files)
        self._raw = {kind: _cut_to(folder / f"{kind}.raw", n_windows * _n_bytes(shapes[kind])) for kind in KINDS}
        self._lines = _cut_to(folder / "files.jsonl", n_bytes)

    def __enter__(self) -> PairWriter:
        return self

    def __exit__(self, *_: object) -> None:
        for file in (*self._raw.values(), self._lines):
            file.close()

    def add(self, name: str, held_out: bool, windows: Mapping[str, Float32]) -> None:
        """One file's windows: an array [n, ...] of each kind."""
        for kind, shape in self._shapes.items():
            if windows[kind].shape[1:] != shape:
                raise ValueError(f"{kind} is {windows[kind].shape[1:]}, must be {shape}")
            windows[kind].astype("<f2").tofile(self._raw[kind])
            self._raw[kind].flush()
        self._write_line(PairedFile(name, held_out, len(windows["log_mel"])))

    def skip(self, name: str, reason: str) -> None:
        """A file that cannot be used."""
        self._write_line(PairedFile(name, False, 0, reason))

    def _write_line(self, file: PairedFile) -> None:
        self._lines.write(json.dumps(vars(file)).encode() + b"\n")
        self._lines.flush()


def open_pairs(folder: Path, shapes: Shapes) -> Pairs:
    """What PairWriter wrote. Raises TrainingError when it has no window to learn from or none that is held out."""
    files, _ = _files_done(folder / "files.jsonl")
    n_windows = [sum(file.n_windows for file in files if file.held_out == part) for part in (False, True)]
    if not all(n_windows):
        reasons = first_reasons({file.name: file.skipped for file in files if file.skipped})
        raise TrainingError(f"fewer than two files of music could be used: {reasons}")
    maps = {
        kind: np.memmap(folder / f"{kind}.raw", "<f2", "r", shape=(sum(n_windows), *shapes[kind])) for kind in KINDS
    }
    return Pairs(maps["log_mel"], maps["early"], maps["embedding"], files)


def open_log_mels(folder: Path, shape: tuple[int, int]) -> Array:
    """All windows' log-mels, a memory map [windows, *shape] of float16. Raises TrainingError when there are none."""
    files, _ = _files_done(folder / "files.jsonl")
    n_windows = sum(file.n_windows for file in files)
    try:
        return np.memmap(folder / "log_mel.raw", "<f2", "r", shape=(n_windows, *shape))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{folder} holds no windows of music: it must be what `adapt` wrote ({error})") from error


def _claim(folder: Path, made_of: Mapping[str, Any]) -> None:
    refusal = f"{folder} holds something else than pairs of this music and teacher: choose another --out or delete it"
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "pairs.json").is_file():
        raise TrainingError(refusal)
    claim_folder(folder, "pairs.json", made_of, refusal)


def _files_done(path: Path) -> tuple[tuple[PairedFile, ...], int]:
    """The lines that were written to their ends, and how many bytes they are."""
    if not path.exists():
        return (), 0
    whole = path.read_bytes()
    whole = whole[: whole.rfind(b"\n") + 1]
    return tuple(PairedFile(**json.loads(line)) for line in whole.splitlines()), len(whole)


def _n_bytes(shape: tuple[int, ...]) -> int:
    return 2 * int(np.prod(shape))


def _cut_to(path: Path, n_bytes: int) -> Any:
    """The file, open at its new end. Raises TrainingError when it is shorter than that."""
    file = path.open("ab")
    if file.tell() < n_bytes:
        file.close()
        raise TrainingError(f"{path} is shorter than it was when it was written: delete {path.parent}")
    file.truncate(n_bytes)
    return file
