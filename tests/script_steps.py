"""Which steps of `python -m training` a script of tools/ takes: they are written down instead of run."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support import REPOSITORY


def checkout_that_writes_down(folder: Path) -> Path:
    """The folder, with a Python that writes down each call, a line each, and fails at what FAIL_AT says."""
    python = folder / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(
        '#!/bin/bash\nprintf \'%q \' "$@" >> calls; echo >> calls\n[ "$3" != "$FAIL_AT" ]\n', encoding="utf-8"
    )
    python.chmod(0o755)
    return folder


def run_script(name: str, checkout: Path, asked: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """tools/NAME in the checkout, `asked` being its environment beside the tests' own."""
    script = REPOSITORY / "tools" / name
    return subprocess.run(
        [script], cwd=checkout, env={**os.environ, **asked}, capture_output=True, text=True, timeout=60
    )


def script_steps(name: str, checkout: Path, asked: Mapping[str, str], fail_at: str = "none") -> list[list[str]]:
    """The words of each step, from its name on."""
    done = run_script(name, checkout, {**asked, "FAIL_AT": fail_at})
    assert (done.returncode == 0) == (fail_at == "none"), done.stderr
    calls = [shlex.split(line) for line in (checkout / "calls").read_text().splitlines()]
    assert all(call[:2] == ["-m", "training"] for call in calls)
    return [call[2:] for call in calls]


def names(made: list[list[str]]) -> list[str]:
    """The steps' own."""
    return [step[0] for step in made]


def value(step: list[str], option: str) -> str:
    """What the step is told by it."""
    return step[step.index(option) + 1]
