"""What the steps' command lines have in common: defaults, and options that several of them take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training.chunks import CHUNKS_S
from training.fault_filtered import FAULT_FILTERED
from training.to_score import DEFAULT_SET

DEFAULT_SPLIT = Path("runs/split.json")
DEFAULT_ADAPTED = Path("runs/adapted.keras")
DEFAULT_RUN, DEFAULT_MODEL = Path("runs/latest"), Path("model")
DEFAULT_EVIDENCE, DEFAULT_ABLATION, DEFAULT_FOLDS = Path("runs/evidence"), Path("runs/ablation"), Path("runs/folds")
DEFAULT_TRANSFER, DEFAULT_REPORT = Path("runs/transfer"), Path("runs/report.html")
DEFAULT_FILTERS = Path("runs/filters")


def add_step(steps: Any, name: str, command: object, text: str) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(
        name, help=text, description=text, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    step.set_defaults(command=command)
    return step


def add_set(step: argparse.ArgumentParser) -> None:
    step.add_argument("--set", type=Path, default=DEFAULT_SET, help="the prepared set's folder")


def add_evidence(step: argparse.ArgumentParser) -> None:
    step.add_argument("--evidence", type=Path, default=DEFAULT_EVIDENCE, help="folder that keeps what was measured")


def split_or_published(text: str) -> str | Path:
    return text if text == FAULT_FILTERED else Path(text)


def add_split_or_published(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "--split", type=split_or_published, default=DEFAULT_SPLIT, metavar=f"FILE|{FAULT_FILTERED}",
        help="the split of --set, or the published one of GTZAN's clips in DATA"
    )  # fmt: skip


def add_read_split(step: argparse.ArgumentParser) -> None:
    step.add_argument("--split", type=Path, default=DEFAULT_SPLIT, help="the split to use")


def add_chunks(step: argparse.ArgumentParser, text: str) -> None:
    step.add_argument("--chunk-s", type=int, choices=CHUNKS_S, default=0, help=f"seconds to cut songs into: {text}")
