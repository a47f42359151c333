"""What `python -m tests.lighthouse` makes of a report. Lighthouse itself is run by `make lighthouse`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lighthouse import __main__ as command
from tests.support import REPOSITORY


def report(performance: float | None) -> dict[str, Any]:
    perfect = {"score": 1, "auditRefs": []}
    slow = {"score": performance, "auditRefs": [{"id": "paint", "weight": 10}, {"id": "hint", "weight": 0}]}
    audits = {"paint": {"score": 0.5, "title": "First paint", "displayValue": "3 s"}, "hint": {"score": 0}}
    return {"categories": {"performance": slow, "accessibility": perfect, "best-practices": perfect}, "audits": audits}


def test_scores_are_told_with_what_cost_points() -> None:
    told = list(command.lines("phone", report(0.95)))
    assert told[0].split() == ["phone", "performance", "0.95", "met"]
    assert told[1].split() == ["0.50", "First", "paint:", "3", "s"]
    assert len(told) == 4


@pytest.mark.parametrize(("performance", "is_met"), [(1, True), (0.95, True), (0.94, False), (None, False)])
def test_the_goal(performance: float | None, is_met: bool) -> None:
    assert command.is_met(report(performance), "performance") is is_met


def test_its_packages_are_pinned_and_name_no_registry() -> None:
    folder = REPOSITORY / "tools" / "lighthouse"
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert wanted == {"lighthouse": locked["node_modules/lighthouse"]["version"]}
    assert [name for name, package in locked.items() if "resolved" in package] == []
