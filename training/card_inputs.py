"""What a model card is written from: the model folder's contract, the folder of evidence, and the story told in it.

Evidence is one JSON file a measurement (training/evidence.py). The story, story.md in the same folder, is prose on what
no measurement knows: a `## Heading` of the card, and the text that goes under it, in front of the figures.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.contract import Contract, load_contract
from training.errors import TrainingError
from training.evidence import read_evidence

STORY = "story.md"


@dataclass(frozen=True)
class CardInputs:
    """A model, what was measured of it by name of the measurement, and its story by heading."""

    contract: Contract
    folder: Path
    evidence: Mapping[str, Mapping[str, Any]]
    story: Mapping[str, str]

    @property
    def training(self) -> Mapping[str, Any]:
        """The contract's word on how the network was trained."""
        found: Mapping[str, Any] = self.contract.raw["training"]
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of results.json or ablation.json; none where nothing was measured."""
        return list(self.evidence.get(table, {}).get("rows", []))

    def link_to(self, name: str) -> str:
        """Where a file of the evidence lies, as seen from the card; "" when there is none of that name."""
        path = self.folder / name
        return Path(os.path.relpath(path, self.contract.folder)).as_posix() if path.is_file() else ""


MEASUREMENTS = ("evaluation", "results", "ablation", "robustness", "abstention", "songs", "changes", "speed", "sealed",
                "cross_validation", "transfer", "explanation", "routes")  # fmt: skip


def read_inputs(model: Path, folder: Path) -> CardInputs:
    """Raises ContractError for a folder that is no model, TrainingError for damaged evidence."""
    contract = load_contract(model)
    if "training" not in contract.raw:
        raise TrainingError(f"{model} does not say how it was trained: export it again")
    evidence = {name: read_evidence(folder, name) for name in MEASUREMENTS if (folder / f"{name}.json").exists()}
    return CardInputs(contract, folder, evidence, _read_story(folder / STORY))


def _read_story(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from error
    parts = re.split(r"^## +(.+?) *$", text, flags=re.MULTILINE)[1:]
    return {heading: body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)}


def not_measured(what: str, command: str) -> str:
    """What a section says whose evidence is missing."""
    return f"{what} has not been measured. This does it:\n\n```sh\n{command}\n```"


def of_this_model(inputs: CardInputs, name: str) -> str:
    """A warning when the evidence says that it was measured on another version; else ""."""
    model = inputs.evidence[name].get("model") or {}
    version = model.get("version", inputs.contract.version)
    if version == inputs.contract.version:
        return ""
    return f"**Measured on version {version}, not on this one.**"
