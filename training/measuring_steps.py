"""The command lines of the steps that measure, tell and show what was learned."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from training import commands, measuring
from training.fault_filtered import FAULT_FILTERED
from training.split import PARTS
from training.step_options import (
    DEFAULT_ABLATION,
    DEFAULT_FILTERS,
    DEFAULT_MODEL,
    DEFAULT_REPORT,
    DEFAULT_TRANSFER,
    add_evidence,
    add_read_split,
    add_set,
    add_split_or_published,
    add_step,
    split_or_published,
)
from training.to_score import DEFAULT_SET, GTZAN_SET


def add_measuring_steps(steps: Any, parse: Callable[[Sequence[str]], argparse.Namespace]) -> None:
    """Adds them, in their order. parse: reads a command line, as one of them makes them for others."""
    _add_results(steps)
    _add_transfer(steps)
    _add_ablate(steps, parse)
    _add_robustness(steps)
    _add_abstain(steps)
    _add_changes(steps)
    _add_faithful(steps)
    _add_calibrate(steps)
    _add_card(steps)
    _add_report(steps)
    _add_compare(steps)
    _add_filters(steps)
    _add_units(steps)


def _add_results(steps: Any) -> None:
    step = add_step(steps, "results", commands.record_results, "one recipe over several seeds -> a row of the results")
    step.add_argument("name", help="the row's name; a row of that name is replaced")
    step.add_argument("runs", type=Path, nargs="+", metavar="run", help="runs that `train` wrote, one a seed")
    add_set(step)
    add_read_split(step)
    step.add_argument("--part", choices=PARTS, default="valid", help="test songs are scored only when asked for")
    step.add_argument("--table", choices=("results", "ablation"), default="results", help="where the row belongs")
    add_evidence(step)


def _add_transfer(steps: Any) -> None:
    step = add_step(steps, "transfer", commands.compare_starts, "few songs: a new last layer, fine-tuned, from scratch")
    add_set(step)
    add_read_split(step)
    step.add_argument("--init", required=True, help="the network to start from, which should not know these songs")
    step.add_argument("--sizes", type=int, nargs="+", default=[5, 10, 20], help="songs a genre to learn from")
    step.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="each draws songs of its own")
    step.add_argument("--runs", type=Path, default=DEFAULT_TRANSFER, help="folder for the runs, WAY-SIZE-SEED each")
    add_evidence(step)


def _add_ablate(steps: Any, parse: Callable[[Sequence[str]], argparse.Namespace]) -> None:
    step = add_step(steps, "ablate", commands.ablate_recipe, "the recipe with one thing changed at a time -> a table")
    step.set_defaults(parse=parse)
    add_set(step)
    add_read_split(step)
    step.add_argument("--init", type=Path, required=True, help="the network that the recipe starts from")
    step.add_argument("--teacher", type=Path, help="EfficientAT's mn04 .pt file, to start from it instead")
    step.add_argument("--others", type=Path, help="as of `train`")
    step.add_argument(
        "--teachers", nargs="+", default=[], type=Path, metavar="RUN", help="as of `train`, to learn from"
    )
    step.add_argument("--unlabelled", type=Path, help="as of `train`")
    step.add_argument("--taggrams", type=Path, metavar="ARCHIVE.npz", help="as of `train`")
    step.add_argument("--runs", type=Path, default=DEFAULT_ABLATION, help="folder for the runs, NAME-SEED each")
    step.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these levers (see training/ablation.py)")
    step.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    step.add_argument(
        "--epochs", type=int, help="of every run, but for those with other epochs; as `train` has it unless said"
    )
    step.add_argument("--jobs", type=int, default=2, help="runs at a time, one thread each")
    step.add_argument(
        "--apart", default="", metavar="WORDS",
        help="what else is different about all of these runs, such as another start: their rows are named with these "
        "words and held against each other alone"
    )  # fmt: skip
    add_evidence(step)


def _add_robustness(steps: Any) -> None:
    step = add_step(
        steps, "robustness", measuring.measure_robustness, "songs louder, filtered, as MP3 …: still heard so?"
    )
    step.add_argument(
        "folder", type=Path, metavar="AUDIO_FOLDER", help="a subfolder a genre, or train and test with one each"
    )
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model that hears them")
    _add_part_by_name(step)
    add_evidence(step)


def _add_part_by_name(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "--split", type=split_or_published, metavar=f"FILE|{FAULT_FILTERED}",
        help="hear a part of this split, by its names; all songs unless said"
    )  # fmt: skip
    step.add_argument("--part", choices=PARTS, help="the split's part; valid unless said")


def _add_abstain(steps: Any) -> None:
    step = add_step(
        steps, "abstain", measuring.measure_unsure, "how often it is unsure: of its genres, and of all else"
    )
    _add_songs_of_model(step)
    step.add_argument("--others", type=Path, help="prepared set of no genre that nothing was trained on")


def _add_changes(steps: Any) -> None:
    step = add_step(steps, "changes", measuring.measure_following, "how soon it follows when the music changes")
    _add_songs_of_model(step)


def _add_faithful(steps: Any) -> None:
    text = "whether the page's explanations of a second say what the network hears"
    _add_songs_of_model(add_step(steps, "faithful", measuring.measure_explanations, text))


def _add_calibrate(steps: Any) -> None:
    text = "how sure a model may be of short songs, into its contract: for models of before"
    step = add_step(steps, "calibrate", measuring.calibrate_short, text)
    step.set_defaults(features=None, data=None, part="valid")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model")
    add_set(step)
    add_read_split(step)


def _add_songs_of_model(step: argparse.ArgumentParser) -> None:
    step.set_defaults(features=None)
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model to score")
    step.add_argument("data", type=Path, nargs="?", metavar="DATA", help="as of `evaluate`")
    step.add_argument("--set", type=Path, help=f"as of `evaluate`; {DEFAULT_SET}, or {GTZAN_SET}, unless said")
    add_split_or_published(step)
    step.add_argument("--part", choices=PARTS, help="of the split; test if it has one, else valid")
    add_evidence(step)


def _add_card(steps: Any) -> None:
    step = add_step(steps, "card", commands.write_model_card, "all that was measured -> the model's CARD.md")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model to write it for")
    add_evidence(step)
    step.add_argument("--readme", type=Path, help="also put the table of figures between the two marks of this file")


def _add_report(steps: Any) -> None:
    step = add_step(
        steps, "report", measuring.report_training, "a training as one page: curves, figures, map, what is wrong"
    )
    add_set(step)
    add_read_split(step)
    step.add_argument("--run", type=Path, help="the run that `train` wrote; with --model the one it was exported from")
    step.add_argument("--model", type=Path, help="the exported model, whose network is judged where both are said")
    step.add_argument("--part", choices=PARTS, default="valid", help="test songs are scored only when asked for")
    step.add_argument("--audio", type=Path, metavar="FOLDER", help="the songs' folder, for the page to play them")
    step.add_argument("--out", type=Path, default=DEFAULT_REPORT, help="the page to write")


def _add_compare(steps: Any) -> None:
    step = add_step(
        steps, "compare", measuring.compare_archive, "an archive of log-mels against the same clips as audio"
    )
    step.add_argument("archive", type=Path, help="the .npz archive")
    step.add_argument("folder", type=Path, help="folder with GENRE/NAME.mp3, .flac …")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model that hears both")
    _add_part_by_name(step)
    add_evidence(step)


def _add_filters(steps: Any) -> None:
    step = add_step(
        steps, "filters", measuring.hear_filters, "what each channel of each convolution hears best, to hear"
    )
    step.add_argument("folder", type=Path, metavar="FOLDER", help="songs of any depth; folders of a genre tell theirs")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model to look into")
    step.add_argument("--count", type=int, default=5, help="excerpts a channel, each of another song")
    step.add_argument("--out", type=Path, default=DEFAULT_FILTERS, help="folder to write")
    step.add_argument(
        "--layers", nargs="+", default=["*"], metavar="NAME", help="convolutions of these names alone, as 'features-1*'"
    )
    step.add_argument(
        "--link", action="store_true",
        help="cut nothing: the page plays the songs where they lie, for music that may not be passed on"
    )  # fmt: skip


def _add_units(steps: Any) -> None:
    step = add_step(steps, "units", measuring.write_units, "what filters found, into the model: the page shows it")
    step.add_argument("filters", type=Path, nargs="?", default=DEFAULT_FILTERS, help="the folder that filters wrote")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model that it is about")
    step.add_argument(
        "--music", required=True, metavar="WORDS",
        help="which songs the pictures are made of, and under what terms: the page says so"
    )  # fmt: skip
