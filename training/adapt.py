"""Giving our network the teacher's hearing back, from music without labels.

Moving the teacher's front end to our log-mels ("mn04" of model.network) leaves its layers with inputs that they were
never taught on. Here our network learns to have, on the same sound, the features that the original has on its own
(Romero et al., "FitNets: hints for thin deep nets", 2015): first its first layers, then all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from model.contract import WindowLayout
from model.features import SignalChain
from model.network import build_network
from training.errors import TrainingError
from training.matching import EARLY_WEIGHT, Match, early_loss, embedding_loss, match_of, spread_of
from training.pair_batches import PairBatches
from training.pair_music import find_music, made_of, make_pairs
from training.pairs import Pairs
from training.run_folder import claim_folder, save_network, versions
from training.schedule import EpochNumber, OneCycle
from training.teacher import StateDict, load_teacher_weights, read_classifier, read_torch_weights
from training.teacher_network import build_teacher, matched_outputs
from training.tuning import compile_once

MEASURED_AT_ONCE = 16  # windows


@dataclass(frozen=True)
class AdaptOptions:
    """What `adapt` can be told. The epochs are of the first layers, then of all."""

    epochs: tuple[int, int] = (8, 12)
    batch_size: int = 16
    learning_rates: tuple[float, float] = (3e-3, 1e-3)
    seed: int = 0


@dataclass(frozen=True)
class Adapted:
    """What `adapt` did: how well the features match on the held-out files, before and after, and on what."""

    before: Match
    after: Match
    n_files: int
    n_windows: int
    n_windows_held_out: int
    skipped: dict[str, str]
    n_files_of_split: int  # left out, for songs of a split's validation and test parts are to stay unheard


def adapt(
    music: Sequence[Path], teacher_file: Path, out: Path, options: AdaptOptions, without: Set[str] = frozenset()
) -> Adapted:
    """Write the network `out`, its figures beside it (.json), and what an interrupted run goes on from.

    The songs `without`, named as a split names them, are not learned from.

    Raises TrainingError for what does not fit: the music, the weights, or what is in the way of `out`.
    """
    if out.suffix != ".keras" or out.is_dir():
        raise TrainingError(f"--out {out} must name a file that ends with .keras")
    layout, state = WindowLayout(), read_torch_weights(teacher_file)
    pairs_made_of = made_of(music, teacher_file, options.seed, without)  # refuses at once: networks take seconds
    keras.utils.set_random_seed(options.seed)
    network, teacher = _moved_teacher(state, layout), build_teacher(state, layout)
    stages = out.with_suffix(".stages")
    _claim(stages, options, pairs_made_of)
    n_found = len(find_music(music))
    pairs = make_pairs(music, teacher, teacher_file, out.with_suffix(".pairs"), layout, options.seed, without)
    body = keras.Model(network.input, matched_outputs(network))
    before = match_on_held_out(body, pairs)
    _train(body, pairs, state, stages, options)
    save_network(network, out)
    adapted = _result(pairs, before, match_on_held_out(body, pairs), n_found - len(pairs.files))
    report = {**asdict(adapted), "options": asdict(options)}
    out.with_suffix(".json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return adapted


def _claim(stages: Path, options: AdaptOptions, pairs_made_of: Mapping[str, Any]) -> None:
    record = {"options": asdict(options), "pairs": pairs_made_of, "versions": versions()}
    refusal = f"{stages} holds training with other music or options: choose another --out or delete it"
    claim_folder(stages, "stages.json", json.loads(json.dumps(record)), refusal)


def _result(pairs: Pairs, before: Match, after: Match, n_left_out: int) -> Adapted:
    n_learned, n_held_out = (len(pairs.windows(held_out=part)) for part in (False, True))
    n_files = len(pairs.files) - len(pairs.skipped)
    return Adapted(before, after, n_files, n_learned, n_held_out, pairs.skipped, n_left_out)


def _moved_teacher(state: StateDict, layout: WindowLayout) -> keras.Model:
    """Our network with the teacher's weights; its last layer is a placeholder that `train --init` replaces."""
    chain = SignalChain()
    network = build_network("mn04", 1, chain.n_mels, layout)
    load_teacher_weights(network, state, chain)
    network.get_layer("mel_bands").trainable = True  # here, the map has enough to learn from
    return network


def match_on_held_out(body: keras.Model, pairs: Pairs) -> Match:
    """The figures on the held-out files."""
    windows = pairs.windows(held_out=True)

    def features() -> Iterator[Any]:
        for i in range(0, len(windows), MEASURED_AT_ONCE):
            chosen = windows[i : i + MEASURED_AT_ONCE]
            ours = body.predict_on_batch(pairs.log_mel[chosen].astype(np.float32))
            yield ours, (pairs.early[chosen].astype(np.float32), pairs.embedding[chosen].astype(np.float32))

    return match_of(features())


def _train(body: keras.Model, pairs: Pairs, state: StateDict, folder: Path, options: AdaptOptions) -> None:
    """The first layers alone, then all."""
    spread = spread_of(pairs)
    first_layers = keras.Model(body.input, body.outputs[0])
    _keep_later_norms(body, first_layers)
    losses = [early_loss(spread), embedding_loss(spread, read_classifier(state))]
    _train_stage(0, first_layers, pairs, losses[:1], [1.0], folder, options)
    _train_stage(1, body, pairs, losses, [EARLY_WEIGHT, 1.0], folder, options)


def _train_stage(
    number: int,
    network: keras.Model,
    pairs: Pairs,
    losses: list[Any],
    weights: list[float],
    folder: Path,
    options: AdaptOptions,
) -> None:
    """Goes on from the stage's own checkpoint; one that has ended only takes its weights from there."""
    batches = PairBatches(
        pairs, pairs.windows(held_out=False), len(losses), batch_size=options.batch_size, seed=options.seed + number
    )
    rate = OneCycle(options.learning_rates[number], options.epochs[number] * len(batches))
    targets = tuple(np.zeros((1, *output.shape[1:]), np.float32) for output in network.outputs)
    compile_once(network, keras.optimizers.Adam(rate, clipnorm=1.0), targets, loss=losses, loss_weights=weights)
    checkpoint = keras.callbacks.BackupAndRestore(str(folder / f"stage{number + 1}"), delete_checkpoint=False)
    history = keras.callbacks.CSVLogger(str(folder / f"stage{number + 1}.csv"), append=True)
    callbacks = [EpochNumber(batches), history, checkpoint]
    network.fit(batches, epochs=options.epochs[number], verbose="auto", callbacks=callbacks)


def _keep_later_norms(body: keras.Model, first_layers: keras.Model) -> None:
    """What comes after the first layers hears, in the end, what it always did: its statistics are right as they are."""
    first = {layer.name for layer in first_layers.layers}
    for layer in body.layers:
        if isinstance(layer, keras.layers.BatchNormalization) and layer.name not in first:
            layer.trainable = False


def as_text(adapted: Adapted) -> str:
    """The figures as a small table."""
    rows = [
        ("first layers", adapted.before.early, adapted.after.early),
        ("embedding, by step", adapted.before.embedding_by_step, adapted.after.embedding_by_step),
        ("embedding, by window", adapted.before.embedding_by_window, adapted.after.embedding_by_window),
    ]
    return "\n".join(
        [
            f"{adapted.n_windows} windows learned from, {adapted.n_windows_held_out} of held-out files measured on; "
            f"{adapted.n_files} files, {len(adapted.skipped)} skipped{_left_out(adapted)}",
            f"{'correlation with the teacher':<30}{'before':>8}{'after':>8}",
            *(f"{name:<30}{before:>8.3f}{after:>8.3f}" for name, before, after in rows),
        ]
    )


def _left_out(adapted: Adapted) -> str:
    n = adapted.n_files_of_split
    return f", {n} left out as songs of the split's validation and test parts" if n else ""
