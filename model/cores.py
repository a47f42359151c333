"""How many cores there are for us: a container or `taskset` may give fewer than the machine has."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

GROUPS, OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def usable_cores(groups: Path = GROUPS, own_groups: Path = OWN_GROUPS) -> int:
    """At least 1. Part of a core, as `docker run --cpus 1.5` and Kubernetes' limits give it, counts as a whole one.

    groups, own_groups: where Linux says how much of the processor's time there is, and in which groups we are; other
    systems have neither (kernel.org, "Control Group v2", cpu.max; version 1, "CFS Bandwidth Control").
    """
    bound_to = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([bound_to, *map(math.ceil, _shares(groups, own_groups))]))


def _shares(groups: Path, own_groups: Path) -> Iterator[float]:
    """In cores: what our group may use, and each group around it."""
    try:
        lines = own_groups.read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        controllers, _, own = line.partition(":")[2].partition(":")
        if not controllers:
            yield from _shares_around(groups, own)
        elif "cpu" in controllers.split(","):
            for top in {groups / "cpu", groups / controllers}:  # one is often a link to the other, by either name
                yield from _shares_around(top, own)


def _shares_around(top: Path, own: str) -> Iterator[float]:
    group = top.joinpath(*own.split("/"))
    # In a container, the group that is its own is often mounted as the top one.
    for around in (group, *group.parents):
        if around.is_relative_to(top):
            yield from _share(around)


def _share(group: Path) -> Iterator[float]:
    for files in (["cpu.max"], ["cpu.cfs_quota_us", "cpu.cfs_period_us"]):
        try:
            quota, period = " ".join((group / name).read_text() for name in files).split()
            if quota not in ("max", "-1"):
                yield int(quota) / int(period)
        except (OSError, ValueError, ZeroDivisionError):
            continue
