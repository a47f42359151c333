"""`python -m training STEP …`: from a folder of music to a model that the page and the server load."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow greets on stderr before anything can fail

from model.contract import ContractError
from training.errors import TrainingError


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0, or 1 after one sentence that says what was wrong."""
    try:
        options = _parse(arguments)
        options.command(options)
    except ModuleNotFoundError as error:
        package = str(error.name).split(".")[0]
        if package in ("model", "training"):
            raise
        print(f"training: {package} is not installed: `make setup-train` installs it", file=sys.stderr)
        return 1
    except (TrainingError, ContractError) as error:
        print(f"training: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("training: stopped", file=sys.stderr)
        return 130
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    from training.learning_steps import add_learning_steps
    from training.measuring_steps import add_measuring_steps

    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    steps = parser.add_subparsers(title="steps, in their order", required=True)
    add_learning_steps(steps)
    add_measuring_steps(steps, parse=_parse)
    return parser


if __name__ == "__main__":
    sys.exit(main())
