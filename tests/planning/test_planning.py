"""tests/planning: the command line, what it refuses, and that its page has a place for each command."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.load.renew import renew
from tests.planning import __main__ as planning
from tests.planning import server_report
from tests.planning.service_times import PAGE, ServiceTimes, ServiceTimesError
from tests.planning.traffic import Traffic

COMMANDS = ("measure", "simulate server", "simulate job", "cost")
SMALL_JOB = ("simulate", "job", "--songs", "3000", "--nodes", "2", "--shard-songs", "50", "--replications", "2")


def test_the_page_has_a_place_for_each_command(tmp_path: Path) -> None:
    page = tmp_path / "planning.md"
    shutil.copy(planning.PAGE, page)
    for command in COMMANDS:
        renew(f"python -m tests.planning {command}", f"new by {command}", page)
    assert all(f"\nnew by {command}\n" in page.read_text() for command in COMMANDS)


def test_a_job_is_told_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for _ in range(2):
        assert planning.main(SMALL_JOB) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert "| half the nodes |" in told[0]
    assert "3,000, of the day's lengths" in told[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["simulate", "job", "--nodes", "0"], "must be 1 at least"),
        (["simulate", "server", "--songs-a-day", "-5"], "a day has songs above 0"),
        (["simulate", "job", "--replications", "1"], "an interval needs 2"),
        (["cost", "--price-core-hour", "-1"], "the price core_hour is -1, must be 0 or above"),
    ],
)
def test_what_cannot_be_is_named(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert planning.main(given) == 2
    assert said in capsys.readouterr().err


def test_what_was_measured_is_there_and_survives_being_written(tmp_path: Path) -> None:
    times, copy = ServiceTimes.read(), tmp_path / "times.json"
    times.write(copy)
    assert copy.read_text() == PAGE.read_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "is not there: `python -m tests.planning measure` writes it"), ("{}", "is no file of service times")],
)
def test_a_file_that_is_none_is_named(content: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "times.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ServiceTimesError, match=said):
        ServiceTimes.read(path)


@pytest.mark.parametrize(("others_cores", "has_days"), [(0.1, True), (1.5, False)])
def test_no_day_is_planned_from_what_others_work_has_slowed(others_cores: float, has_days: bool) -> None:
    times = ServiceTimes.read()
    rows = [replace(row, others_cores=others_cores) for row in times.rows if row.n_clients == 1]
    told = server_report.report(replace(times, rows=rows), Traffic(songs=20, n_bursts=0), 2, 0)
    assert ("| 2 to 10 |" in told) == has_days
    assert ("Other work had up to 1.5 of the" in told) != has_days
