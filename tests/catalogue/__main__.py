"""`python -m tests.catalogue costs|speed|kills [--write]`: a catalogue's job measured, and killed as often as you like.

costs: seconds of a core by stage, as JSON for planners; --write puts it into docs/evidence/catalogue.json.
speed: the same job on one core and on all; --write puts it beside those.
kills: a job that is ended by kill -9 at random moments until it is done; --write renews its table in docs/catalogue.md.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import model  # noqa: F401 - before NumPy
from tests.catalogue.costs import costs
from tests.catalogue.kills import fate, killed_job
from tests.catalogue.songs import MAX_MINUTES, answers, make_catalogue
from tests.catalogue.speed import scaling
from tests.catalogue.table import fate_table, run_table
from tests.load.renew import renew
from tests.load.table import here_and_now
from tests.support import REPOSITORY

EVIDENCE = REPOSITORY / "docs" / "evidence" / "catalogue.json"
PAGE = REPOSITORY / "docs" / "catalogue.md"
LICENSED = REPOSITORY.parent / "shared" / "data" / "songs" / "rodio-formats"  # short; not ours to ship


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; the exit code is 1 where a song was lost, repeated or heard otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.catalogue", description="A catalogue's job.")
    parser.add_argument("what", choices=["costs", "speed", "kills"])
    parser.add_argument("--songs", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--shard-songs", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="into docs/, too")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="genrescope-catalogue-") as scratch:
        if given.what == "kills":
            return _kills(Path(scratch), given)
        known = json.loads(EVIDENCE.read_text(encoding="utf-8"))
        found = known | (costs(Path(scratch)) if given.what == "costs" else {"scaling": scaling()})
    text = json.dumps(found, indent=2)
    print(text)
    if given.write:
        EVIDENCE.write_text(text + "\n", encoding="utf-8")
    return 0


def _kills(scratch: Path, given: argparse.Namespace) -> int:
    begun = here_and_now()
    licensed = sorted(path for path in LICENSED.glob("music.*"))
    made = make_catalogue(scratch / "music", given.songs, given.seed, licensed)
    known = answers(sorted(set(made.values())))
    output, n_shards = scratch / "tagged", -(-given.songs // given.shard_songs)
    arguments = ["--ray", "local", "--shard-songs", str(given.shard_songs), "--max-minutes", str(MAX_MINUTES)]
    runs, said = killed_job(scratch / "music", output, n_shards, given.kills, given.seed, arguments)
    found = fate(output, {name: known[source] for name, source in made.items()})
    spoken = "\n".join(["The last run said:", "", *(f"    {line}" for line in said.strip().splitlines()[-2:])])
    spoken = spoken.replace(str(scratch), "…")
    settings = f"--songs {given.songs} --kills {given.kills} --seed {given.seed} --shard-songs {given.shard_songs}"
    head = f"{begun}; {settings}"
    text = "\n\n".join([head, run_table(runs, given.shard_songs), fate_table(found, given.songs), spoken])
    print(text)
    if given.write:
        renew("python -m tests.catalogue kills", text, PAGE)
    has_left = any(run.n_left_behind for run in runs)
    return 0 if found.is_right and found.n_once == given.songs and not has_left else 1


if __name__ == "__main__":
    raise SystemExit(main())
