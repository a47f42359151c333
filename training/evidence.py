"""A folder of evidence: one JSON file for each thing that was measured, from which the model card is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.errors import TrainingError


def write_evidence(folder: Path, name: str, data: Mapping[str, Any]) -> Path:
    """Write `data` to NAME.json in the folder, in one step, and give its path; makes the folder.

    Raises TrainingError when it cannot be written, or when a figure is no finite number: JSON has no other.
    """
    path = folder / f"{name}.json"
    try:
        text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    except ValueError as error:
        raise TrainingError(f"{path} is not written: a figure is no finite number ({error})") from error
    fresh = folder / f".fresh-{name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise TrainingError(f"{path} cannot be written: {error.strerror}. Choose another --evidence folder") from error
    return path


def read_evidence(folder: Path, name: str) -> dict[str, Any]:
    """What write_evidence wrote. Raises TrainingError when there is none, or it is damaged."""
    path = folder / f"{name}.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise TrainingError(f"{path} does not exist: measure it first, with --evidence {folder}") from None
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(f"{path} cannot be read: measure it again ({error})") from error
