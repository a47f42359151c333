"""`filters`: what each channel of a network's convolutions hears best in a folder of songs, to be listened to.

One pass over the songs finds the strongest places of all channels at once (training/listening.py); the songs that have
some are read a second time, to be cut (training/cutting.py). Both go on after an interruption.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from model.contract import Contract, load_contract
from model.features import SignalChain
from model.whole_files import stand_in
from training.cutting import MeanLogMels, cut_songs, file_of
from training.errors import TrainingError
from training.excerpts import Excerpt, Places, excerpts_of
from training.filter_index import MEAN_LOG_MELS, describe
from training.filter_page import write_page
from training.listening import Song, find_songs, fingerprint_of_songs, listen, watching_layout
from training.model_network import network_of_model
from training.strongest import Strongest
from training.watched import Watcher, watched_convolutions

PROGRESS = "strongest.npz"
BATCH_WINDOWS = 4  # those of half a minute
MOST_EXCERPTS = 100
BYTES_A_SECOND = 100_000  # of FLAC: 44.1-kHz stereo


@dataclass(frozen=True)
class FilterOptions:
    """`links`: the page plays the songs where they lie, and nothing is cut from them."""

    folder: Path
    model: Path
    out: Path
    count: int
    layers: Sequence[str]
    links: bool


@dataclass(frozen=True)
class Report:
    """How much there is, and the songs left out with the reason."""

    n_layers: int
    n_channels: int
    n_excerpts: int
    n_songs: int
    skipped: dict[str, str]


def hear_filters(options: FilterOptions) -> Report:
    """Write index.json, index.html and, unless `links`, audio/ below `out`.

    Raises TrainingError for options, songs or a folder that do not fit, ContractError for what is no model folder.
    """
    _check(options)
    try:
        return _hear(options)
    except OSError as error:
        raise TrainingError(f"{error.filename or options.out}: {error.strerror or error}") from error


def _hear(options: FilterOptions) -> Report:
    songs = find_songs(options.folder)
    contract = load_contract(options.model)
    network = network_of_model(contract)
    convolutions = watched_convolutions(network, options.layers)
    contract = replace(contract, windows=watching_layout(contract.windows, convolutions))
    options.out.mkdir(parents=True, exist_ok=True)
    heard = listen(
        songs,
        Watcher(network, convolutions, BATCH_WINDOWS),
        contract,
        Strongest(sum(each.n_channels for each in convolutions), options.count),
        options.out / PROGRESS,
        {
            "model": f"{contract.name} {contract.version}",
            "layers": [each.name for each in convolutions],
            "count": options.count,
            "songs": fingerprint_of_songs(songs),
        },
    )
    excerpts = list(excerpts_of(heard.strongest, convolutions, contract.chain.n_mels))
    files = {} if options.links else {excerpt: file_of(excerpt) for excerpt in excerpts}
    means = MeanLogMels(convolutions, contract.chain.n_mels)
    _cut(options.out, songs, excerpts, files, contract, means)
    means.write(options.out / MEAN_LOG_MELS)
    places = Places(contract, network)
    index = describe(contract, convolutions, songs, heard.skipped, excerpts, files, places, means)
    _write_json(index, options.out / "index.json")
    write_page(index, options.out, {song.name: song.path for song in songs} if options.links else {})
    n_channels = sum(each.n_channels for each in convolutions)
    return Report(len(convolutions), n_channels, len(excerpts), len(songs) - len(heard.skipped), heard.skipped)


def _check(options: FilterOptions) -> None:
    if not 1 <= options.count <= MOST_EXCERPTS:
        raise TrainingError(f"--count is {options.count}, must be 1 to {MOST_EXCERPTS}")
    here, there = options.folder.resolve(), options.out.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise TrainingError(f"{options.out} and the music {options.folder} must lie apart: choose another --out")
    if options.out.exists() and not options.out.is_dir():
        raise TrainingError(f"{options.out} is a file: choose another --out")
    if options.out.is_dir() and _visible(options.out) and not (options.out / PROGRESS).is_file():
        raise TrainingError(f"{options.out} is there and holds something else: choose another --out")
    if options.links and (options.out / "audio").exists():
        raise TrainingError(f"{options.out} holds excerpts that were cut: delete its audio/, or choose another --out")


def _visible(folder: Path) -> list[Path]:
    """What it holds, but for files that were being written when an earlier call was killed."""
    return [path for path in folder.iterdir() if not path.name.startswith(".")]


def _cut(
    out: Path,
    songs: Sequence[Song],
    excerpts: Sequence[Excerpt],
    files: dict[Excerpt, str],
    contract: Contract,
    means: MeanLogMels,
) -> None:
    of_song: dict[int, list[Excerpt]] = {}
    for excerpt in excerpts:
        of_song.setdefault(excerpt.song, []).append(excerpt)
    numbers = sorted(of_song)
    paths = [{each.frames: out / files[each] for each in of_song[number] if each in files} for number in numbers]
    for folder in {path.parent for of_one in paths for path in of_one.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    _check_room(out, {path: frames for of_one in paths for frames, path in of_one.items()}, contract.chain)
    chosen = [songs[number] for number in numbers]
    log_mels = cut_songs(chosen, paths, contract.chain, contract.mel_filters())
    for number, log_mel in zip(numbers, tqdm(log_mels, total=len(numbers), unit=" songs", desc="cut"), strict=True):
        for excerpt in of_song[number]:
            means.add(excerpt, log_mel)


def _check_room(out: Path, files: Mapping[Path, tuple[int, int]], chain: SignalChain) -> None:
    missing_s = sum(chain.duration_s(last - first + 1) for path, (first, last) in files.items() if not path.exists())
    needed, free = missing_s * BYTES_A_SECOND, shutil.disk_usage(out).free
    if needed > free:
        raise TrainingError(
            f"the excerpts are {missing_s / 3600:.0f} h of music, about {needed / 1e9:.0f} GB, and {out} has room for "
            f"{free / 1e9:.0f}: give --link, fewer --layers or a smaller --count"
        )


def _write_json(index: dict[str, Any], path: Path) -> None:
    with stand_in(path) as fresh:
        fresh.write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
