"""What each step of the command line does, from parsed options to printed words."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from model.contract import Contract
from training.errors import TrainingError
from training.feature_set import FeatureSet, open_feature_set, read_archive
from training.split import (
    PARTS,
    grouped_split,
    hash_names,
    part_of_set,
    random_split,
    read_groups,
    read_split,
    split_from_archive,
    split_from_lists,
    write_split,
)


def prepare_set(options: Namespace) -> None:
    """`prepare`: prints how many songs of each genre are in, and every file that is not."""
    from training.prepare import prepare

    report = prepare(options.source, options.set)
    for genre, count in report.used.items():
        print(f"{genre:<20}{count:>6} songs")
    for name, reason in report.skipped.items():
        print(f"skipped {name}: {reason}")
    print(f"{sum(report.used.values())} songs in {options.set}, {len(report.skipped)} files skipped")


def split_set(options: Namespace) -> None:
    """`split`: prints the parts' sizes and the listed tracks that are missing."""
    songs = open_feature_set(options.set)
    missing: list[str] = []
    if options.given:
        split, how = split_from_archive(songs), "given by the archive"
    elif options.lists:
        split, missing = split_from_lists(songs, _split_lists(options.lists))
        how = f"lists of {options.lists.name}"
    elif options.groups:
        groups = read_groups(options.groups, songs)
        split = grouped_split(songs, groups, options.shares, options.seed)
        how = f"grouped by {options.groups.name}, shares {options.shares}, seed {options.seed}"
    else:
        split = random_split(songs, options.shares, options.seed)
        how = f"random, shares {options.shares}, seed {options.seed}"
    write_split(split, options.split, how)
    for name in missing:
        print(f"listed but not in the set: {name}")
    print(", ".join(f"{len(split[part])} {part}" for part in PARTS), f"-> {options.split} ({how})")


def _split_lists(folder: Path) -> dict[str, Path]:
    found = {part: sorted(folder.glob(f"{part}*.txt")) for part in PARTS}
    for part, paths in found.items():
        if len(paths) > 1 or (part != "test" and not paths):
            raise TrainingError(f"{folder} must hold one {part}*.txt, found {len(paths)}")
    return {part: paths[0] for part, paths in found.items() if paths}


def train_run(options: Namespace) -> None:
    """`train`: writes the run's folder."""
    from training.train import TrainingOptions, train

    songs, (how, split) = open_feature_set(options.set), read_split(options.split)
    from_scratch = options.init == "scratch"
    chosen = TrainingOptions(
        init=options.init,
        model=options.model,
        epochs=options.epochs or (60 if from_scratch else 24),
        batch_size=options.batch_size,
        learning_rate=options.learning_rate or (1e-3 if from_scratch else 3e-4),
        patience=options.patience,
        seed=options.seed,
    )
    train(part_of_set(songs, split, "train"), part_of_set(songs, split, "valid"), options.run, chosen, how)
    print(f"trained: {options.run} (best.keras, history.csv, curves.png)")


def adapt_teacher(options: Namespace) -> None:
    """`adapt`: prints the files left out, and how well the features match before and after."""
    from training.adapt import AdaptOptions, adapt, as_text

    chosen = AdaptOptions(
        epochs=(options.epochs[0], options.epochs[1]),
        batch_size=options.batch_size,
        learning_rates=(options.learning_rates[0], options.learning_rates[1]),
        seed=options.seed,
    )
    adapted = adapt(options.music, options.teacher, options.out, chosen)
    for name, reason in adapted.skipped.items():
        print(f"skipped {name}: {reason}")
    print(as_text(adapted))
    print(f"adapted: {options.out} (go on with `train --init {options.out}`)")


def evaluate_model(options: Namespace) -> None:
    """`evaluate`: scores the server's own copy of the network."""
    from model.predictor import Predictor
    from training.evaluate import as_text, evaluate, write_evaluation

    songs, label = _songs_to_score(options)
    predictor = Predictor(options.model)
    contract = predictor.contract
    if not options.features and not _is_its_own_split(contract, options.split):
        label += " - NOT the split the model was trained on: it may know some of these songs"
    if songs.chain != contract.chain:
        raise TrainingError(f"the features were made with another signal chain than {options.model} hears with")
    chosen_here = not options.features and _chose_the_model(contract, options.split, songs)
    if chosen_here:
        label += " - the epoch and the temperatures were chosen on these songs"
    network, layout, rule = predictor.window_logits, contract.windows, contract.rows
    result = evaluate(songs, contract.genres, network, layout, rule, fitted_on_these=chosen_here)
    if options.out:
        write_evaluation(result, options.out, label, {"name": contract.name, "version": contract.version})
    if options.json:
        print(label, file=sys.stderr)
    print(json.dumps(result.to_json()) if options.json else as_text(result, label))


def _is_its_own_split(contract: Contract, split: Path) -> bool:
    return bool(contract.raw.get("training", {}).get("train_songs_sha256") == hash_names(read_split(split)[1]["train"]))


def _chose_the_model(contract: Contract, split: Path, songs: FeatureSet) -> bool:
    valid_names = set(read_split(split)[1]["valid"])
    return _is_its_own_split(contract, split) and {track.name for track in songs.tracks} <= valid_names


def _songs_to_score(options: Namespace) -> tuple[FeatureSet, str]:
    if not options.features:
        how, split = read_split(options.split)
        part = options.part or ("test" if split["test"] else "valid")
        if part not in PARTS:
            raise TrainingError(f"--part is {part!r}, must be one of {', '.join(PARTS)}")
        return part_of_set(open_feature_set(options.set), split, part), f"{part} part ({how})"
    songs, name = read_archive(options.features), options.features.name
    if options.part == "all":
        return songs, f"all of {name}"
    if options.part:
        return part_of_set(
            songs, {options.part: [t.name for t in songs.tracks if t.split == options.part]}, options.part
        ), (f"{options.part} part of {name}")
    held_out = songs.only(track for track in songs.tracks if track.split not in ("train", "excluded"))
    if not held_out.tracks:
        raise TrainingError(f"{name} calls all its clips train or excluded: say --part to score them all the same")
    parts = sorted({track.split or "unnamed" for track in held_out.tracks})
    return held_out, f"{' and '.join(parts)} part of {name}"


def export_run(options: Namespace) -> None:
    """`export`: swaps the model folder's contract and prints the validation figures."""
    from training.evaluate import as_text
    from training.export import export_model
    from training.trained import check_songs_of_run, load_trained

    how, split = read_split(options.split)
    valid_songs = part_of_set(open_feature_set(options.set), split, "valid")
    check_songs_of_run(options.run, valid_songs)
    validation = export_model(load_trained(options.run), valid_songs, options.model, options.name)
    print(as_text(validation, f"validation ({how}; the epoch and the temperatures were chosen on these songs)"))
    print(f"exported to {options.model}", file=sys.stderr)


def compare_archive(options: Namespace) -> None:
    """`compare`: a line per audio format."""
    from model.predictor import Predictor
    from training.compare import compare_routes, comparison_table

    print("\n".join(comparison_table(compare_routes(options.archive, options.folder, Predictor(options.model)))))
