"""What each step of the command line does, from parsed options to printed words."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.errors import TrainingError
from training.feature_set import FeatureSet, open_feature_set
from training.split import (
    Split,
    part_of_set,
    read_groups,
    read_split,
    write_split,
)
from training.targets import check_names_one_genre, check_one_genre

if TYPE_CHECKING:
    from model.contract import Contract
    from model.predictor import Predictor


def train_run(options: Namespace) -> None:
    """`train`: writes the run's folder."""
    songs, (how, split) = open_feature_set(options.set), read_split(options.split)
    train_songs, valid_songs = part_of_set(songs, split, "train"), part_of_set(songs, split, "valid")
    _check_start(options)
    _check_teachers(options.teachers, split)
    fit = _fit_linear if options.model == "linear" else _fit_by_epochs
    fit(options, train_songs, valid_songs, how)
    print(f"trained: {options.run} (network.keras, history.csv)")


def _check_start(options: Namespace) -> None:
    if options.model and options.init != "scratch":
        raise TrainingError(
            f"--model {options.model} starts from nothing: leave out --init, or --model, for {options.init} brings its "
            "own network"
        )


def _check_teachers(teachers: Sequence[Path], split: Split) -> None:
    """What they know of a song to be scored they would tell."""
    from training.trained import check_not_learned

    for teacher in teachers:
        for part in ("valid", "test"):
            advice = f"they are this split's {part} part, and it would tell what it knows: choose other --teachers"
            check_not_learned(teacher, split[part], advice)


def _fit_linear(options: Namespace, train_songs: FeatureSet, valid_songs: FeatureSet, how: str) -> None:
    from training.linear import train_linear

    train_linear(train_songs, valid_songs, options.run, options.seed, how)


def _fit_by_epochs(options: Namespace, train_songs: FeatureSet, valid_songs: FeatureSet, how: str) -> None:
    from training.options import chosen_options
    from training.train import train

    train(train_songs, valid_songs, options.run, chosen_options(options), how, has_curve=not options.no_curve)


def cross_validate_set(options: Namespace) -> None:
    """`crossvalidate`: prints each fold's accuracy, that of all songs, and what to beware of."""
    from training.cross_validate import (
        cross_validate,
        fold_splits,
        genres_of_few_songs,
        judged,
        recipe_words,
    )
    from training.evaluate import as_text
    from training.evidence import write_evidence
    from training.options import FINE_TUNING_EPOCHS, chosen_options
    from training.split_words import fold_name

    _check_start(options)
    songs = open_feature_set(options.set)
    check_one_genre(songs, "crossvalidate")
    groups = read_groups(options.groups, songs) if options.groups else {}
    splits = fold_splits(songs, options.folds, options.seed, groups)
    if options.epochs is None and options.init != "scratch" and genres_of_few_songs(judged(songs, splits)):
        print(f"few songs: the given weights stay, under a new last layer; --epochs {FINE_TUNING_EPOCHS} fine-tunes")
        options.epochs = 0
    recipe = chosen_options(options)
    found = cross_validate(songs, splits, recipe, options.runs, lambda line: print(line, flush=True))
    write_split(splits[0], options.split, fold_name(1, len(splits)))
    grouped = f", songs grouped by {options.groups.name}" if options.groups else ""
    label = f"{len(splits)}-fold cross-validation, {recipe_words(recipe)}{grouped}"
    write_evidence(options.evidence, "cross_validation", found.to_json(label))
    print(as_text(found.result, label))
    for sentence in found.warnings:
        print(f"WARNING: {sentence}")


def compare_starts(options: Namespace) -> None:
    """`transfer`: prints each row's accuracies as it is measured."""
    from training.transfer import transfer

    songs, (how, split) = open_feature_set(options.set), read_split(options.split)
    check_one_genre(songs, "transfer")
    init = Path(options.init)
    if not init.exists():
        raise TrainingError(f"--init {init} is not there: give the network, .keras, or the model folder to start from")
    transfer(
        songs, split, how, init, sorted(options.sizes), options.seeds, options.runs, options.evidence,
        lambda line: print(line, flush=True),
    )  # fmt: skip


def average_trained(options: Namespace) -> None:
    """`average`: writes a run's folder."""
    from training.average import average_runs

    songs, (how, split) = open_feature_set(options.set), read_split(options.split)
    parts = part_of_set(songs, split, "train"), part_of_set(songs, split, "valid")
    average_runs(options.runs, *parts, options.run, how)
    print(f"averaged: {options.run} (network.keras, history.csv)")


def adapt_teacher(options: Namespace) -> None:
    """`adapt`: prints the files left out, and how well the features match before and after."""
    from training.adapt import AdaptOptions, adapt, as_text

    chosen = AdaptOptions(
        epochs=(options.epochs[0], options.epochs[1]),
        batch_size=options.batch_size,
        learning_rates=(options.learning_rates[0], options.learning_rates[1]),
        seed=options.seed,
    )
    without = _kept_for_scoring(options.split) if options.split else frozenset()
    adapted = adapt(options.music, options.teacher, options.out, chosen, without)
    for name, reason in adapted.skipped.items():
        print(f"skipped {name}: {reason}")
    print(as_text(adapted))
    print(f"adapted: {options.out} (go on with `train --init {options.out}`)")


def _kept_for_scoring(split: str | Path) -> Set[str]:
    """The songs of the split's validation and test parts, by name; of GTZAN, the faulty ones, too."""
    from training.fault_filtered import FAULT_FILTERED, HOW, clips_to_leave_unheard
    from training.to_score import songs_of_part

    if split == FAULT_FILTERED or (isinstance(split, Path) and read_split(split)[0] == HOW):
        return clips_to_leave_unheard()
    valid, test = (songs_of_part(split, part).names or set() for part in ("valid", "test"))
    return valid | test


def evaluate_model(options: Namespace) -> None:
    """`evaluate`: scores the server's own copy of the network."""
    from model.predictor import Predictor
    from training.evaluate import as_text, evaluate, write_evaluation, write_sealed
    from training.to_score import check_chain, songs_to_score

    alone = "--evidence keeps the figure of a split's test part alone: say --split, and no other --part"
    if options.evidence and options.part not in (None, "test"):
        raise TrainingError(alone)
    chosen = songs_to_score(options)
    if options.evidence and chosen.part != "test":
        raise TrainingError(alone)
    for remark in chosen.remarks:
        print(remark, file=sys.stderr if options.json else sys.stdout)
    predictor = Predictor(options.model)
    contract, songs = predictor.contract, chosen.songs
    check_chain(songs, contract)
    label, fitted_on_these = chosen.label_for(contract), chosen.chose(contract)
    if contract.rows.is_multi_label:
        _evaluate_multi_label(options, predictor, songs, label)
        return
    check_one_genre(songs, f"evaluate --model {options.model}")
    network, layout, rule = predictor.window_logits, contract.windows, contract.rows
    result = evaluate(
        songs, contract.genres, network, layout, rule, fitted_on_these=fitted_on_these, chunk_s=options.chunk_s
    )
    if options.out:
        write_evaluation(result, options.out, label, identity(contract))
    if options.evidence:
        print(f"kept in {write_sealed(result, options.evidence, label, identity(contract))}", file=sys.stderr)
    _print_figures(result, as_text, label, options)


def _evaluate_multi_label(options: Namespace, predictor: Predictor, songs: FeatureSet, label: str) -> None:
    from training.multi_label import as_text, evaluate_multi_label, write_multi_label

    contract = predictor.contract
    for option in ("evidence", "chunk_s"):
        if getattr(options, option):
            check_names_one_genre(contract, f"evaluate --{option.replace('_', '-')}")
    result = evaluate_multi_label(songs, contract.genres, predictor.window_logits, contract.windows, contract.rows)
    if options.out:
        write_multi_label(result, options.out, label, identity(contract))
    _print_figures(result, as_text, label, options)


def _print_figures(result: Any, as_text: Callable[[Any, str], str], label: str, options: Namespace) -> None:
    if options.json:
        print(label, file=sys.stderr)
    print(json.dumps(result.to_json()) if options.json else as_text(result, label))


def identity(contract: Contract) -> dict[str, str]:
    """Which model figures are of."""
    return {"name": contract.name, "version": contract.version}


def export_run(options: Namespace) -> None:
    """`export`: swaps the model folder's contract and prints the validation figures."""
    from training import evaluate, multi_label
    from training.export import export_model
    from training.others import others_of_run
    from training.to_score import CHOSEN_ON_THESE
    from training.trained import check_songs_of_run, load_trained

    how, split = read_split(options.split)
    valid_songs = part_of_set(open_feature_set(options.set), split, "valid")
    check_songs_of_run(options.run, valid_songs)
    trained, others = load_trained(options.run), others_of_run(options.run)
    validation = export_model(trained, valid_songs, options.model, options.name, others)
    label = f"validation ({how}; {CHOSEN_ON_THESE})"
    if isinstance(validation, evaluate.Evaluation):
        print(evaluate.as_text(validation, label))
    else:
        print(multi_label.as_text(validation, label))
    print(f"exported to {options.model}", file=sys.stderr)


def record_results(options: Namespace) -> None:
    """`results`: prints the recipe's figures, a line a seed, and keeps them in the folder of evidence."""
    from training.results import as_text, keep_row, results_row

    how, split = read_split(options.split)
    songs = open_feature_set(options.set)
    check_one_genre(songs, "results")
    row = results_row(options.name, options.runs, songs, split, how, options.part)
    keep_row(row, options.evidence, options.table)
    print(as_text(row))


def ablate_recipe(options: Namespace) -> None:
    """`ablate`: prints what is left out, and a line a lever as it gets its row."""
    from training.ablate import ablate
    from training.ablation import chosen_levers

    levers, left_out = chosen_levers(options.only, {name for name, value in vars(options).items() if value})
    for line in left_out:
        print(f"left out: {line}")
    check_one_genre(open_feature_set(options.set), "ablate")
    ablate(levers, options, options.parse, lambda line: print(line, flush=True))
    print(f"kept in {options.evidence / 'ablation.json'}")


def write_model_card(options: Namespace) -> None:
    """`card`: writes the card, and prints the README's figures or puts them there."""
    from training.card import write_card, write_into_readme
    from training.card_inputs import read_inputs
    from training.card_results import figures_for_readme

    inputs = read_inputs(options.model, options.evidence)
    check_names_one_genre(inputs.contract, "card")
    path = write_card(inputs)
    if options.readme:
        write_into_readme(options.readme, figures_for_readme(inputs))
    else:
        print(figures_for_readme(inputs))
    print(f"written: {path}", file=sys.stderr)
