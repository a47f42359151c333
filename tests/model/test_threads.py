"""model/__init__.py: every program of ours computes the signal chain's small products in one thread."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support import REPOSITORY

COUNT = """
import {program}
import numpy
from threadpoolctl import threadpool_info
print(max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"))
"""


@pytest.mark.parametrize("program", ["model", "server", "training", "genrescope"])
def test_blas_has_one_thread(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNT.format(program=program)],
        cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "1\n"
