"""One recipe trained once a seed: a row of figures on songs that none of its runs learned from.

Conventions: temperatures are fitted on other songs than they are judged on (training/cross_fit.py). The interval is of
the mean over seeds, bootstrap over clips: it says how much the choice of clips matters, the seeds' spread the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.contract import RowRule, WindowLayout
from training.cross_fit import cross_fitted_rules
from training.errors import TrainingError
from training.evaluate import Evaluation, summarise_each
from training.evidence import read_evidence, write_evidence
from training.feature_set import FeatureSet
from training.metrics import bootstrap_interval
from training.run_folder import read_record, song_names
from training.score import SongLogits, WindowLogits, in_batches, song_logits
from training.split import Split, hash_names, part_of_set
from training.split_words import split_label
from training.trained import check_not_learned, load_trained, runs_behind

Hear = Callable[[FeatureSet, tuple[str, ...], WindowLogits, WindowLayout, RowRule], list[SongLogits]]


@dataclass(frozen=True)
class ScoredRun:
    """One run's network on the songs, and what is to be known of the run."""

    seed: int
    result: Evaluation
    recipe: Mapping[str, Any]  # the run's options without its seed and the file it started from
    provenance: Mapping[str, Any]
    parameters: int


def results_row(
    name: str, runs: Sequence[Path], songs: FeatureSet, split: Split, how: str, part: str, hear: Hear = song_logits
) -> dict[str, Any]:
    """The row of the runs' networks on one part of the split; `how` says how the songs were split.

    `hear` is how a network hears songs, if not as page and server do.

    Raises TrainingError for test songs that the split does not have, for songs that a run was trained on (unless
    they are asked for), and for runs that are not one recipe with different seeds.
    """
    if part == "test" and not split["test"]:
        raise TrainingError("this split keeps no songs for the test: score --part valid, or split again with some")
    chosen = part_of_set(songs, split, part)
    if part != "train":
        advice = "give the split that it was trained with, or --part train to see what it remembers"
        for run in runs:
            check_not_learned(run, song_names(chosen), advice)
    scored = sorted((_score_run(run, chosen, hear) for run in runs), key=lambda each: each.seed)
    _check_one_recipe(scored)
    behind = [each for run in runs for each in runs_behind(run)]
    validated_on = {song for run in behind for song in read_record(run)["valid_songs"]}
    return {
        "name": name,
        "split": how,
        "part": part,
        "chosen_on_these": bool(validated_on.intersection(song_names(chosen))),
        **_figures(scored),
        **_hits(scored, [track.name for track in chosen.tracks]),
        **_provenance(scored),
    }


def _score_run(run: Path, songs: FeatureSet, hear: Hear) -> ScoredRun:
    trained = load_trained(run)
    if trained.chain != songs.chain or not set(songs.genres) <= set(trained.genres):
        raise TrainingError(f"{run} was trained on other genres or with another signal chain than this set has")
    scored = hear(songs, trained.genres, in_batches(trained.network), trained.windows, RowRule())
    options = trained.provenance["options"]
    return ScoredRun(
        seed=int(options["seed"]),
        result=summarise_each(scored, trained.genres, cross_fitted_rules(scored, RowRule())),
        recipe={key: value for key, value in options.items() if key not in ("seed", "init")},
        provenance=trained.provenance,
        parameters=trained.network.count_params(),
    )


def _check_one_recipe(scored: Sequence[ScoredRun]) -> None:
    """A run may start from its own file (each seed from its own adapted network), all else must be the same."""
    if len({each.seed for each in scored}) < len(scored):
        raise TrainingError("two of the runs have the same seed: they would count the same network twice")
    first = scored[0]
    for other in scored[1:]:
        if other.recipe != first.recipe:
            keys = sorted(first.recipe.keys() | other.recipe.keys())
            differ = ", ".join(key for key in keys if other.recipe.get(key) != first.recipe.get(key))
            raise TrainingError(
                f"the runs of seed {first.seed} and {other.seed} differ not only in their seed but in {differ}: "
                "give each recipe a row of its own"
            )


def _figures(scored: Sequence[ScoredRun]) -> dict[str, Any]:
    results = [each.result for each in scored]
    return {
        "n_clips": results[0].n_clips,
        "seeds": [each.seed for each in scored],
        "clip_accuracy": [result.clip_accuracy for result in results],
        "clip_accuracy_ci95": list(bootstrap_interval(np.mean([result.correct for result in results], axis=0))),
        "second_accuracy": [result.second_accuracy for result in results],
        "macro_f1": [result.macro_f1 for result in results],
        "ece": [result.reliability.ece for result in results],
        "second_ece": [result.reliability.second_ece for result in results],
    }


def _hits(scored: Sequence[ScoredRun], names: Sequence[str]) -> dict[str, Any]:
    """Which songs each run has right, "1" or "0" a song in the order of their names: rows are compared song by song."""
    order = sorted(range(len(names)), key=names.__getitem__)
    hits = ["".join("01"[int(run.result.correct[song])] for song in order) for run in scored]
    return {"songs_sha256": hash_names(names), "clip_hits": hits}


def _provenance(scored: Sequence[ScoredRun]) -> dict[str, Any]:
    first = scored[0].provenance
    return {
        "model": first["options"]["model"],
        "init": first["options"]["init"],
        "parameters": scored[0].parameters,
        "train_songs": first["train_songs"],
        "epochs_run": [each.provenance["epochs_run"] for each in scored],
        "options": dict(scored[0].recipe),
    }


def keep_row(
    row: Mapping[str, Any], folder: Path, table: str, place: Callable[[Mapping[str, Any]], Any] = lambda _: 0
) -> None:
    """Put the row into TABLE.json, in the place of the one of the same name if there is one.

    Rows are in the order of `place`, and as they were where that is the same.
    """
    rows = read_rows(folder, table)
    names = [other["name"] for other in rows]
    if row["name"] in names:
        rows[names.index(row["name"])] = dict(row)
    else:
        rows.append(dict(row))
    write_evidence(folder, table, {"rows": sorted(rows, key=place)})


def read_rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """The table's rows; none when it has not been begun. Raises TrainingError when it is damaged."""
    if not (folder / f"{table}.json").exists():
        return []
    return list(read_evidence(folder, table)["rows"])


def as_text(row: Mapping[str, Any]) -> str:
    """The row for the terminal: a line a seed, then their mean."""
    low, high = row["clip_accuracy_ci95"]
    kinds = ("clip_accuracy", "second_accuracy", "macro_f1", "ece", "second_ece")
    kept = "; choices were made on these songs" if row["chosen_on_these"] else ""
    lines = [
        f"{row['name']}: {row['n_clips']} songs, {row['part']} part ({split_label(row['split'])}{kept})",
        f"{'seed':<8}{'songs':>8}{'seconds':>9}{'F1':>8}{'ECE':>8}{'of seconds':>12}",
    ]
    for index, seed in enumerate(row["seeds"]):
        lines.append(_line(str(seed), [row[kind][index] for kind in kinds]))
    lines.append(_line("mean", [float(np.mean(row[kind])) for kind in kinds]))
    return "\n".join([*lines, f"95 % interval of the mean: {low:.3f} to {high:.3f} (bootstrap over songs)"])


def _line(name: str, figures: Sequence[float]) -> str:
    clip, second, f1, ece, second_ece = figures
    return f"{name:<8}{clip:>8.3f}{second:>9.3f}{f1:>8.3f}{ece:>8.3f}{second_ece:>12.3f}"
