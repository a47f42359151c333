"""The card's section on what each lever brings: its difference to the recipe that it changes, and what chance would do.

Source: paired bootstrap of a difference (Efron & Tibshirani, 1993).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from model.features import Array
from training.card_inputs import CardInputs, not_measured
from training.card_results import seeds_of
from training.card_text import count, interval, over_seeds, paragraphs, plain, points, table
from training.metrics import N_BOOTSTRAP
from training.split_words import Row, by_songs, title


def ablation(inputs: CardInputs) -> str:
    """What each lever does, against the row that it names."""
    rows = inputs.rows("ablation")
    if not rows:
        command = "python -m training ablate --init NETWORK --evidence EVIDENCE"
        return not_measured("What each choice in the training brings", command)
    how_to_read = (
        "Every row is the recipe of the row named under “against” with one thing changed, and trained once a seed; "
        "averages, of weights or of windows, are of that row's own networks. The difference is in percentage points of "
        "songs right, mean over seeds. Its 95 % interval is a paired bootstrap: the same songs are drawn for both rows "
        "and the seeds of each anew; so few seeds make it a little too narrow, and a row of one network knows nothing "
        "of the luck of its training."
    )
    return paragraphs(how_to_read, *(_group(inputs, group) for group in by_songs(rows)))


def difference_interval(
    hits: Sequence[str], others: Sequence[str], *, same_networks: bool = False
) -> tuple[float, float]:
    """95 % interval of how much more of the same songs one recipe has right than another.

    A string a seed, "1" or "0" a song, as results rows keep them. Songs are drawn for both at once, seeds for each,
    unless these are `same_networks` scored in two ways.
    """
    rng = np.random.default_rng(0)
    others_rng = np.random.default_rng(0) if same_networks else rng  # the same seeds are drawn
    gain = _of_drawn_seeds(hits, rng) - _of_drawn_seeds(others, others_rng)
    n_songs = gain.shape[1]
    drawn = rng.multinomial(n_songs, np.full(n_songs, 1 / n_songs), N_BOOTSTRAP)
    low, high = np.percentile((drawn * gain).sum(axis=1) / n_songs, [2.5, 97.5])
    return float(low), float(high)


def _of_drawn_seeds(hits: Sequence[str], rng: np.random.Generator) -> Array:
    """[draws, songs]: the share of a draw of seeds that has each song right."""
    right = np.array([[hit == "1" for hit in of_seed] for of_seed in hits], float)
    drawn = rng.multinomial(len(right), np.full(len(right), 1 / len(right)), N_BOOTSTRAP)
    return np.asarray(drawn @ right / len(right))


def _group(inputs: CardInputs, rows: Sequence[Row]) -> str:
    row_of = {row["name"]: row for row in rows}
    pairs = [(row, row_of.get(row.get("against", rows[0]["name"]))) for row in rows]
    pairs = [(row, other if other and _differs_in_one_thing(row, other) else None) for row, other in pairs]
    bounds = [_bounds(row, other) for row, other in pairs]
    header = ("", "songs", "seeds", "songs right", "95 % interval", "against", "difference", "seconds right", "ECE")
    lines = [_line(row, other, found) for (row, other), found in zip(pairs, bounds, strict=True)]
    caption = " ".join(filter(None, [title(rows[0]), _epochs(inputs, rows), _beyond_chance(bounds)]))
    return paragraphs(caption, table(header, lines))


def _differs_in_one_thing(row: Row, other: Row) -> bool:
    """Not if it was shown other sounds of no genre, too: `ablate --apart` is for such rows."""
    return other is not row and row["options"].get("others") == other["options"].get("others")


def _bounds(row: Row, other: Row | None) -> tuple[float, float] | None:
    """None where the two were not scored song by song on the same songs."""
    if other is None or not row.get("clip_hits") or row["songs_sha256"] != other.get("songs_sha256"):
        return None
    networks = row.get("networks_sha256")
    same = networks is not None and networks == other.get("networks_sha256")
    return difference_interval(row["clip_hits"], other["clip_hits"], same_networks=same)


def _is_beyond_chance(bounds: tuple[float, float]) -> bool:
    return bounds[0] > 0 or bounds[1] < 0


def _beyond_chance(found: Sequence[tuple[float, float] | None]) -> str:
    known = [bounds for bounds in found if bounds]
    if not known:
        return ""
    n_beyond = sum(map(_is_beyond_chance, known))
    return (
        f"Zero lies outside the interval, which is bold, for {n_beyond} of {count(len(known), 'difference')}; if no "
        "change did anything, chance would have it so for about one in twenty."
    )


def _line(row: Row, other: Row | None, bounds: tuple[float, float] | None) -> list[str]:
    return [
        plain(row["name"]),
        str(row["n_clips"]),
        seeds_of(row),
        over_seeds(row["clip_accuracy"]),
        interval(row["clip_accuracy_ci95"]),
        plain(other["name"]) if other else "",
        _difference(row, other, bounds) if other else "",
        over_seeds(row["second_accuracy"]),
        over_seeds(row["ece"]),
    ]


def _difference(row: Row, other: Row, bounds: tuple[float, float] | None) -> str:
    mean = points(float(np.mean(row["clip_accuracy"]) - np.mean(other["clip_accuracy"])))
    if not bounds:
        return mean
    text = f"{mean} ({points(bounds[0])} to {points(bounds[1])})"
    return f"**{text}**" if _is_beyond_chance(bounds) else text


def _epochs(inputs: CardInputs, rows: Sequence[Row]) -> str:
    """How long the rows' networks were trained, and this card's, which may be another number."""
    given = _epochs_of([row["options"] for row in rows if row["init"] != "scratch"])
    scratch = _epochs_of([row["options"] for row in rows if row["init"] == "scratch"])
    kinds = [f"{n} {kind}" for n, kind in ((given, "from given weights"), (scratch, "from scratch")) if n]
    if not kinds:
        return ""
    own = inputs.training["options"].get("epochs")
    text = f"Trained for {', '.join(kinds)}".replace(" from", " epochs from", 1)
    return f"{text}; the network of this card for {own}." if own else f"{text}."


def _epochs_of(options: Sequence[Mapping[str, object]]) -> str:
    return " or ".join(sorted({str(each["epochs"]) for each in options if "epochs" in each}, key=int))
