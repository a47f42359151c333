"""Models of other genres than the shipped one's, written by the real export: what visitors bring to the page."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from model.contract import WindowLayout
from tests.training.support import busy_network, part, toy_set
from training.export import export_model
from training.lower import lower
from training.tfjs import write_graph_model
from training.trained import Trained


def export_toy(folder: Path, *genres: str, name: str = "toy") -> Path:
    """A model folder that hears these genres, by chance: its weights are random.

    Its fitted temperature makes all genres equal, as it should; a lower one lets its numbers say something.
    """
    songs = part(toy_set(folder.with_name(f"{folder.name}-set"), n_songs=4, genres=genres), "valid")
    network = busy_network("cnn", len(songs.genres))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.others.SIGNALS_A_KIND", 1)
        export_model(Trained(network, songs.genres, songs.chain, WindowLayout(), {}), songs, folder, name)
    contract = contract_of(folder)
    contract["rows"]["temperature"] /= 20
    write_contract(folder, contract)
    return folder


def widened(model: Path, folder: Path, n_genres: int) -> Path:
    """A copy of a model folder whose network, for the page alone, has more genres."""
    shutil.copytree(model, folder)
    write_graph_model(lower(busy_network("cnn", n_genres)), folder / "wide")
    written = {f"wide/{path.name}": path.read_bytes() for path in (folder / "wide").iterdir()}
    files = {
        path: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for path, content in written.items()
    }
    contract = contract_of(folder)
    contract["genres"] = [f"genre {number}" for number in range(n_genres)]
    contract["browser_model"] = "wide/model.json"
    contract["files"] |= files
    write_contract(folder, contract)
    return folder


def contract_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "contract.json").read_text(encoding="utf-8")))


def write_contract(folder: Path, contract: dict[str, Any]) -> None:
    (folder / "contract.json").write_text(json.dumps(contract), encoding="utf-8")
