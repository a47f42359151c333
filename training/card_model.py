"""The card's sections on the thing itself: what it is, what it is for, data, size and speed, licence, the way to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from model.contract import RowRule
from training.card_inputs import CardInputs, not_measured, of_this_model
from training.card_text import count, paragraphs, plain, size, table, words
from training.split_words import is_fold

SPEED_SHOWN = ("inference, all workers, ms", "POST /predict, ms")  # beside all that has a goal


def what_it_is(inputs: CardInputs) -> str:
    """What goes in and what comes out, in the contract's numbers."""
    contract, network = inputs.contract, inputs.contract.raw["network"]
    chain, rows = contract.chain, contract.rows
    genres = words([plain(genre) for genre in contract.genres])
    return (
        f"A network ({plain(network['architecture'])}, {network['parameters']:,} parameters) that tells for each "
        f"second of a song which of {len(contract.genres)} genres it sounds like: {genres}. It hears log-mel "
        f"frames of {chain.n_mels} bands ({chain.sample_rate_hz:,} Hz, {chain.frame_rate_hz:.1f} a second) in windows "
        f"of {network['receptive_field_s']:.1f} s and gives logits every {network['step_s']:.2f} s. A second of the "
        f"chart is the mean of {rows.context_s:g} s of them, the verdict the mean of all seconds{_of_short(rows)}. "
        "Every number of the chain stands in [contract.json](contract.json)."
    )


def _of_short(rows: RowRule) -> str:
    """What else happens to the verdicts of some songs."""
    if rows.short_verdict_temperature == 1:
        return ""
    return f", less sure where there are fewer than {rows.short_verdict_below_s:g}"


def what_it_is_for(inputs: CardInputs) -> str:
    """Uses that the figures bear out."""
    return (
        "To show a listener, while a song plays, which of its genres a network hears and how sure it is; to try and "
        f"compare networks; as a start for training on other genres (`--init {inputs.contract.raw['keras_model']}`)."
    )


def what_it_is_not_for(inputs: CardInputs) -> str:
    """Uses that harm somebody, or that no figure here speaks of."""
    return "\n".join(
        [
            "- Judging people: nobody's taste, origin, faith, age or mood follows from what this network hears.",
            "- Deciding on money or visibility: royalties, playlists, moderation, what gets published or recommended.",
            "- Finding out who made a recording, whether a machine made it, or whether it copies another.",
            "- Filing a catalogue unseen. It is wrong often enough (see below) that somebody must listen.",
            f"- Music of no taught genre. It knows {len(inputs.contract.genres)} words; the music of most of the world "
            "has no word among them, and being called by one of these says nothing about it.",
        ]
    )


def data(inputs: CardInputs) -> str:
    """How much it was trained on."""
    training = inputs.training
    return (
        f"Trained on {count(training['train_songs'], 'song')}; the temperatures were fitted on "
        f"{plain(training['temperatures_fitted_on'])}, when to be unsure on {plain(training['thresholds_fitted_on'])}."
    )


def split(inputs: CardInputs) -> str:
    """How the songs were split, and what identifies the training songs."""
    training = inputs.training
    return (
        f"How the songs were split: {plain(training['split'])}. The training songs' names, sorted, one a line, have "
        f"the SHA-256 `{training['train_songs_sha256']}`; `evaluate` says so when a split is another one."
    )


def size_and_speed(inputs: CardInputs) -> str:
    """Bytes of the files as they lie there, and the benchmark's figures."""
    contract = inputs.contract
    what = {
        "the page's network": contract.browser_model,
        "the server's network": contract.server_model,
        "the network to train on from": contract.raw["keras_model"],
    }
    sizes = [[name, size(_folder_bytes(inputs, path))] for name, path in what.items()]
    return paragraphs(
        f"{inputs.contract.raw['network']['parameters']:,} parameters.", table(("", "size"), sizes), _speed(inputs)
    )


def _folder_bytes(inputs: CardInputs, path: str) -> int:
    """Of one file, or of all files beside and below a model's entry."""
    entry = PurePosixPath(path)
    here = entry.parent if entry.suffix == ".json" else entry
    inside = [name for name in inputs.contract.files if PurePosixPath(name).is_relative_to(here)]
    return sum((inputs.contract.folder / name).stat().st_size for name in inside)


def _speed(inputs: CardInputs) -> str:
    if "speed" not in inputs.evidence:
        return not_measured("How fast it is", "python -m tests.bench --json EVIDENCE/speed.json")
    measured = inputs.evidence["speed"]
    machine = measured["machine"]
    text = (
        f"Measured by `make bench`, {measured['when'][:10]}, on {count(machine['n_cores'], 'core')} of "
        f"{plain(machine['cpu'])}: "
        "medians, lowest to highest. A longest task of 0 is one of less than 50 ms: browsers tell of no shorter ones."
    )
    shown = [each for each in measured["figures"] if each["met"] is not None or each["what"] in SPEED_SHOWN]
    lines = table(("", "where", "song", "measured", "goal"), [_speed_line(each) for each in shown])
    return paragraphs(of_this_model(inputs, "speed"), text, lines)


def _speed_line(row: Mapping[str, Any]) -> list[str]:
    median, lowest, highest = (_digits(row[key]) for key in ("median", "lowest", "highest"))
    goal = "" if row["met"] is None else f"{row['goal']}: {'met' if row['met'] else '**missed**'}"
    return [
        "ratio to decoding alone" if row["what"] == "ratio" else plain(row["what"]),
        plain(row["where"]),
        plain(row["song"]),
        median if lowest == highest else f"{median} ({lowest}–{highest})",
        goal,
    ]


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 20 or value == int(value) else f"{value:.2f}"


def licence(inputs: CardInputs) -> str:
    """What is known for any model made here."""
    init = inputs.training["options"]["init"]
    text = "The code is under the Apache License 2.0."
    if "Licence" in inputs.story:
        return text
    if init == "scratch":
        return f"{text} The weights were trained from random ones."
    return f"{text} The weights were trained from {plain(init)}, whose licence goes with them."


def _which_run(training: Mapping[str, Any]) -> str:
    options = training["options"]
    if "averaged" in options:
        return f"The mean of the weights of {', '.join(map(plain, options['averaged']))}."
    if options.get("epochs") == 0:
        return "The given weights as they are, under a new last layer of logistic regression."
    return f"Seed {options['seed']}, {count(training['epochs_run'], 'epoch')}."


def reproduce(inputs: CardInputs) -> str:
    """Command, options and versions."""
    training = inputs.training
    options = dict(training["options"])
    text = (
        f"{_which_run(training)} Threads add up in another order each time, so that a second training comes close and "
        "is not the same. All options, and the versions they were used with:"
    )
    listing = json.dumps({**options, **inputs.contract.raw["versions"]}, ensure_ascii=False, indent=1)
    is_told = "How to make it again" in inputs.story
    command = f"make train DATA=FOLDER INIT={options['init']}"
    if is_fold(training["split"]):
        command = f"make own DATA=FOLDER INIT={options['init']} EPOCHS={options['epochs']}"
    return paragraphs("" if is_told else f"```sh\n{command}\n```", text, f"```json\n{listing}\n```")
