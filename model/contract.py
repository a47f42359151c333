"""The model folder's contract: reading, checking and naming what is wrong with it.

contract.json is the folder's only entry. All other files lie in a subfolder named after their content, so that
replacing contract.json switches the whole model at once and everything else may be cached forever.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from model.features import Float32, KaiserSinc, SignalChain

FORMAT = 1
MINIMUM_DURATION_S = 1.0  # of a song, to be trained on or analysed
SOFTMAX, SIGMOID = "softmax", "sigmoid"  # how logits become probabilities
_NUMBERS = ("step_s", "context_s", "temperature", "verdict_temperature")  # of RowRule, as the next three
_OF_SHORT_SONGS = ("short_verdict_temperature", "short_verdict_below_s")  # what models of before did not say
_OF_ONE_GENRE = ("unsure_below", "verdict_unsure_below")
_OF_SEVERAL = ("thresholds", "verdict_thresholds")

Bounds = float | tuple[float, ...]  # one for all genres, or one a genre


class ContractError(Exception):
    """A model folder that cannot be used. The message says which file, what is wrong and what was expected."""


@dataclass(frozen=True)
class WindowLayout:
    """How the network's fixed windows lie over a song, all in frames of log-mel."""

    window_frames: int = 128
    window_stride_frames: int = 112
    frames_per_step: int = 4

    @property
    def window_steps(self) -> int:
        """Rows of logits that one window gives."""
        return self.window_frames // self.frames_per_step

    @property
    def margin_steps(self) -> int:
        """Steps at each end of a window that its neighbour knows better."""
        return (self.window_frames - self.window_stride_frames) // (2 * self.frames_per_step)


@dataclass(frozen=True)
class RowRule:
    """How step logits become rows and the verdict: lengths in seconds, temperatures dividing logits.

    activation "softmax": a song is of one genre, and a row's probabilities add up to 1. Where even the likeliest genre
    has one below unsure_below (the verdict: verdict_unsure_below), none is claimed. 0 is never unsure.

    The verdict of a song shorter than short_verdict_below_s is less sure than verdict_temperature makes it, which was
    fitted on whole songs: that of a song of one second has a further temperature, short_verdict_temperature.

    activation "sigmoid": each genre is heard or not, whatever the others are, from its own threshold on: a probability
    for each genre, in thresholds (the verdict: verdict_thresholds). Where none is heard, none is claimed.
    """

    step_s: float = 1.0
    context_s: float = 3.0
    temperature: float = 1.0
    verdict_temperature: float = 1.0
    unsure_below: float = 0.0
    verdict_unsure_below: float = 0.0
    short_verdict_temperature: float = 1.0
    short_verdict_below_s: float = 1.0
    activation: str = SOFTMAX
    thresholds: tuple[float, ...] = ()
    verdict_thresholds: tuple[float, ...] = ()

    @property
    def is_multi_label(self) -> bool:
        """Whether several genres can be heard at once."""
        return self.activation == SIGMOID

    @property
    def bounds(self) -> Bounds:
        """Of a row: what a genre's probability must reach to be claimed."""
        return self.thresholds if self.is_multi_label else self.unsure_below

    @property
    def verdict_bounds(self) -> Bounds:
        """The same of the verdict."""
        return self.verdict_thresholds if self.is_multi_label else self.verdict_unsure_below


@dataclass(frozen=True)
class Contract:
    """A model folder, checked. Paths are relative to `folder`."""

    folder: Path
    name: str
    version: str
    genres: tuple[str, ...]
    chain: SignalChain
    mel_filters_path: str
    windows: WindowLayout
    rows: RowRule
    minimum_duration_s: float
    browser_model: str
    server_model: str
    golden: str | None  # None and a head: of a network that was taught in a browser (static/teach)
    head: str | None
    units: str | None  # what its units hear best, for the page (training/units.py)
    files: Mapping[str, str]  # path -> sha256
    raw: Mapping[str, Any]

    def at_step(self, step_s: float | None) -> Contract:
        """With rows of another length, in seconds; None: as it is."""
        return self if step_s is None else replace(self, rows=replace(self.rows, step_s=step_s))

    def mel_filters(self) -> Float32:
        """The mel filter matrix, float32 [n_mels, n_fft / 2 + 1]."""
        flat = np.fromfile(self.folder / self.mel_filters_path, dtype="<f4")
        shape = (self.chain.n_mels, self.chain.n_fft // 2 + 1)
        if flat.size != shape[0] * shape[1]:
            raise ContractError(f"{self.mel_filters_path}: {flat.size} numbers, expected {shape[0]} x {shape[1]}")
        return flat.reshape(shape).astype(np.float32)

    def head_weights(self) -> Float32 | None:
        """The last layer that stands in place of the server network's own: [channels + 1, genres], the bias last."""
        if self.head is None:
            return None
        flat = np.fromfile(self.folder / self.head, dtype="<f4")
        if flat.size % len(self.genres) or flat.size < 2 * len(self.genres):
            raise ContractError(f"{self.head}: {flat.size} numbers, expected a multiple of {len(self.genres)} genres")
        if not np.isfinite(flat).all():
            raise ContractError(f"{self.head}: some of its numbers are none")
        return flat.reshape(-1, len(self.genres)).astype(np.float32)


def chain_to_json(chain: SignalChain, mel_filters_path: str) -> dict[str, Any]:
    """The contract's `signal_chain`."""
    return {
        "sample_rate_hz": chain.sample_rate_hz,
        "resampler": {"type": "kaiser_sinc", **asdict(chain.resampler)},
        "n_fft": chain.n_fft,
        "hop_length": chain.hop_length,
        "window": "hann_periodic",
        "n_mels": chain.n_mels,
        "mel_filters": mel_filters_path,
        "log": {"type": "decibel", "power_floor": chain.power_floor},
    }


def _chain_from_json(data: Mapping[str, Any]) -> SignalChain:
    for key, known in (("window", "hann_periodic"),):
        if data[key] != known:
            raise ContractError(f"signal_chain.{key} is {data[key]!r}; this version knows {known!r}")
    for key, known in (("resampler", "kaiser_sinc"), ("log", "decibel")):
        if data[key]["type"] != known:
            raise ContractError(f"signal_chain.{key}.type is {data[key]['type']!r}; this version knows {known!r}")
    kernel = {key: value for key, value in data["resampler"].items() if key != "type"}
    return SignalChain(
        sample_rate_hz=int(data["sample_rate_hz"]),
        n_fft=int(data["n_fft"]),
        hop_length=int(data["hop_length"]),
        n_mels=int(data["n_mels"]),
        power_floor=float(data["log"]["power_floor"]),
        resampler=KaiserSinc(**kernel),
    )


def _windows_from_json(data: Mapping[str, Any]) -> WindowLayout:
    layout = WindowLayout(
        window_frames=int(data["window_frames"]),
        window_stride_frames=int(data["window_stride_frames"]),
        frames_per_step=int(data["frames_per_step"]),
    )
    step, stride = layout.frames_per_step, layout.window_stride_frames
    if layout.window_frames % step or stride % step or (layout.window_frames - stride) % (2 * step):
        raise ContractError("network: window_frames, window_stride_frames and their margins must be whole steps")
    if not 0 < stride <= layout.window_frames:
        raise ContractError(f"network.window_stride_frames is {stride}, must be 1 to {layout.window_frames}")
    return layout


def rows_to_json(rule: RowRule) -> dict[str, Any]:
    """The contract's `rows`: of one genre as ever; of several with `activation` and thresholds instead of bounds.

    Of short songs only what makes a difference.
    """
    unused: tuple[str, ...] = _OF_ONE_GENRE if rule.is_multi_label else ("activation", *_OF_SEVERAL)
    if rule.short_verdict_temperature == 1:
        unused = (*unused, *_OF_SHORT_SONGS)
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(rule).items()
        if key not in unused
    }


def _rows_from_json(data: Mapping[str, Any], n_genres: int) -> RowRule:
    activation = data.get("activation", SOFTMAX)
    if activation not in (SOFTMAX, SIGMOID):
        raise ContractError(f"rows.activation is {activation!r}; this version knows {SOFTMAX!r} and {SIGMOID!r}")
    of_one, of_several = (_OF_ONE_GENRE, ()) if activation == SOFTMAX else ((), _OF_SEVERAL)
    thresholds = {key: _thresholds_from_json(data, key, n_genres) for key in of_several}
    numbers = {key: float(data[key]) for key in (*_NUMBERS, *of_one)}
    short = {key: float(data[key]) for key in _OF_SHORT_SONGS if key in data}
    for key in of_one:
        if not 0 <= numbers[key] <= 1:  # not a number included
            raise ContractError(f"rows.{key} is {data[key]}, must be a probability, 0 to 1")
    for key in _NUMBERS:
        if not 0 < numbers[key] < math.inf:
            raise ContractError(f"rows.{key} is {data[key]}, must be a number above 0")
    for key, number in short.items():
        if not 1 <= number < math.inf:
            raise ContractError(f"rows.{key} is {data[key]}, must be a number of at least 1")
    rule: dict[str, Any] = {"activation": activation, **numbers, **short, **thresholds}
    return RowRule(**rule)


def _thresholds_from_json(data: Mapping[str, Any], key: str, n_genres: int) -> tuple[float, ...]:
    found = data.get(key)
    if not isinstance(found, list) or len(found) != n_genres:
        got = f"{len(found)} of them" if isinstance(found, list) else repr(found)
        raise ContractError(f"rows.{key} must be a list of {n_genres} probabilities, one a genre, got {got}")
    for place, threshold in enumerate(found):
        is_number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
        if not (is_number and 0 <= threshold <= 1):  # not a number included
            raise ContractError(f"rows.{key}[{place}] is {threshold!r}, must be a probability, 0 to 1")
    return tuple(map(float, found))


def _contract_from_json(folder: Path, data: Mapping[str, Any]) -> Contract:
    if data["format"] != FORMAT:
        raise ContractError(f"format is {data['format']!r}; this version reads format {FORMAT}: export the model again")
    genres = tuple(str(genre) for genre in data["genres"])
    if len(genres) < 2 or len(set(genres)) != len(genres):
        raise ContractError(f"genres must be at least two different names, got {list(genres)}")
    return Contract(
        folder=folder,
        name=str(data["name"]),
        version=str(data["version"]),
        genres=genres,
        chain=_chain_from_json(data["signal_chain"]),
        mel_filters_path=str(data["signal_chain"]["mel_filters"]),
        windows=_windows_from_json(data["network"]),
        rows=_rows_from_json(data["rows"], len(genres)),
        minimum_duration_s=float(data["minimum_duration_s"]),
        browser_model=str(data["browser_model"]),
        server_model=str(data["server_model"]),
        golden=str(data["golden"]) if "golden" in data else None,
        head=str(data["head"]) if "head" in data else None,
        units=str(data["units"]) if "units" in data else None,
        files={str(path): str(entry["sha256"]) for path, entry in data["files"].items()},
        raw=data,
    )


def _check_files(contract: Contract) -> None:
    for path in contract.files:
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise ContractError(f"files names {path!r}, which lies outside the model folder")
    used = [contract.mel_filters_path, contract.browser_model, *filter(None, (contract.head, contract.units))]
    for path in used:
        if path not in contract.files:
            raise ContractError(f"{path!r} is used but not listed in files")
    for path, sha256 in contract.files.items():
        file = contract.folder / path
        if not file.is_file():
            raise ContractError(f"{file} is missing: copy the whole model folder or export the model again")
        if hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
            raise ContractError(f"{file} is not the file that was exported: its SHA-256 differs from the contract's")


def load_contract(folder: Path) -> Contract:
    """Read and check a model folder: numbers, and every file's SHA-256.

    Raises ContractError with a sentence for whoever runs the server or the export.
    """
    path = folder / "contract.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContractError(f"{path} does not exist: is {folder} a model folder written by export?") from None
    except (OSError, ValueError) as error:
        raise ContractError(f"{path} cannot be read: {error}") from error
    try:
        contract = _contract_from_json(folder, data)
        _check_files(contract)
    except ContractError as error:
        raise ContractError(f"{path}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContractError(f"{path}: {type(error).__name__} at {error}: not a contract of format {FORMAT}") from error
    return contract
