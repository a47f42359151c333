"""model/cores.py: cores that a process may not use do not count."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.cores import GROUPS, usable_cores
from tests.support import REPOSITORY

COUNT = """
from model.cores import usable_cores
from server.settings import Settings
print(usable_cores(), Settings().max_analyses)
"""
COUNT_ON_ONE = f"""
import os
os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}})
{COUNT}
"""
needs_two_cores = pytest.mark.skipif(usable_cores() < 2, reason="here is one core alone")


def test_there_is_a_core_and_no_more_than_the_machine_has() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to cores")
def test_a_process_bound_to_one_core_has_one() -> None:
    output = subprocess.run([sys.executable, "-c", COUNT_ON_ONE], cwd=REPOSITORY, capture_output=True, check=True)
    assert output.stdout.split() == [b"1", b"1"]


def files(folder: Path, contents: dict[str, str]) -> Path:
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@needs_two_cores
@pytest.mark.parametrize(
    ("own", "limits"),
    [
        ("0::/", {"cpu.max": "50000 100000\n"}),  # a container
        ("0::/", {"cpu.max": "100000 100000\n"}),
        ("0::/user.slice/shell", {"cpu.max": "max 100000\n", "user.slice/cpu.max": "20000 100000\n"}),
        ("5:cpu,cpuacct:/docker/1f", {"cpu,cpuacct/cpu.cfs_quota_us": "90000\n"}),  # seen from inside
        ("3:memory:/x\n5:cpu:/x\n0::/", {"cpu/x/cpu.cfs_quota_us": "100000\n"}),
        ("4:cpuacct,cpu:/", {"cpu/cpu.cfs_quota_us": "100000\n"}),
    ],
)
def test_a_share_of_the_processor_is_so_many_cores(tmp_path: Path, own: str, limits: dict[str, str]) -> None:
    periods = {str(Path(name).with_name("cpu.cfs_period_us")): "100000\n" for name in limits if "quota" in name}
    groups = files(tmp_path, limits | periods)
    assert usable_cores(groups, files(tmp_path, {"own": f"{own}\n"}) / "own") == 1


@pytest.mark.parametrize(
    ("own", "limits"),
    [
        ("0::/", {"cpu.max": "max 100000\n"}),
        ("0::/", {"cpu.max": "150000 100000\n"} if usable_cores() == 2 else {}),
        ("0::/", {"cpu.max": "99900000 100000\n"}),
        ("0::/", {"cpu.max": "nonsense\n"}),
        ("0::/", {"cpu.max": "nonsense 100000\n"}),
        ("0::/", {"cpu.max": "50000 0\n"}),
        ("5:cpu:/", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}),
        ("5:cpu:/", {"cpu/cpu.cfs_quota_us": "1000\n"}),  # without its period
        ("3:memory:/", {"memory/cpu.cfs_quota_us": "1000\n", "memory/cpu.cfs_period_us": "100000\n"}),
        ("0::/mine", {"others/cpu.max": "1000 100000\n"}),
        ("", {}),
    ],
)
def test_no_limit_takes_no_core_away(tmp_path: Path, own: str, limits: dict[str, str]) -> None:
    all_there_are = usable_cores(tmp_path / "none", tmp_path / "none")
    assert usable_cores(files(tmp_path, limits), files(tmp_path, {"own": f"{own}\n"}) / "own") == all_there_are


@pytest.fixture
def half_a_core() -> Iterator[Path]:
    """The list of processes of a real group that may use half a core."""
    for top, limit in ((GROUPS, "cpu.max"), (GROUPS / "cpu", "cpu.cfs_quota_us")):
        group = top / f"genrescope-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            if (group / limit).is_file():
                (group / limit).write_text("50000")
                yield group / "cgroup.procs"
                return
        finally:
            group.rmdir()
    pytest.skip("here no group of processes can be limited")


@needs_two_cores
def test_a_process_in_a_limited_group_has_so_many(half_a_core: Path) -> None:
    joins = f"open({str(half_a_core)!r}, 'w').write(str(__import__('os').getpid()))"
    output = subprocess.run([sys.executable, "-c", joins + COUNT], cwd=REPOSITORY, capture_output=True, check=True)
    assert output.stdout.split() == [b"1", b"1"]
