"""All levers' runs, each a `train` of its own, and a row of the ablation for each lever whose runs have ended.

What has been done is found again and left as it is: run again after an interruption to go on.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.ablation import LEVERS, OVERLAP, SHIPPED, SOUP, Lever, changes_of
from training.average import average_runs
from training.errors import TrainingError
from training.feature_set import open_feature_set
from training.options import TrainingOptions, chosen_options
from training.overlap import averaged_logits
from training.results import keep_row, read_rows, results_row
from training.run_folder import has_ended, network_of, read_record
from training.score import song_logits
from training.split import part_of_set, read_split

TABLE, PART = "ablation", "valid"
ONE_THREAD = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"), "1")
# glibc gives the memory of large tensors back to the kernel after each use, and takes a fault for each page of it at
# the next: a quarter of the time of an update.
KEEP_MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**34)}
Parse = Callable[[Sequence[str]], Namespace]


@dataclass(frozen=True)
class LeverRun:
    """One run of a lever: its folder, and the arguments of `python -m training` that train it."""

    folder: Path
    arguments: tuple[str, ...]


def runs_of(lever: Lever, options: Namespace) -> list[LeverRun]:
    """A run a seed. What is done with networks of the shipped recipe has that recipe's."""
    name = SHIPPED if lever.name in (SOUP, OVERLAP) else lever.name
    folders = [options.runs / f"{name}-{seed}" for seed in options.seeds]
    return [
        LeverRun(folder, tuple(_arguments(lever, seed, folder, options)))
        for seed, folder in zip(options.seeds, folders, strict=True)
    ]


def _arguments(lever: Lever, seed: int, run: Path, options: Namespace) -> list[str]:
    start = {"adapted": options.init, "teacher": options.teacher, "scratch": "scratch"}[lever.start]
    given = ["--set", options.set, "--split", options.split, "--run", run, "--seed", seed, "--init", start]
    given += ["--no-curve"]
    if options.others:
        given += ["--others", options.others]
    if options.epochs:
        given += ["--epochs", options.epochs]
    for name in lever.given:
        value = getattr(options, name)
        given += [f"--{name}", *(value if isinstance(value, list) else [value])]
    return ["train", *map(str, given), *lever.options]


def ablate(levers: Sequence[Lever], options: Namespace, parse: Parse, say: Callable[[str], None]) -> None:
    """Train and score the levers, options.jobs runs at a time; `parse` reads the arguments of `python -m training`.

    Raises TrainingError at the end for levers that could not be trained; the others have their rows.
    """
    failed = []
    pool = ThreadPoolExecutor(options.jobs)
    try:
        started: dict[Path, Future[None]] = {}
        for lever in levers:
            for run in runs_of(lever, options):
                if run.folder not in started:  # levers share runs: one folder is never trained in twice at a time
                    started[run.folder] = pool.submit(_train, run, parse(run.arguments))
        for lever in levers:
            try:
                for run in runs_of(lever, options):
                    started[run.folder].result()
                say(f"{lever.name}: {_keep_row_of(lever, options)}")
            except TrainingError as error:
                say(f"{lever.name} FAILED: {error}")
                failed.append(lever.name)
    finally:
        pool.shutdown(cancel_futures=True)
    if failed:
        raise TrainingError(f"{len(failed)} of {len(levers)} levers have no row: {', '.join(failed)}")


def _train(run: LeverRun, parsed: Namespace) -> None:
    """In a process of its own, unless it has ended. Raises TrainingError with what the process said last."""
    if _has_been_trained(run.folder, chosen_options(parsed), read_split(parsed.split)[0]):
        return
    run.folder.mkdir(parents=True, exist_ok=True)
    log = run.folder / "train.log"
    command = [sys.executable, "-m", "training", *run.arguments]
    environment = os.environ | ONE_THREAD | KEEP_MEMORY
    with log.open("a", encoding="utf-8") as output:
        ended = subprocess.run(command, stdout=output, stderr=output, env=environment, check=False)
    if ended.returncode:
        said = log.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line for line in reversed(said) if line.strip()), "nothing")
        raise TrainingError(
            f"{run.folder} ended with {ended.returncode}; it said: {last} (all of it: {log.name} there)"
        )


def _has_been_trained(folder: Path, options: TrainingOptions, how: str) -> bool:
    if not (folder / "run.json").is_file():
        return False
    record = read_record(folder)
    return (record["options"], record["split"]) == (options.as_json(), how) and has_ended(folder)


def _keep_row_of(lever: Lever, options: Namespace) -> str:
    """Score the lever's networks and put the row in its place, unless it is there; says how good it is."""
    songs, (how, split) = open_feature_set(options.set), read_split(options.split)
    folders = [run.folder for run in runs_of(lever, options)]
    if lever.name == SOUP:
        soup = options.runs / f"{SOUP}-of-{'-'.join(map(str, options.seeds))}"
        average_runs(folders, part_of_set(songs, split, "train"), part_of_set(songs, split, PART), soup, how)
        folders = [soup]
    name, against = (_named(changes, options.apart) for changes in (lever.changes, changes_of(lever.against)))
    row: dict[str, Any] = {"name": name, "split": how, "networks_sha256": _hash_networks(folders)}
    if options.apart:
        row["apart"] = options.apart
    kept = [old for old in read_rows(options.evidence, TABLE) if row.items() <= old.items()]
    if not kept:
        hear = averaged_logits if lever.name == OVERLAP else song_logits
        figures = results_row(name, folders, songs, split, how, PART, hear)
        keep_row(figures | row | {"against": against}, options.evidence, TABLE, _place)
        kept = [figures]
    return ", ".join(f"{accuracy:.3f}" for accuracy in kept[0]["clip_accuracy"])


def _named(changes: str, apart: str) -> str:
    return f"{changes}, {apart}" if apart else changes


def _hash_networks(runs: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(network_of(run).read_bytes() for run in runs)).hexdigest()


def _place(row: Mapping[str, Any]) -> tuple[str, int]:
    """In the levers' order, the shipped recipe first; then those that stand apart, too; rows of no lever after each."""
    apart = str(row.get("apart", ""))
    named = (place for place, lever in enumerate(LEVERS) if _named(lever.changes, apart) == row["name"])
    return apart, next(named, len(LEVERS))
