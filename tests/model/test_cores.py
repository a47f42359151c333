"""model/cores.py: cores that a process may not use do not count."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from model.cores import usable_cores
from tests.support import REPOSITORY

COUNT_ON_ONE = """
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from model.cores import usable_cores
from server.settings import Settings
print(usable_cores(), Settings().max_analyses)
"""


def test_there_is_a_core_and_no_more_than_the_machine_has() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to cores")
def test_a_process_bound_to_one_core_has_one() -> None:
    output = subprocess.run([sys.executable, "-c", COUNT_ON_ONE], cwd=REPOSITORY, capture_output=True, check=True)
    assert output.stdout.split() == [b"1", b"1"]
