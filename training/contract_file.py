"""The contract of a model that is there, changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.whole_files import stand_in


def write_contract(folder: Path, data: Mapping[str, Any]) -> None:
    """In the place of the model folder's contract.json, in one step."""
    with stand_in(folder / "contract.json") as fresh:
        fresh.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
