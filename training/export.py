"""A trained run to a model folder: what the page, the server and the next training need, and nothing half-done.

Everything is written to a fresh subfolder first. Only when all of it is there and has been tried does the new
contract.json replace the old one, in one step: until then, and after any failure, the old model works.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow

from model.contract import FORMAT, MINIMUM_DURATION_S, RowRule, chain_to_json, rows_to_json
from model.network import DYNAMIC_RANGE_DB, SILENCE_DB
from model.predictor import Predictor
from training.abstention import by_kind, fit_thresholds, other_logits
from training.calibrate import fit_temperatures
from training.errors import TrainingError
from training.evaluate import Evaluation, summarise
from training.feature_set import FeatureSet
from training.genre_thresholds import fit_genre_thresholds
from training.golden import write_golden
from training.lower import lower
from training.mel import slaney_mel_filters
from training.multi_label import MultiLabelEvaluation, summarise_multi_label
from training.others import validation_sets
from training.saved_model import write_saved_model
from training.score import SongLogits, in_batches, song_logits
from training.short_songs import middles_of, with_short_songs
from training.split import hash_names
from training.tfjs import write_graph_model
from training.trained import Trained

EXPORT_PREFIX = "export-"
THRESHOLDS_OF_GENRES = "the same songs, for the greatest F1 of each genre"


def export_model(
    trained: Trained, valid_songs: FeatureSet, folder: Path, name: str, others: FeatureSet | None = None
) -> Evaluation | MultiLabelEvaluation:
    """Write the model to `folder` and return its validation figures, temperatures fitted on the same songs.

    `others` is the set of none of the genres that it was trained with, if it was; below which probabilities it is
    unsure is fitted on the part of them that is kept for validation, and on synthetic signals. Where songs have several
    genres, from which probability on each is heard is fitted on the songs alone.

    Raises TrainingError or ContractError when something about it does not work; `folder` is then as it was.
    """
    if not name.strip():
        raise TrainingError("--name is empty: say what the page is to call the model")
    folder.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".fresh-", dir=folder))
    try:
        network = in_batches(trained.network)
        rule = RowRule(activation=trained.activation)
        scored = song_logits(valid_songs, trained.genres, network, trained.windows, rule)
        rule = fit_temperatures(scored, rule)
        middles = middles_of(valid_songs, trained.genres, network, trained.windows, rule)
        rule = with_short_songs(valid_songs, middles, rule)
        validation: Evaluation | MultiLabelEvaluation
        if rule.is_multi_label:
            rule, thresholds = fit_genre_thresholds(scored, rule), THRESHOLDS_OF_GENRES
            validation = summarise_multi_label(scored, trained.genres, rule)
        else:
            scored_others = other_logits(validation_sets(others, trained.chain), network, trained.windows, rule)
            rule, thresholds = fit_thresholds(scored, scored_others, rule), _songs_and_others(scored_others)
            validation = summarise(scored, trained.genres, rule, fitted_on_these=True)
        _write_parts(trained, fresh)
        contract = _describe(trained, rule, validation, name, _fitted_on(scored, thresholds, others))
        _golden_and_trial(fresh, contract)
        _publish(fresh, folder, contract)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return validation


def _write_parts(trained: Trained, fresh: Path) -> None:
    parts = fresh / "parts"
    parts.mkdir()
    slaney_mel_filters(trained.chain).astype("<f4").tofile(parts / "mel_filters.f32")
    output = lower(trained.network)
    write_saved_model(output, parts / "server")
    write_graph_model(output, parts / "browser")
    trained.network.save(parts / "network.keras")


def _describe(
    trained: Trained,
    rule: RowRule,
    validation: Evaluation | MultiLabelEvaluation,
    name: str,
    fitted_on: Mapping[str, Any],
) -> dict[str, Any]:
    windows, chain = trained.windows, trained.chain
    window_s = (chain.n_fft + (windows.window_frames - 1) * chain.hop_length) / chain.sample_rate_hz
    n_genres = len(trained.genres)
    return {
        "format": FORMAT,
        "name": name,
        "version": "",
        "genres": list(trained.genres),
        "signal_chain": chain_to_json(chain, "mel_filters.f32"),
        "network": {
            "architecture": trained.network.name,
            "input": f"log_mel [1, {windows.window_frames}, {chain.n_mels}] float32, dB",
            "output": f"logits [1, {windows.window_steps}, {n_genres}]",
            "window_frames": windows.window_frames,
            "window_stride_frames": windows.window_stride_frames,
            "frames_per_step": windows.frames_per_step,
            "window_steps": windows.window_steps,
            "normalisation": {"type": "window_peak", "range_db": DYNAMIC_RANGE_DB, "silence_db": SILENCE_DB},
            "receptive_field_s": round(window_s, 3),
            "step_s": round(windows.frames_per_step / chain.frame_rate_hz, 4),
            "parameters": trained.network.count_params(),
        },
        "rows": rows_to_json(rule),
        "minimum_duration_s": MINIMUM_DURATION_S,
        "browser_model": "browser/model.json",
        "server_model": "server",
        "keras_model": "network.keras",
        "golden": "golden/golden.json",
        "training": {
            **trained.provenance,
            **fitted_on,
            "validation": validation.to_json(),
        },
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "numpy": np.__version__,
            "tensorflow": tensorflow.__version__,
            "librosa": version("librosa"),
        },
    }


def _songs_and_others(scored_others: Sequence[SongLogits]) -> str:
    kinds = ", ".join(f"{len(songs)} of {kind}" for kind, songs in by_kind(scored_others).items())
    return f"the same songs and, of none of the genres, {kinds}"


def _fitted_on(scored: Sequence[SongLogits], thresholds: str, others: FeatureSet | None) -> dict[str, Any]:
    """What decided the numbers of the row rule; the hash tells a set that the network was taught to be unsure of."""
    return {
        "temperatures_fitted_on": f"{len(scored)} validation songs",
        "thresholds_fitted_on": thresholds,
        "others_sha256": hash_names(track.name for track in others.tracks) if others else None,
    }


def _golden_and_trial(fresh: Path, contract: Mapping[str, Any]) -> None:
    """Golden vectors from the folder itself: it has been loaded and run before anyone relies on it."""
    parts = fresh / "parts"
    (parts / "contract.json").write_text(json.dumps(_complete(contract, parts, "")), encoding="utf-8")
    write_golden(Predictor(parts), parts / "golden")
    (parts / "contract.json").unlink()


def _complete(contract: Mapping[str, Any], parts: Path, prefix: str) -> dict[str, Any]:
    """The contract with every path under `prefix`, and with the hashes of the files in `parts`."""
    files = {
        prefix + path.relative_to(parts).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in sorted(parts.rglob("*"))
        if path.is_file()
    }
    paths = {key: prefix + contract[key] for key in ("browser_model", "server_model", "keras_model", "golden")}
    chain = {**contract["signal_chain"], "mel_filters": prefix + contract["signal_chain"]["mel_filters"]}
    return {**contract, **paths, "signal_chain": chain, "files": files}


def _publish(fresh: Path, folder: Path, contract: Mapping[str, Any]) -> None:
    parts = fresh / "parts"
    content = json.dumps({path: entry["sha256"] for path, entry in _complete(contract, parts, "")["files"].items()})
    digest = hashlib.sha256((content + json.dumps(contract)).encode()).hexdigest()[:12]
    subfolder = f"{EXPORT_PREFIX}{digest}"
    complete = _complete(contract, parts, f"{subfolder}/")
    complete["version"] = f"{datetime.now(UTC):%Y.%m.%d}+{digest}"
    for path in (parts, *parts.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    previous = _export_in_use(folder)
    if not (folder / subfolder).exists():
        parts.rename(folder / subfolder)
    text = json.dumps(complete, ensure_ascii=False, indent=1) + "\n"
    (fresh / "contract.json").write_text(text, encoding="utf-8")
    (fresh / "contract.json").replace(folder / "contract.json")
    # The one before stays: a server that was started with it goes on serving its files until it is restarted.
    for old in folder.glob(f"{EXPORT_PREFIX}*"):
        if old.name not in (subfolder, previous):
            shutil.rmtree(old)


def _export_in_use(folder: Path) -> str | None:
    """The subfolder that the present contract names, if there is a readable one."""
    try:
        return Path(json.loads((folder / "contract.json").read_text(encoding="utf-8"))["browser_model"]).parts[0]
    except (OSError, ValueError, KeyError, TypeError):
        return None
