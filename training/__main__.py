"""`python -m training STEP …`: from a folder of music to a model that the page and the server load."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow greets on stderr before anything can fail

from model.contract import ContractError
from training import commands, fma, measuring, set_commands
from training.chunks import CHUNKS_S
from training.errors import TrainingError
from training.fault_filtered import FAULT_FILTERED
from training.split import PARTS
from training.to_score import DEFAULT_SET, GTZAN_SET

DEFAULT_SPLIT = Path("runs/split.json")
DEFAULT_ADAPTED = Path("runs/adapted.keras")
MODELS = ("cnn", "mn04", "mfcc", "contrast", "merged", "linear")  # model.network.ARCHITECTURES, which takes TensorFlow
VARIANT_MODELS = (
    "conv1d", "short-chunk", "cnn-wide", "cnn-deep", "cnn-brief", "cnn-long", "cnn-attention", "cnn-mean-max",
    "cnn-pcen", "cnn-band-norm",
)  # fmt: skip
DEFAULT_RUN, DEFAULT_MODEL = Path("runs/latest"), Path("model")
DEFAULT_EVIDENCE, DEFAULT_ABLATION, DEFAULT_FOLDS = Path("runs/evidence"), Path("runs/ablation"), Path("runs/folds")
DEFAULT_TRANSFER, DEFAULT_REPORT = Path("runs/transfer"), Path("runs/report.html")
DEFAULT_FILTERS = Path("runs/filters")


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0, or 1 after one sentence that says what was wrong."""
    options = _parse(arguments)
    try:
        options.command(options)
    except (TrainingError, ContractError) as error:
        print(f"training: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("training: stopped", file=sys.stderr)
        return 130
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    steps = parser.add_subparsers(title="steps, in their order", required=True)
    _add_prepare(steps)
    _add_split(steps)
    _add_adapt(steps)
    _add_train(steps)
    _add_cross_validate(steps)
    _add_average(steps)
    _add_evaluate(steps)
    _add_export(steps)
    _add_results(steps)
    _add_transfer(steps)
    _add_ablate(steps)
    _add_robustness(steps)
    _add_abstain(steps)
    _add_changes(steps)
    _add_faithful(steps)
    _add_card(steps)
    _add_report(steps)
    _add_compare(steps)
    _add_filters(steps)
    return parser


def _step(steps: Any, name: str, command: object, text: str) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(
        name, help=text, description=text, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    step.set_defaults(command=command)
    return step


def _add_prepare(steps: Any) -> None:
    step = _step(
        steps,
        "prepare",
        set_commands.prepare_set,
        "folder with a subfolder a genre, or train and test with one each -> log-mels, cached",
    )
    step.add_argument("source", type=Path, help="the folder, or an .npz archive of log-mels")
    _add_set(step)
    several = step.add_argument_group("songs of several genres", "the Free Music Archive's dataset, such as fma_small")
    several.add_argument("--fma", type=Path, metavar="FOLDER", help="fma_metadata, with tracks.csv and genres.csv")
    several.add_argument("--level", choices=fma.LEVELS, default="all", help="the whole hierarchy, or its top alone")
    several.add_argument("--min-songs", type=int, default=fma.MIN_SONGS, help="of a taught genre, in the training part")
    several.add_argument("--subset", choices=fma.SUBSETS, default="", help="unless the folder's name says it")


def _add_split(steps: Any) -> None:
    step = _step(steps, "split", set_commands.split_set, "which songs are for training, validation and test")
    _add_set(step)
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
    step = _step(steps, "adapt", commands.adapt_teacher, "music without labels -> a better start for `train --init`")
    step.add_argument("music", type=Path, nargs="+", help="folder with music: any names, depth and formats")
    step.add_argument("--teacher", type=Path, required=True, help="EfficientAT's mn04 .pt file")
    step.add_argument("--out", type=Path, default=DEFAULT_ADAPTED, help="network to write")
    step.add_argument(
        "--split", type=_split, metavar=f"FILE|{FAULT_FILTERED}",
        help="leave out files named like songs of this split's validation and test parts, in any folder and format"
    )  # fmt: skip
    stages = ("FIRST_LAYERS", "ALL")
    step.add_argument("--epochs", type=int, nargs=2, default=[8, 12], metavar=stages)
    step.add_argument("--learning-rates", type=float, nargs=2, default=[3e-3, 1e-3], metavar=stages)
    step.add_argument("--batch-size", type=int, default=16)
    step.add_argument("--seed", type=int, default=0)


def _add_train(steps: Any) -> None:
    step = _step(steps, "train", commands.train_run, "train a network; run again after an interruption to go on")
    _add_set(step)
    _add_read_split(step)
    step.add_argument("--run", type=Path, default=DEFAULT_RUN, help="folder to write")
    step.add_argument("--teachers", nargs="+", default=[], type=Path, metavar="RUN", help="runs that name --unlabelled")
    step.add_argument("--unlabelled", type=Path, help="folder ….pairs of `adapt`: music that the teachers name")
    step.add_argument("--no-curve", action="store_true", help="hear the validation songs after the last epoch alone")
    _add_recipe(step, MODELS + VARIANT_MODELS)


def _add_cross_validate(steps: Any) -> None:
    step = _step(steps, "crossvalidate", commands.cross_validate_set, "each song judged by a network of the others")
    _add_set(step)
    step.add_argument("--split", type=Path, default=DEFAULT_SPLIT, help="file to write the first fold's split to")
    step.add_argument("--groups", type=Path, help="as of `split`: an artist's songs in one fold, for a stricter figure")
    step.add_argument("--folds", type=int, default=5, help="fewer where a genre has fewer songs")
    step.add_argument("--runs", type=Path, default=DEFAULT_FOLDS, help="folder for the runs, fold-NUMBER each")
    step.set_defaults(teachers=[], unlabelled=None)
    _add_recipe(step, tuple(model for model in MODELS if model != "linear"))
    _add_evidence(step)


def _add_recipe(step: argparse.ArgumentParser, models: tuple[str, ...]) -> None:
    step.add_argument(
        "--init", default="scratch", help="scratch, EfficientAT's mn04 .pt file, a .keras network, or a model"
    )
    step.add_argument(
        "--model", choices=models, metavar="MODEL",
        help="for --init scratch, cnn unless said; linear is fitted in one go, and those after it are for the ablation "
        f"alone, not to be exported: {', '.join(models)}"
    )  # fmt: skip
    step.add_argument(
        "--epochs", type=int,
        help="60 from scratch, 16 from given weights, unless said; 0: these stay, and a last layer is fitted to them"
    )  # fmt: skip
    step.add_argument("--batch-size", type=int, default=32)
    step.add_argument("--learning-rate", type=float, default=1e-3, help="of the head and the body, at its peak")
    step.add_argument("--seed", type=int, default=0)
    step.add_argument("--others", type=Path, help="prepared set of no genre (speech, noise …), to be unsure of")
    _add_chunks(step, "an epoch hears a window of each chunk of a song, not one of the song; a new last layer its mean")
    step.add_argument("--vary", nargs="+", default=[], metavar="NAME=NUMBER", help="numbers of the recipe, as eq_db=0")


def _add_chunks(step: argparse.ArgumentParser, text: str) -> None:
    step.add_argument("--chunk-s", type=int, choices=CHUNKS_S, default=0, help=f"seconds to cut songs into: {text}")


def _add_average(steps: Any) -> None:
    step = _step(steps, "average", commands.average_trained, "runs of several seeds -> one with their mean weights")
    step.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run that `train` wrote")
    _add_set(step)
    _add_read_split(step)
    step.add_argument("--run", type=Path, required=True, help="folder to write")


def _add_evaluate(steps: Any) -> None:
    step = _step(steps, "evaluate", commands.evaluate_model, "accuracy, interval, per-genre figures, calibration")
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
    _add_split_or_published(step)
    step.add_argument(
        "--part", help=f"train, valid or test; with --features also all. Unless said: test if the split has one, as "
        f"{FAULT_FILTERED} has, else valid; with --features everything that the archive does not call train or excluded"
    )  # fmt: skip
    step.add_argument(
        "--out", type=Path, help="also write evaluation.json, and confusion and reliability as .csv and .png, here"
    )
    step.add_argument("--evidence", type=Path, help="folder to keep the test part's accuracy in, for the card")
    _add_chunks(step, "also how many chunks are right, and how many songs by the commonest verdict among theirs")
    step.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def _add_export(steps: Any) -> None:
    step = _step(steps, "export", commands.export_run, "a trained run -> a model folder for page and server")
    _add_set(step)
    _add_read_split(step)
    step.add_argument("--run", type=Path, default=DEFAULT_RUN, help="the run that `train` wrote")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="model folder to write or to replace")
    step.add_argument("--name", default="genrescope", help="the model's name, shown on the page")


def _add_results(steps: Any) -> None:
    step = _step(steps, "results", commands.record_results, "one recipe over several seeds -> a row of the results")
    step.add_argument("name", help="the row's name; a row of that name is replaced")
    step.add_argument("runs", type=Path, nargs="+", metavar="run", help="runs that `train` wrote, one a seed")
    _add_set(step)
    _add_read_split(step)
    step.add_argument("--part", choices=PARTS, default="valid", help="test songs are scored only when asked for")
    step.add_argument("--table", choices=("results", "ablation"), default="results", help="where the row belongs")
    _add_evidence(step)


def _add_transfer(steps: Any) -> None:
    step = _step(steps, "transfer", commands.compare_starts, "few songs: a new last layer, fine-tuned, from scratch")
    _add_set(step)
    _add_read_split(step)
    step.add_argument("--init", required=True, help="the network to start from, which should not know these songs")
    step.add_argument("--sizes", type=int, nargs="+", default=[5, 10, 20], help="songs a genre to learn from")
    step.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="each draws songs of its own")
    step.add_argument("--runs", type=Path, default=DEFAULT_TRANSFER, help="folder for the runs, WAY-SIZE-SEED each")
    _add_evidence(step)


def _add_ablate(steps: Any) -> None:
    step = _step(steps, "ablate", commands.ablate_recipe, "the recipe with one thing changed at a time -> a table")
    step.set_defaults(parse=_parse)
    _add_set(step)
    _add_read_split(step)
    step.add_argument("--init", type=Path, required=True, help="the network that the recipe starts from")
    step.add_argument("--teacher", type=Path, help="EfficientAT's mn04 .pt file, to start from it instead")
    step.add_argument("--others", type=Path, help="as of `train`")
    step.add_argument(
        "--teachers", nargs="+", default=[], type=Path, metavar="RUN", help="as of `train`, to learn from"
    )
    step.add_argument("--unlabelled", type=Path, help="as of `train`")
    step.add_argument("--runs", type=Path, default=DEFAULT_ABLATION, help="folder for the runs, NAME-SEED each")
    step.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these levers (see training/ablation.py)")
    step.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    step.add_argument(
        "--epochs", type=int, help="of every run, but for those with other epochs; as `train` has it unless said"
    )
    step.add_argument("--jobs", type=int, default=2, help="runs at a time, one thread each")
    _add_evidence(step)


def _add_robustness(steps: Any) -> None:
    step = _step(steps, "robustness", measuring.measure_robustness, "songs louder, filtered, as MP3 …: still heard so?")
    step.add_argument(
        "folder", type=Path, metavar="AUDIO_FOLDER", help="a subfolder a genre, or train and test with one each"
    )
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model that hears them")
    step.add_argument(
        "--split", type=_split, metavar=f"FILE|{FAULT_FILTERED}",
        help="hear a part of this split, by its names; all songs unless said"
    )  # fmt: skip
    step.add_argument("--part", choices=PARTS, help="the split's part; valid unless said")
    _add_evidence(step)


def _add_abstain(steps: Any) -> None:
    step = _step(steps, "abstain", measuring.measure_unsure, "how often it is unsure: of its genres, and of all else")
    _add_songs_of_model(step)
    step.add_argument("--others", type=Path, help="prepared set of no genre that nothing was trained on")


def _add_changes(steps: Any) -> None:
    step = _step(steps, "changes", measuring.measure_following, "how soon it follows when the music changes")
    _add_songs_of_model(step)


def _add_faithful(steps: Any) -> None:
    text = "whether the page's explanations of a second say what the network hears"
    _add_songs_of_model(_step(steps, "faithful", measuring.measure_explanations, text))


def _add_songs_of_model(step: argparse.ArgumentParser) -> None:
    step.set_defaults(features=None)
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model to score")
    step.add_argument("data", type=Path, nargs="?", metavar="DATA", help="as of `evaluate`")
    step.add_argument("--set", type=Path, help=f"as of `evaluate`; {DEFAULT_SET}, or {GTZAN_SET}, unless said")
    _add_split_or_published(step)
    step.add_argument("--part", choices=PARTS, help="of the split; test if it has one, else valid")
    _add_evidence(step)


def _add_card(steps: Any) -> None:
    step = _step(steps, "card", commands.write_model_card, "all that was measured -> the model's CARD.md")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model to write it for")
    _add_evidence(step)
    step.add_argument("--readme", type=Path, help="also put the table of figures between the two marks of this file")


def _add_report(steps: Any) -> None:
    step = _step(
        steps, "report", measuring.report_training, "a training as one page: curves, figures, map, what is wrong"
    )
    _add_set(step)
    _add_read_split(step)
    step.add_argument("--run", type=Path, help="the run that `train` wrote; with --model the one it was exported from")
    step.add_argument("--model", type=Path, help="the exported model, whose network is judged where both are said")
    step.add_argument("--part", choices=PARTS, default="valid", help="test songs are scored only when asked for")
    step.add_argument("--audio", type=Path, metavar="FOLDER", help="the songs' folder, for the page to play them")
    step.add_argument("--out", type=Path, default=DEFAULT_REPORT, help="the page to write")


def _add_compare(steps: Any) -> None:
    step = _step(steps, "compare", measuring.compare_archive, "an archive of log-mels against the same clips as audio")
    step.add_argument("archive", type=Path, help="the .npz archive")
    step.add_argument("folder", type=Path, help="folder with GENRE/NAME.mp3, .flac …")
    step.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the exported model that hears both")


def _add_filters(steps: Any) -> None:
    step = _step(steps, "filters", measuring.hear_filters, "what each channel of each convolution hears best, to hear")
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


def _add_set(step: argparse.ArgumentParser) -> None:
    step.add_argument("--set", type=Path, default=DEFAULT_SET, help="the prepared set's folder")


def _add_evidence(step: argparse.ArgumentParser) -> None:
    step.add_argument("--evidence", type=Path, default=DEFAULT_EVIDENCE, help="folder that keeps what was measured")


def _split(text: str) -> str | Path:
    return text if text == FAULT_FILTERED else Path(text)


def _add_split_or_published(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "--split", type=_split, default=DEFAULT_SPLIT, metavar=f"FILE|{FAULT_FILTERED}",
        help="the split of --set, or the published one of GTZAN's clips in DATA"
    )  # fmt: skip


def _add_read_split(step: argparse.ArgumentParser) -> None:
    step.add_argument("--split", type=Path, default=DEFAULT_SPLIT, help="the split to use")


if __name__ == "__main__":
    sys.exit(main())
