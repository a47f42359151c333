"""The command lines of the steps from music to a model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training import commands, fma, set_commands
from training.fault_filtered import FAULT_FILTERED
from training.step_options import (
    DEFAULT_ADAPTED,
    DEFAULT_FOLDS,
    DEFAULT_MODEL,
    DEFAULT_RUN,
    DEFAULT_SPLIT,
    add_chunks,
    add_evidence,
    add_read_split,
    add_set,
    add_split_or_published,
    add_step,
    split_or_published,
)
from training.to_score import DEFAULT_SET, GTZAN_SET

# model.network.ARCHITECTURES, which takes TensorFlow
MODELS = ("cnn", "cnn-pcen", "mn04", "mfcc", "contrast", "merged", "linear")
VARIANT_MODELS = (
    "conv1d", "short-chunk", "cnn-wide", "cnn-deep", "cnn-brief", "cnn-long", "cnn-attention", "cnn-mean-max",
    "cnn-band-norm",
)  # fmt: skip


def add_learning_steps(steps: Any) -> None:
    """Adds them, in their order."""
    _add_prepare(steps)
    _add_split(steps)
    _add_adapt(steps)
    _add_train(steps)
    _add_cross_validate(steps)
    _add_average(steps)
    _add_evaluate(steps)
    _add_export(steps)


def _add_prepare(steps: Any) -> None:
    step = add_step(
        steps,
        "prepare",
        set_commands.prepare_set,
        "folder with a subfolder a genre, or train and test with one each -> log-mels, cached",
    )
    step.add_argument("source", type=Path, help="the folder, or an .npz archive of log-mels")
    add_set(step)
    several = step.add_argument_group("songs of several genres", "the Free Music Archive's dataset, such as fma_small")
    several.add_argument("--fma", type=Path, metavar="FOLDER", help="fma_metadata, with tracks.csv and genres.csv")
    several.add_argument("--level", choices=fma.LEVELS, default="all", help="the whole hierarchy, or its top alone")
    several.add_argument("--min-songs", type=int, default=fma.MIN_SONGS, help="of a taught genre, in the training part")
    several.add_argument("--subset", choices=fma.SUBSETS, default="", help="unless the folder's name says it")


def _add_split(steps: Any) -> None:
    step = add_step(steps, "split", set_commands.split_set, "which songs are for training, validation and test")
    add_set(step)
    step.add_argument("--split", type=Path, default=DEFAULT_SPLIT, help="file to write")
    kind = step.add_mutually_exclusive_group()
    kind.add_argument("--groups", type=Path, help="lines `track ::: artist`: an artist's songs stay in one part")
    kind.add_argument("--lists", type=Path, help="folder with train_*.txt, valid_*.txt and, if any, test_*.txt")
    kind.add_argument("--given", action="store_true", help="as the archive's, or FMA's, own split column says")
    kind.add_argument("--random", action="store_true", help="as most projects: repeats of a recording anywhere")
    kind.add_argument("--fault-filtered", action="store_true", help="as published for GTZAN: Kereliuk et al. 2015")
    step.add_argument("--shares", type=float, nargs=3, default=[0.7, 0.15, 0.15], metavar=("TRAIN", "VALID", "TEST"))
    step.add_argument("--seed", type=int, default=0)


def _add_adapt(steps: Any) -> None:
    step = add_step(steps, "adapt", commands.adapt_teacher, "music without labels -> a better start for `train --init`")
    step.add_argument("music", type=Path, nargs="+", help="folder with music: any names, depth and formats")
    step.add_argument("--teacher", type=Path, required=True, help="EfficientAT's mn04 .pt file")
    step.add_argument("--out", type=Path, default=DEFAULT_ADAPTED, help="network to write")
    step.add_argument(
        "--split", type=split_or_published, metavar=f"FILE|{FAULT_FILTERED}",
        help="leave out files named like songs of this split's validation and test parts, in any folder and format"
    )  # fmt: skip
    stages = ("FIRST_LAYERS", "ALL")
    step.add_argument("--epochs", type=int, nargs=2, default=[8, 12], metavar=stages)
    step.add_argument("--learning-rates", type=float, nargs=2, default=[3e-3, 1e-3], metavar=stages)
    step.add_argument("--batch-size", type=int, default=16)
    step.add_argument("--seed", type=int, default=0)


def _add_train(steps: Any) -> None:
    step = add_step(steps, "train", commands.train_run, "train a network; run again after an interruption to go on")
    add_set(step)
    add_read_split(step)
    step.add_argument("--run", type=Path, default=DEFAULT_RUN, help="folder to write")
    step.add_argument("--teachers", nargs="+", default=[], type=Path, metavar="RUN", help="runs that name --unlabelled")
    step.add_argument("--unlabelled", type=Path, help="folder ….pairs of `adapt`: music that the teachers name")
    step.add_argument(
        "--taggrams", type=Path, metavar="ARCHIVE.npz",
        help="tags' probabilities, as of musicnn, to soften the targets: name [songs], taggram [songs, times, tags]"
    )  # fmt: skip
    step.add_argument("--no-curve", action="store_true", help="hear the validation songs after the last epoch alone")
    _add_recipe(step, MODELS + VARIANT_MODELS)


def _add_cross_validate(steps: Any) -> None:
    step = add_step(steps, "crossvalidate", commands.cross_validate_set, "each song judged by a network of the others")
    add_set(step)
    step.add_argument("--split", type=Path, default=DEFAULT_SPLIT, help="file to write the first fold's split to")
    step.add_argument("--groups", type=Path, help="as of `split`: an artist's songs in one fold, for a stricter figure")
    step.add_argument("--folds", type=int, default=5, help="fewer where a genre has fewer songs")
    step.add_argument("--runs", type=Path, default=DEFAULT_FOLDS, help="folder for the runs, fold-NUMBER each")
    step.set_defaults(teachers=[], unlabelled=None, taggrams=None)
    _add_recipe(step, tuple(model for model in MODELS if model != "linear"))
    add_evidence(step)


def _add_recipe(step: argparse.ArgumentParser, models: tuple[str, ...]) -> None:
    step.add_argument(
        "--init", default="scratch", help="scratch, EfficientAT's mn04 .pt file, a .keras network, or a model"
    )
    step.add_argument(
        "--model", choices=models, metavar="MODEL",
        help="for --init scratch, cnn-pcen unless said; linear is fitted in one go, and those after it are for the "
        f"ablation alone, not to be exported: {', '.join(models)}"
    )  # fmt: skip
    step.add_argument(
        "--epochs", type=int,
        help="60 from scratch, 16 from given weights, unless said; 0: these stay, and a last layer is fitted to them"
    )  # fmt: skip
    step.add_argument("--batch-size", type=int, default=32)
    step.add_argument("--learning-rate", type=float, default=1e-3, help="of the head and the body, at its peak")
    step.add_argument("--seed", type=int, default=0)
    step.add_argument("--others", type=Path, help="prepared set of no genre (speech, noise …), to be unsure of")
    add_chunks(step, "an epoch hears a window of each chunk of a song, not one of the song; a new last layer its mean")
    step.add_argument("--vary", nargs="+", default=[], metavar="NAME=NUMBER", help="numbers of the recipe, as eq_db=0")


def _add_average(steps: Any) -> None:
    step = add_step(steps, "average", commands.average_trained, "runs of several seeds -> one with their mean weights")
    step.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run that `train` wrote")
    add_set(step)
    add_read_split(step)
    step.add_argument("--run", type=Path, required=True, help="folder to write")


def _add_evaluate(steps: Any) -> None:
    step = add_step(steps, "evaluate", commands.evaluate_model, "accuracy, interval, per-genre figures, calibration")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model to score")
    step.add_argument(
        "data", type=Path, nargs="?", metavar="DATA",
        help=f"with --split {FAULT_FILTERED}: GTZAN, a folder with its audio or an .npz archive of log-mels",
    )  # fmt: skip
    songs = step.add_mutually_exclusive_group()
    songs.add_argument("--features", type=Path, metavar="ARCHIVE.npz", help="score an archive of log-mels")
    songs.add_argument(
        "--set", type=Path, help=f"score a prepared set; {DEFAULT_SET} unless said. With --split {FAULT_FILTERED} the "
        f"folder to keep what is made of DATA in; {GTZAN_SET} unless said"
    )  # fmt: skip
    add_split_or_published(step)
    step.add_argument(
        "--part", help=f"train, valid or test; with --features also all. Unless said: test if the split has one, as "
        f"{FAULT_FILTERED} has, else valid; with --features everything that the archive does not call train or excluded"
    )  # fmt: skip
    step.add_argument(
        "--out", type=Path, help="also write evaluation.json, and confusion and reliability as .csv and .png, here"
    )
    step.add_argument("--evidence", type=Path, help="folder to keep the test part's accuracy in, for the card")
    add_chunks(step, "also how many chunks are right, and how many songs by the commonest verdict among theirs")
    step.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def _add_export(steps: Any) -> None:
    step = add_step(steps, "export", commands.export_run, "a trained run -> a model folder for page and server")
    add_set(step)
    add_read_split(step)
    step.add_argument("--run", type=Path, default=DEFAULT_RUN, help="the run that `train` wrote")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="model folder to write or to replace")
    step.add_argument("--name", default="genrescope", help="the model's name, shown on the page")
