"""`python -m tests.catalogue costs|kills [--write]`: a catalogue's job measured, and killed as often as you like.

costs: seconds of a core by stage, as JSON for planners; --write puts it into docs/evidence/catalogue.json.
kills: a job that is ended by kill -9 at random moments until it is done; --write renews its table in docs/catalogue.md.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import model  # noqa: F401 - before NumPy
from tests.catalogue.costs import costs
from tests.support import REPOSITORY

EVIDENCE = REPOSITORY / "docs" / "evidence" / "catalogue.json"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.catalogue", description="A catalogue's job.")
    parser.add_argument("what", choices=["costs"])
    parser.add_argument("--write", action="store_true", help="into docs/, too")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="genrescope-catalogue-") as scratch:
        text = json.dumps(costs(Path(scratch)), indent=2)
    print(text)
    if given.write:
        EVIDENCE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
