"""A model that can hear several genres at once: the shipped network, its logits taken for those of one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from model.contract import load_contract
from tests.support import REPOSITORY

GENRES = load_contract(REPOSITORY / "model").genres
THRESHOLDS = [0.7, 0.8, 0.75, 0.7, 0.7, 0.65, 0.7, 0.7, 0.7, 0.72]
VERDICT_THRESHOLDS = [0.6, 0.8, 0.7, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.65]
RULE = {
    "step_s": 1.0,
    "context_s": 3.0,
    "temperature": 1.0,
    "verdict_temperature": 1.1,
    "activation": "sigmoid",
    "thresholds": THRESHOLDS,
    "verdict_thresholds": VERDICT_THRESHOLDS,
}


def write_multi_label_model(folder: Path) -> Path:
    """A whole model folder, for page and server."""
    contract = json.loads((REPOSITORY / "model" / "contract.json").read_text(encoding="utf-8"))
    contract |= {"name": "several", "version": "1", "rows": RULE}
    folder.mkdir()
    (folder / "contract.json").write_text(json.dumps(contract), encoding="utf-8")
    export = Path(contract["browser_model"]).parts[0]
    shutil.copytree(REPOSITORY / "model" / export, folder / export)
    return folder
