"""The card's figures of accuracy: in short, of every recipe over seeds."""

from __future__ import annotations

from collections.abc import Sequence

from training.card_inputs import CardInputs, not_measured, of_this_model
from training.card_text import count, figure, interval, over_seeds, paragraphs, percent, plain, table, wrapped
from training.cross_fit import N_FOLDS
from training.split_words import PART_NAMES, RANDOM_SPLIT, Row, by_songs, is_random, split_label, title


def in_short(inputs: CardInputs) -> str:
    """The figures of this very network, not of its recipe."""
    measured = [name for name in ("sealed", "evaluation", "cross_validation") if name in inputs.evidence]
    if not measured:
        return not_measured("How good it is", "python -m training evaluate --model MODEL --out EVIDENCE")
    rows = [_own_row(inputs, name) for name in measured]
    header = ("this network on", "songs", "songs right", "95 % interval", "seconds right", "macro F1", "ECE")
    notes = _of_random([inputs.training["split"]]), _of_sealed(inputs), _of_cross_validation(inputs)
    return paragraphs(table(header, rows), *notes)


def _of_cross_validation(inputs: CardInputs) -> str:
    """What it is, and what to beware of in it."""
    data = inputs.evidence.get("cross_validation")
    if not data:
        return ""
    words = "Cross-validation is of the recipe: each song was judged by a network that learned from the others."
    beware = "; ".join(map(plain, data["warnings"]))
    return f"{words} **Beware: {beware}.**" if beware else words


def _of_random(splits: Sequence[str]) -> str:
    """What a random split does to figures, if one of these is one."""
    note = f"Where songs were split at random: {RANDOM_SPLIT[0].lower()}{RANDOM_SPLIT[1:]}"
    return note if any(map(is_random, splits)) else ""


def _of_sealed(inputs: CardInputs) -> str:
    """Who measured the test songs' figure; what the story tells of it where there is none."""
    if "sealed" not in inputs.evidence:
        return inputs.story.get("Sealed test", "")
    measured_by = inputs.evidence["sealed"].get("measured_by")
    return f"The figure of the test part was measured by {plain(str(measured_by))}." if measured_by else ""


def _own_row(inputs: CardInputs, name: str) -> list[str]:
    data = inputs.evidence[name]
    bounds = data.get("clip_accuracy_ci95")
    songs = plain(str(data.get("songs", "test songs, measured apart")))
    return [
        " - ".join(filter(None, [songs, of_this_model(inputs, name)])),
        str(data.get("n_clips", "–")),
        f"**{figure(data['clip_accuracy'])}**",
        interval(bounds) if bounds else "–",
        figure(data.get("second_accuracy")),
        figure(data.get("macro_f1")),
        figure(data.get("ece")),
    ]


def results(inputs: CardInputs) -> str:
    """Every recipe's row, by split and part; random splits come last, and are called what they are."""
    rows = inputs.rows("results")
    if not rows:
        command = "python -m training results NAME RUN... --evidence EVIDENCE"
        return not_measured("How it does over several seeds, and beside other networks,", command)
    how_to_read = (
        "Each row is one recipe, trained once a seed: means over seeds, from the lowest to the highest in brackets. "
        "The 95 % interval, of the mean over seeds, is a bootstrap over songs: it says how much the choice of songs "
        "matters, the brackets how much the seed does. Seconds are those of the page's chart, "
        f"heard with {inputs.contract.rows.context_s:g} s of context. The calibration error (ECE) is of verdicts, at "
        f"temperatures that were fitted on other songs than they are judged on ({N_FOLDS} folds)."
    )
    groups = (_group(inputs, group) for group in by_songs(rows))
    return paragraphs(how_to_read, *groups, _routes(inputs), _transfer(inputs))


def _routes(inputs: CardInputs) -> str:
    """What songs as audio are to those of an archive; nothing where that was not measured."""
    data = inputs.evidence.get("routes")
    if not data:
        return ""
    low, high = (f"{bound:+.3f}".replace("-", "−") for bound in data["difference_ci95"])
    text = (
        f"**As audio.** {count(data['n_clips'], 'file')} were heard from the archive and as audio "
        f"({plain(data['songs'])}): {figure(data['clip_accuracy_from_archive'])} are right from the archive, "
        f"{figure(data['clip_accuracy_from_audio'])} from audio (95 % interval of the difference {low} to {high}, a "
        f"bootstrap over files); {percent(data['same_verdict'])} have the same verdict by both, "
        f"{percent(data['seconds_with_same_genre'])} of their seconds the same genre (`python -m training compare`)."
    )
    return paragraphs(of_this_model(inputs, "routes"), text)


def _transfer(inputs: CardInputs) -> str:
    """How it is with few songs; nothing where that was not measured."""
    rows = inputs.rows("transfer")
    if not rows:
        return ""
    text = (
        "**With few songs a genre**, drawn anew for each seed from the training part: what given weights "
        f"({plain(rows[0]['init'])}) are worth, on the validation songs (`python -m training transfer`)."
    )
    header = ("songs a genre", "learned", "songs", "seeds", "songs right", "95 % interval", "seconds right", "epochs")
    lines = [
        [
            str(row["songs_a_genre"]), plain(row["name"].split(": ", 1)[1]), str(row["n_clips"]), seeds_of(row),
            over_seeds(row["clip_accuracy"]), interval(row["clip_accuracy_ci95"]), over_seeds(row["second_accuracy"]),
            _epochs(row),
        ]
        for row in rows
    ]  # fmt: skip
    return paragraphs(text, table(header, lines))


def _group(inputs: CardInputs, rows: Sequence[Row]) -> str:
    first = rows[0]
    text = title(first)
    if first["part"] == "train":
        text += " The networks were trained on these very songs: this is what they remember."
    if any(row["chosen_on_these"] for row in rows):
        text += " Recipes were chosen on these songs, so that the figures are a little too kind."
    header = ("recipe", "starts from", "parameters", "songs", "seeds", "songs right", "95 % interval", "seconds right",
              "macro F1", "ECE", "epochs")  # fmt: skip
    return paragraphs(text, table(header, [_result_line(inputs, row) for row in rows]))


def _result_line(inputs: CardInputs, row: Row) -> list[str]:
    own_seed = seed_of_this_model(inputs, row)
    name = plain(row["name"])
    return [
        name if own_seed is None else f"**{name}** ({_this_network(row, own_seed)})",
        plain(row["init"]),
        f"{row['parameters']:,}",
        str(row["n_clips"]),
        seeds_of(row),
        over_seeds(row["clip_accuracy"]),
        interval(row["clip_accuracy_ci95"]),
        over_seeds(row["second_accuracy"]),
        over_seeds(row["macro_f1"]),
        over_seeds(row["ece"]),
        _epochs(row),
    ]


def _this_network(row: Row, seed: int) -> str:
    """An averaged network is of no seed of its own."""
    return "this network" if "averaged" in row["options"] else f"this network: seed {seed}"


def seeds_of(row: Row) -> str:
    """How many networks were trained, and whether they became one."""
    averaged = row["options"].get("averaged")
    return f"{len(averaged)} in one" if averaged else str(len(row["seeds"]))


def _seeds_in_words(row: Row) -> str:
    averaged = row["options"].get("averaged")
    return f"{count(len(averaged), 'seed')} in one" if averaged else count(len(row["seeds"]), "seed")


def _epochs(row: Row) -> str:
    """An averaged network ran none of its own: those of the networks that it is the mean of."""
    if not row["options"].get("epochs"):  # a linear model, or a last layer alone
        return "–"
    return str(row["options"]["epochs"]) if "averaged" in row["options"] else _range(row["epochs_run"])


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}–{high}"


def seed_of_this_model(inputs: CardInputs, row: Row) -> int | None:
    """The seed of the row's run that this model was exported from; None when it is none of them."""
    options = dict(inputs.training["options"])
    seed, init = options.pop("seed"), options.pop("init")
    is_recipe = (options, init, inputs.training["split"]) == (row["options"], row["init"], row["split"])
    return int(seed) if is_recipe and seed in row["seeds"] else None


def figures_for_readme(inputs: CardInputs) -> str:
    """One table of everything: this network on each set of songs, and each recipe over its seeds."""
    header = ("", "songs", "songs right", "95 % interval", "seconds right", "macro F1", "ECE")
    own = [_own_row(inputs, name) for name in ("sealed", "evaluation") if name in inputs.evidence]
    lines = [[f"this network: {line[0]}", *line[1:]] for line in own]
    lines += [_readme_line(row) for group in by_songs(inputs.rows("results")) for row in group]
    random = _of_random([inputs.training["split"], *(row["split"] for row in inputs.rows("results"))])
    return paragraphs(table(header, lines), wrapped(_of_sealed(inputs)), wrapped(random))


def _readme_line(row: Row) -> list[str]:
    songs = f"{PART_NAMES[row['part']]}, {plain(split_label(row['split']))}"
    return [
        f"{plain(row['name'])}, {_seeds_in_words(row)}: {songs}",
        str(row["n_clips"]),
        over_seeds(row["clip_accuracy"]),
        interval(row["clip_accuracy_ci95"]),
        over_seeds(row["second_accuracy"]),
        over_seeds(row["macro_f1"]),
        over_seeds(row["ece"]),
    ]
