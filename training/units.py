"""`units`: what a model's units hear best, as the page shows it, out of what `filters` found, into the model folder.

A unit is a channel of a convolution. Of some layers the folder gets, for units whose pictures differ most, the mean
log-mel of their strongest excerpts and the excerpts' genres: units.json, and units.bin with the pictures. No recording
is in them: each cell is the mean of several songs, coarse in time and in frequency. The network stays what it is, and
so do its files and its version; a folder without these files is as good a model.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np

from model.contract import Contract, load_contract
from model.features import Array
from model.network import DYNAMIC_RANGE_DB
from model.whole_files import stand_in
from training.contract_file import write_contract
from training.errors import TrainingError
from training.filter_index import FORMAT as INDEX_FORMAT
from training.lower import lowered_layers
from training.model_network import network_of_model
from training.tfjs import node_names

FORMAT = 1
PREFIX, INDEX, PICTURES = "units-", "units.json", "units.bin"
MOST_LAYERS = 8  # more are no view that anybody reads
MOST_UNITS = 64  # a layer
MOST_COLUMNS = 28  # a picture's, over the receptive field
BANDS_A_CELL = 2
LEVELS_A_STEP = 4  # of 255 for 80 dB: steps of 1.25 dB, which is a quarter less to be fetched
FEWEST_SONGS = 5  # that a picture is the mean of: no excerpt is to be known again


@dataclass(frozen=True)
class Written:
    """How much there is, and where."""

    folder: Path
    n_layers: int
    n_units: int
    n_bytes: int


def write_units(filters: Path, model: Path, music: str) -> Written:
    """Into `model`, of the folder that `filters` wrote about it; `music`: whose it was, for whoever sees the pictures.

    Raises TrainingError where the two do not fit or songs are few, ContractError for what is no model folder.
    """
    if not music.strip():
        raise TrainingError("--music is empty: say which songs the pictures are made of, and under what terms")
    contract = load_contract(model)
    index, means = _read(filters)
    _check(index, contract, filters)
    nodes = _nodes(contract, network_of_model(contract), index)
    layers, pictures = [], []
    for layer in index["layers"]:
        told, pixels = _layer(layer, means[layer["name"]], nodes[layer["name"]])
        layers.append(told)
        pictures.append(pixels.tobytes())
    told_units = {
        "format": FORMAT,
        "music": music.strip(),
        "n_songs": index["songs"] - len(index["skipped"]),
        "range_db": DYNAMIC_RANGE_DB,
        "pictures": PICTURES,
        "layers": layers,
    }
    text = json.dumps(told_units, ensure_ascii=False, separators=(",", ":")) + "\n"
    return _publish(contract, {INDEX: text.encode(), PICTURES: b"".join(pictures)}, layers)


def _read(filters: Path) -> tuple[dict[str, Any], Mapping[str, Array]]:
    try:
        index: dict[str, Any] = json.loads((filters / "index.json").read_text(encoding="utf-8"))
        with np.load(filters / str(index["mean_log_mels"])) as archive:
            return index, {layer["name"]: archive[layer["name"]] for layer in index["layers"]}
    except FileNotFoundError as error:
        raise TrainingError(f"{error.filename} is not there: is {filters} what `filters` wrote, to its end?") from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise TrainingError(f"{filters} cannot be read ({error!r}): let `filters` write it again") from error


def _check(index: Mapping[str, Any], contract: Contract, filters: Path) -> None:
    if index.get("format") != INDEX_FORMAT:
        raise TrainingError(f"{filters} is of another version of `filters`: let it write it again")
    found, wanted = index["model"], {"name": contract.name, "version": contract.version}
    if found != wanted:
        raise TrainingError(
            f"{filters} is about {found['name']} {found['version']}, and {contract.folder} holds {wanted['name']} "
            f"{wanted['version']}: let `filters` hear this one"
        )
    if len(index["layers"]) > MOST_LAYERS:
        raise TrainingError(
            f"{filters} has {len(index['layers'])} layers, the page shows {MOST_LAYERS} at most: choose with --layers"
        )


def _nodes(contract: Contract, network: keras.Model, index: Mapping[str, Any]) -> dict[str, str]:
    """For each layer's name the node of the page's graph that has its units' activations.

    Raises TrainingError where the graph is not what this network is exported as today.
    """
    made, output = lowered_layers(network)
    names = node_names(output)
    graph = json.loads((contract.folder / contract.browser_model).read_text(encoding="utf-8"))
    is_the_same = [node["name"] for node in graph["modelTopology"]["node"] if node["op"] != "Const"] == [
        *names.values()
    ]
    nodes = {layer["name"]: names.get(made[layer["watched_at"]]) for layer in index["layers"]}
    missing = [name for name, node in nodes.items() if node is None or not is_the_same]
    if missing:
        raise TrainingError(f"{missing[0]} cannot be found in {contract.browser_model}: export the model again")
    return {name: str(node) for name, node in nodes.items()}


def _layer(layer: Mapping[str, Any], means: Array, node: str) -> tuple[dict[str, Any], Array]:
    """What is told of it, and its pictures, uint8 [units, columns, cells over the bands]."""
    n_units, n_frames, _ = means.shape
    if not layer["receptive_field"]["all_bands"]:
        raise TrainingError(f"{layer['name']} hears some bands at each place: only layers that hear all have a picture")
    frames_a_column = -(-n_frames // MOST_COLUMNS)
    excerpts = [len(channel["excerpts"]) for channel in layer["channels"]]
    chosen = chosen_units(means, excerpts)
    if not chosen:
        raise TrainingError(
            f"{layer['name']}: no unit has excerpts of {FEWEST_SONGS} songs: let `filters` hear more of them, with a "
            f"--count of {FEWEST_SONGS} at least"
        )
    pictures = coarse(means[chosen], frames_a_column)
    return {
        "name": layer["name"],
        "node": node,
        "n_units": n_units,
        "duration_s": layer["receptive_field"]["duration_s"],
        "n_frames": n_frames,
        "frames_a_column": frames_a_column,
        "n_columns": pictures.shape[1],
        "n_cells": pictures.shape[2],
        "units": [
            {"unit": unit, "n_excerpts": excerpts[unit], "genres": layer["channels"][unit]["genres"]} for unit in chosen
        ],
    }, pictures


def chosen_units(means: Array, n_excerpts: Sequence[int]) -> list[int]:
    """The MOST_UNITS whose pictures [units, frames, bands] differ most from the mean of all, by number.

    None of them are those with excerpts of fewer than FEWEST_SONGS songs, and those that hear best how songs begin or
    end: of what lies beyond there is no picture.
    """
    is_whole = means.any(axis=2).all(axis=1)
    enough = [unit for unit, n in enumerate(n_excerpts) if n >= FEWEST_SONGS and is_whole[unit]]
    if not enough:
        return []
    differs = np.square(means - means[enough].mean(axis=0, dtype=np.float64)).mean(axis=(1, 2))
    return sorted(sorted(enough, key=lambda unit: (-differs[unit], unit))[:MOST_UNITS])


def coarse(pictures: Array, frames_a_column: int) -> Array:
    """[units, frames, bands] to the means of so many frames and BANDS_A_CELL bands, each axis' last of what is left."""
    _, n_frames, n_bands = pictures.shape
    starts = (np.arange(0, n_frames, frames_a_column), np.arange(0, n_bands, BANDS_A_CELL))
    sums = np.add.reduceat(np.add.reduceat(pictures.astype(np.float64), starts[0], axis=1), starts[1], axis=2)
    n_cells = [np.diff([*start, end]) for start, end in zip(starts, (n_frames, n_bands), strict=True)]
    steps = np.round(sums / (n_cells[0][:, np.newaxis] * n_cells[1] * LEVELS_A_STEP))
    return np.asarray(np.minimum(steps * LEVELS_A_STEP, 255), np.uint8)


def _publish(contract: Contract, contents: Mapping[str, bytes], layers: Sequence[Mapping[str, Any]]) -> Written:
    """Both files below the export that they are about, in a folder named after their content; then the contract."""
    export = contract.folder / Path(contract.browser_model).parts[0]
    digest = hashlib.sha256(b"".join(contents.values())).hexdigest()[:12]
    folder = export / f"{PREFIX}{digest}"
    folder.mkdir(exist_ok=True)
    place = folder.relative_to(contract.folder).as_posix()
    entries = {}
    for name, content in contents.items():
        with stand_in(folder / name) as fresh:
            fresh.write_bytes(content)
        (folder / name).chmod(0o644)
        entries[f"{place}/{name}"] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    previous = Path(contract.units).parent.as_posix() if contract.units else None
    files = {path: entry for path, entry in contract.raw["files"].items() if Path(path).parent.as_posix() != previous}
    write_contract(contract.folder, {**contract.raw, "units": f"{place}/{INDEX}", "files": {**files, **entries}})
    # The one before stays: a server that was started with it goes on serving its files until it is restarted.
    for old in export.glob(f"{PREFIX}*"):
        if old.relative_to(contract.folder).as_posix() not in (place, previous):
            shutil.rmtree(old)
    n_units = sum(len(layer["units"]) for layer in layers)
    return Written(folder, len(layers), n_units, sum(map(len, contents.values())))
