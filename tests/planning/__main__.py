"""`python -m tests.planning COMMAND [--write]`: what many songs take, measured here and planned from it.

measure: service times by stage, scaling and load on this machine, into docs/evidence/service_times.json
simulate server: that load in a model of the server, and days of a site with bursts
simulate job: a tagging job on a hundred nodes
cost: of a million songs
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from tests.load.renew import renew
from tests.planning import cost_report, job_report, server_report
from tests.planning.cost import Prices
from tests.planning.job import Job
from tests.planning.measure import measure
from tests.planning.replications import N_REPLICATIONS
from tests.planning.service_times import ServiceTimes, ServiceTimesError
from tests.planning.tables import load_cost_table, measured_on, scaling_table, stage_table
from tests.planning.traffic import Traffic
from tests.support import REPOSITORY

PAGE = REPOSITORY / "docs" / "planning.md"


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.planning", description="What many songs take.")
    commands = parser.add_subparsers(dest="command", required=True)
    _add(commands, "measure", "service times, scaling and load on this machine: about five minutes, two cores")
    simulate = commands.add_parser("simulate", help="a model of the server, or of a job on many nodes")
    models = simulate.add_subparsers(dest="model", required=True)
    server = _add(models, "server", "the load test in the model, and days of a site", is_simulation=True)
    server.add_argument("--songs-a-day", type=float, default=Traffic.songs, help=f"(default: {Traffic.songs:g})")
    server.add_argument(
        "--burst-factor",
        type=float,
        default=Traffic.burst_factor,
        help=f"of the rate (default: {Traffic.burst_factor:g})",
    )
    job = _add(models, "job", "a tagging job on many nodes", is_simulation=True)
    for name in ("songs", "nodes", "cores", "shard_songs"):
        default = getattr(Job, name)
        job.add_argument(f"--{name.replace('_', '-')}", type=int, default=default, help=f"(default: {default:,})")
    job.add_argument("--mtbf-h", type=float, default=Job.mtbf_h, help=f"of a node, h (default: {Job.mtbf_h:g})")
    cost = _add(commands, "cost", "of a million songs", is_simulation=True)
    for name, price in vars(Prices()).items():
        cost.add_argument(
            f"--price-{name.replace('_', '-')}", type=float, default=price, help=f"$ (default: {price:g})"
        )
    return parser


def _add(commands: Any, name: str, words: str, *, is_simulation: bool = False) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    parser.add_argument("--write", action="store_true", help="into docs/planning.md, too")
    if is_simulation:
        parser.add_argument("--replications", type=int, default=N_REPLICATIONS, help=f"(default: {N_REPLICATIONS})")
        parser.add_argument("--seed", type=int, default=0, help="the first one's; the others' follow (default: 0)")
    return parser


def text_of(given: argparse.Namespace) -> tuple[str, str]:
    """The command as the page names it, and what it has to say."""
    if given.command == "measure":
        times = measure()
        times.write() if given.write else None
        tables = [stage_table(times), scaling_table(times), load_cost_table(times)]
        return "python -m tests.planning measure", "\n\n".join([measured_on(times), *tables])
    times, seeds = ServiceTimes.read(), (given.replications, given.seed)
    if given.command == "cost":
        prices = Prices(**{name: getattr(given, f"price_{name}") for name in vars(Prices())})
        return "python -m tests.planning cost", cost_report.report(times, Job(), Traffic(), prices, *seeds)
    if given.model == "job":
        names = ("songs", "nodes", "cores", "shard_songs", "mtbf_h")
        job = Job(**{name: getattr(given, name) for name in names})
        return "python -m tests.planning simulate job", job_report.report(times, job, *seeds)
    traffic = Traffic(songs=given.songs_a_day, burst_factor=given.burst_factor)
    return "python -m tests.planning simulate server", server_report.report(times, traffic, *seeds)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 2 where something that was given cannot be used."""
    given = options().parse_args(arguments)
    try:
        command, text = text_of(given)
    except (ServiceTimesError, ValueError, RuntimeError) as error:
        print(f"python -m tests.planning: {error}", file=sys.stderr)
        return 2
    print(text)
    if given.write:
        renew(command, text, PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
