"""Where a folder of music keeps each genre: genre/…, or train/genre/…, test/genre/… and, if there, valid/genre/…"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from training.errors import TrainingError

PART_FOLDERS = {"train": "train", "training": "train", "valid": "valid", "validation": "valid", "val": "valid",
                "test": "test", "testing": "test"}  # fmt: skip


def genre_folders(music: Path) -> Sequence[tuple[Path, str]]:
    """Each genre's folders, and the part of the split that they are in, or "".

    Raises TrainingError where other folders lie beside those of the parts, and OSError.
    """
    folders = _visible_folders(music)
    parts = {folder: PART_FOLDERS.get(folder.name.casefold(), "") for folder in folders}
    odd = [folder.name for folder, part in parts.items() if not part]
    if "train" in parts.values() and "test" in parts.values() and odd:
        raise TrainingError(f"{music} holds a train and a test folder, and beside them {', '.join(odd)}: which is it?")
    if "train" in parts.values() and not odd:
        return [(genre, part) for folder, part in parts.items() for genre in _visible_folders(folder)]
    return [(genre, "") for genre in folders]


def _visible_folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
