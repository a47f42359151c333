"""`python -m tests.load.ray [--quick] [--write]`: the server on Ray Serve beside uvicorn's, under the same load."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.bench.songs import made_songs
from tests.load.measure import QUICK, SONGS_FOLDER, Plan, by_clients
from tests.load.renew import renew
from tests.load.table import LEVEL_HEAD, here_and_now, level_row, markdown
from tests.server.ray_server import RayServer
from tests.support import REPOSITORY, ServerProcess, ready_server_with

PAGE = REPOSITORY / "docs" / "ray-serve.md"
COMMAND = "python -m tests.load.ray"
PLAN = replace(QUICK, clients=(1, 8, 32), level_s=20.0)
REPORT_S = 15.0  # Ray's figures are told every ten seconds
BATCH = "ray_serve_actual_batch_size"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Ray Serve beside uvicorn, one replica of each kind.")
    parser.add_argument("--quick", action="store_true", help="5 s of each, instead of 20 s")
    parser.add_argument("--write", action="store_true", help="into docs/ray-serve.md, too")
    given = parser.parse_args(arguments)
    text = "\n\n".join(report(replace(PLAN, level_s=5.0) if given.quick else PLAN))
    print(text)
    if given.write:
        renew(COMMAND, text, PAGE)


def report(plan: Plan) -> list[str]:
    """The tables, and how busy the machine was with other things before."""
    load = f"load of the machine before it: {os.getloadavg()[0]:.1f}"
    (song,) = made_songs(SONGS_FOLDER, plan.lengths_s)
    rows = []
    for name, server in (("uvicorn", ready_server_with()), ("Ray Serve", _on_ray())):
        with server as process:
            for n_clients, met in by_clients(process.url, song, plan).items():
                rows.append([name, *level_row(1, song.name, n_clients, met)[1:]])
            batches = batches_of(process) if isinstance(process, RayServer) else ""
    return [f"{here_and_now()}; {load}", markdown(("server", *LEVEL_HEAD[1:]), rows), batches]


@contextmanager
def _on_ray() -> Iterator[ServerProcess]:
    server = RayServer()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def batches_of(server: RayServer) -> str:
    """How many calls were run together, by how often: Ray's own figures."""
    time.sleep(REPORT_S)
    families = text_string_to_metric_families(httpx.get(server.figures_url, timeout=30).text)
    samples = [sample for family in families for sample in family.samples if sample.name.startswith(BATCH)]
    upto = {sample.labels["le"]: sample.value for sample in samples if sample.name.endswith("_bucket")}
    total, n = (sum(s.value for s in samples if s.name == f"{BATCH}{end}") for end in ("_sum", "_count"))
    sizes = sorted(upto, key=float)
    counts = [upto[size] - (upto[sizes[k - 1]] if k else 0) for k, size in enumerate(sizes)]
    seen = [[f"≤ {size}", f"{count:.0f}"] for size, count in zip(sizes, counts, strict=True) if count]
    return markdown(("windows run together", "batches"), [*seen, ["on average", f"{total / n:.2f}"]])


if __name__ == "__main__":
    main()
