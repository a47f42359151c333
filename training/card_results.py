"""The card's figures of accuracy: in short, of every recipe over seeds, of what each lever does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from training.card_inputs import CardInputs, not_measured, of_this_model
from training.card_text import count, figure, interval, over_seeds, paragraphs, plain, points, table, wrapped
from training.cross_fit import N_FOLDS

Row = Mapping[str, Any]

PART_NAMES = {"train": "training songs", "valid": "validation songs", "test": "test songs"}
RANDOM_SPLIT = (
    "Such splits are what most projects quote, so that this figure can be compared with theirs, and it is inflated: "
    "where a set holds several excerpts of one recording, they lie on both sides, and remembering them is rewarded."
)


def in_short(inputs: CardInputs) -> str:
    """The figures of this very network, not of its recipe."""
    if "evaluation" not in inputs.evidence and "sealed" not in inputs.evidence:
        return not_measured("How good it is", "python -m training evaluate --model MODEL --out EVIDENCE")
    rows = [_own_row(inputs, name) for name in ("sealed", "evaluation") if name in inputs.evidence]
    header = ("this network on", "songs", "songs right", "95 % interval", "seconds right", "macro F1", "ECE")
    return paragraphs(table(header, rows), _of_sealed(inputs))


def _of_sealed(inputs: CardInputs) -> str:
    """Who measured the test songs' figure; what the story tells of it where there is none."""
    if "sealed" not in inputs.evidence:
        return inputs.story.get("Sealed test", "")
    measured_by = inputs.evidence["sealed"].get("measured_by")
    if not measured_by:
        return ""
    return (
        f"The figure of the test part was measured by {plain(str(measured_by))}; all others by those who made this "
        "network, with the commands of `python -m training`."
    )


def _own_row(inputs: CardInputs, name: str) -> list[str]:
    data = inputs.evidence[name]
    calibration = data.get("reliability_cross_fitted") or data.get("reliability") or data
    bounds = data.get("clip_accuracy_ci95")
    songs = plain(str(data.get("songs", "test songs, measured apart")))
    return [
        " - ".join(filter(None, [songs, of_this_model(inputs, name)])),
        str(data.get("n_clips", "–")),
        f"**{figure(data['clip_accuracy'])}**",
        interval(bounds) if bounds else "–",
        figure(data.get("second_accuracy")),
        figure(data.get("macro_f1")),
        figure(calibration.get("ece")),
    ]


def results(inputs: CardInputs) -> str:
    """Every recipe's row, by split and part; random splits come last, and are called what they are."""
    rows = inputs.rows("results")
    if not rows:
        command = "python -m training results NAME RUN... --evidence EVIDENCE"
        return not_measured("How it does over several seeds, and beside other networks,", command)
    how_to_read = (
        "Each row is one recipe, trained once a seed: means over seeds, from the lowest to the highest in brackets. "
        "The 95 % interval is a bootstrap over songs of the mean over seeds. Seconds are those of the page's chart, "
        f"heard with {inputs.contract.rows.context_s:g} s of context. The calibration error (ECE) is of verdicts, at "
        f"temperatures that were fitted on other songs than they are judged on ({N_FOLDS} folds)."
    )
    return paragraphs(how_to_read, *(_group(inputs, group) for group in _by_songs(rows)))


def _by_songs(rows: Sequence[Row]) -> list[list[Row]]:
    groups: dict[tuple[str, str, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["split"], row["part"], row["n_clips"]), []).append(row)
    return sorted(groups.values(), key=lambda group: is_random(group[0]["split"]))


def is_random(how: str) -> bool:
    """Whether the words that say how songs were split speak of chance alone."""
    return how.startswith("random")


def split_name(how: str) -> str:
    """The words that say how songs were split, shares as other projects write them: random 70/15/15, seed 0."""
    shares = re.search(r", shares \[([^\]]*)\]", how)
    if not shares:
        return how
    percents = "/".join(f"{float(share) * 100:g}" for share in shares[1].split(","))
    return how.replace(shares[0], f" {percents}")


def _group(inputs: CardInputs, rows: Sequence[Row]) -> str:
    first = rows[0]
    text = _title(first)
    if first["part"] == "train":
        text += " The networks were trained on these very songs: this is what they remember."
    if any(row["chosen_on_these"] for row in rows):
        text += " Recipes were chosen on these songs, so that the figures are a little too kind."
    if is_random(first["split"]):
        text += f" {RANDOM_SPLIT}"
    header = ("recipe", "starts from", "parameters", "seeds", "songs right", "95 % interval", "seconds right",
              "macro F1", "ECE", "epochs")  # fmt: skip
    return paragraphs(text, table(header, [_result_line(inputs, row) for row in rows]))


def _title(row: Row) -> str:
    return f"**{row['n_clips']} {PART_NAMES[row['part']]}; split: {plain(split_name(row['split']))}.**"


def _result_line(inputs: CardInputs, row: Row) -> list[str]:
    own_seed = seed_of_this_model(inputs, row)
    name = plain(row["name"])
    return [
        name if own_seed is None else f"**{name}** ({_this_network(row, own_seed)})",
        plain(row["init"]),
        f"{row['parameters']:,}",
        _seeds_of(row),
        over_seeds(row["clip_accuracy"]),
        interval(row["clip_accuracy_ci95"]),
        over_seeds(row["second_accuracy"]),
        over_seeds(row["macro_f1"]),
        over_seeds(row["ece"]),
        _range(row["epochs_run"]),
    ]


def _this_network(row: Row, seed: int) -> str:
    """An averaged network is of no seed of its own."""
    return "this network" if "averaged" in row["options"] else f"this network: seed {seed}"


def _seeds_of(row: Row) -> str:
    averaged = row["options"].get("averaged")
    return f"{len(averaged)} in one" if averaged else str(len(row["seeds"]))


def _seeds_in_words(row: Row) -> str:
    averaged = row["options"].get("averaged")
    return f"{count(len(averaged), 'seed')} in one" if averaged else count(len(row["seeds"]), "seed")


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}–{high}"


def seed_of_this_model(inputs: CardInputs, row: Row) -> int | None:
    """The seed of the row's run that this model was exported from; None when it is none of them."""
    options = dict(inputs.training["options"])
    seed, init = options.pop("seed"), options.pop("init")
    is_recipe = (options, init, inputs.training["split"]) == (row["options"], row["init"], row["split"])
    return int(seed) if is_recipe and seed in row["seeds"] else None


def ablation(inputs: CardInputs) -> str:
    """What each lever does, against the first row."""
    rows = inputs.rows("ablation")
    if not rows:
        command = "python -m training ablate --init NETWORK --evidence EVIDENCE"
        return not_measured("What each choice in the training brings", command)
    groups = [_ablation_group(group) for group in _by_songs(rows)]
    how_to_read = (
        "Every row changes one thing: of the first row of its table or, where it says so, of the first from scratch. "
        "The difference is in percentage points of songs right, mean over seeds; one that is smaller than the spread "
        "of the seeds says little."
    )
    return paragraphs(how_to_read, *groups)


def _ablation_group(rows: Sequence[Row]) -> str:
    accuracy = {row["name"]: float(np.mean(row["clip_accuracy"])) for row in rows}
    lines = [
        [
            plain(row["name"]),
            str(len(row["seeds"])),
            over_seeds(row["clip_accuracy"]),
            interval(row["clip_accuracy_ci95"]),
            ""
            if row is rows[0]
            else points(accuracy[row["name"]] - accuracy.get(row.get("against"), accuracy[rows[0]["name"]])),
            over_seeds(row["second_accuracy"]),
            over_seeds(row["ece"]),
        ]
        for row in rows
    ]
    header = ("", "seeds", "songs right", "95 % interval", "difference", "seconds right", "ECE")
    return paragraphs(_title(rows[0]), table(header, lines))


def figures_for_readme(inputs: CardInputs) -> str:
    """One table of everything: this network on each set of songs, and each recipe over its seeds."""
    header = ("", "songs", "songs right", "95 % interval", "seconds right", "macro F1", "ECE")
    own = [_own_row(inputs, name) for name in ("sealed", "evaluation") if name in inputs.evidence]
    lines = [[f"this network: {line[0]}", *line[1:]] for line in own]
    lines += [_readme_line(row) for group in _by_songs(inputs.rows("results")) for row in group]
    note = f"Where songs were split at random: {RANDOM_SPLIT[0].lower()}{RANDOM_SPLIT[1:]}"
    has_random = any(is_random(row["split"]) for row in inputs.rows("results"))
    return paragraphs(table(header, lines), wrapped(_of_sealed(inputs)), wrapped(note) if has_random else "")


def _readme_line(row: Row) -> list[str]:
    songs = f"{PART_NAMES[row['part']]} of the split {plain(split_name(row['split']))}"
    kind = f"**random split**, {songs}" if is_random(row["split"]) else songs
    return [
        f"{plain(row['name'])}, {_seeds_in_words(row)}: {kind}",
        str(row["n_clips"]),
        over_seeds(row["clip_accuracy"]),
        interval(row["clip_accuracy_ci95"]),
        over_seeds(row["second_accuracy"]),
        over_seeds(row["macro_f1"]),
        over_seeds(row["ece"]),
    ]
