"""What a card is made of: a model folder without a network, and evidence whose every figure is another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model.contract import (
    FORMAT,
    MINIMUM_DURATION_S,
    Contract,
    RowRule,
    WindowLayout,
    chain_to_json,
    load_contract,
    rows_to_json,
)
from model.features import SignalChain

Figures = Iterator[float]
FILES = {"e/mel.f32": 10, "e/browser/model.json": 2_000, "e/browser/weights.bin": 1_000_000, "e/server/saved.pb": 3_000,
         "e/network.keras": 4_000_000, "e/golden.json": 5}  # fmt: skip


def write_model(folder: Path, genres: Sequence[str] = ("drone", "hum", "whistle"), **training: Any) -> Contract:
    """A model folder that is whole but for its files, which are of a known size and hold nothing."""
    files = {}
    for name, n_bytes in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(n_bytes))
        files[name] = {"sha256": hashlib.sha256(bytes(n_bytes)).hexdigest(), "bytes": n_bytes}
    options = {"init": "mn04_as_mAP_432.pt", "model": "mn04", "seed": 1, "epochs": 9, "label_smoothing": 0.25}
    contract = {
        "format": FORMAT, "name": "toy", "version": "2026.1.2+abc", "genres": list(genres),
        "signal_chain": chain_to_json(SignalChain(), "e/mel.f32"),
        "network": {"architecture": "mn04", "parameters": 54321, "receptive_field_s": 9.948, "step_s": 0.3104,
                    **asdict(WindowLayout())},
        "rows": rows_to_json(RowRule()), "minimum_duration_s": MINIMUM_DURATION_S,
        "browser_model": "e/browser/model.json", "server_model": "e/server", "keras_model": "e/network.keras",
        "golden": "e/golden.json", "files": files, "versions": {"keras": "3.15.1"},
        "training": {"split": "toy lists", "options": options, "train_songs": 31, "valid_songs": 20,
                     "temperatures_fitted_on": "20 validation songs",
                     "thresholds_fitted_on": "the same songs and, of none of the genres, 7 of noise",
                     "train_songs_sha256": "fedcba", "epochs_run": 9, **training},
    }  # fmt: skip
    (folder / "contract.json").write_text(json.dumps(contract), encoding="utf-8")
    return load_contract(folder)


def distinct_figures(first: int) -> Figures:
    """0.101, 0.105, 0.109 …: shares that differ from one another and, means of neighbours included, from those of 1."""
    return (number / 1000 for number in range(101 + first, 999, 4))


def write_all(folder: Path, contract: Contract, first: int = 0) -> dict[str, Any]:
    """All files that measuring commands write, as they write them, with made-up figures; returns what they hold."""
    draw = distinct_figures(first)
    version = {"name": contract.name, "version": contract.version}
    row = {
        "model": "mn04", "init": contract.raw["training"]["options"]["init"], "parameters": 1000 + first,
        "train_songs": 30, "split": contract.raw["training"]["split"], "part": "valid", "n_clips": 20,
        "chosen_on_these": True, "seeds": [0, 1], "epochs_run": [9, 9],
        "options": {"model": "mn04", "epochs": 9, "label_smoothing": 0.25},
        "songs_sha256": "abcdef", "clip_hits": ["01" * 10, "10" * 10],
    }  # fmt: skip
    data: dict[str, Any] = {
        "evaluation": {"model": version, **_evaluation(contract.genres, draw)},
        "results": {"rows": [{"name": "mine", **row, **_seeds(draw)},
                             {"name": "by chance", **row, **_seeds(draw), "part": "test", "chosen_on_these": False,
                              "split": "random, shares [0.7, 0.15, 0.15], seed 4"}]},
        "ablation": {"rows": [{"name": "plain", **row, **_seeds(draw), "against": "plain"},
                              {"name": "+ mixup", **row, **_seeds(draw), "against": "plain"}]},
        "routes": {"model": version, "songs": "valid part (toy)", "n_clips": 20,
                   "clip_accuracy_from_archive": next(draw), "clip_accuracy_from_audio": next(draw),
                   "difference_ci95": [next(draw), next(draw)], "same_verdict": next(draw),
                   "seconds_with_same_genre": next(draw)},
        "robustness": {"model": version, "songs": "valid part (toy)", "n_clips": 20, "clean": _accuracy(draw),
                       "variants": [{"name": "+12 dB", "how": "not clipped", **_accuracy(draw),
                                     "seconds_changed": next(draw), "verdicts_changed": next(draw)}]},
        "abstention": {"model": version, "songs": "valid part (toy)", "others_are": "held out",
                       "unsure_below": next(draw), "verdict_unsure_below": next(draw),
                       "taught": {"n_songs": 20, **_false_alarms(draw)},
                       "others": [{"kind": "speech", "n_songs": 7, "n_sources": 3, "seconds_named": next(draw),
                                   "seconds_named_ci95": [next(draw), next(draw)], "verdicts_named": next(draw),
                                   "verdicts_named_ci95": None, "seconds_auroc": next(draw)}]},
        "songs": {"model": version, **_songs(contract.genres, draw)},
        "changes": {"model": version, "songs": "valid part (toy)", "n_songs": 20, "n_joints": 33, "goal_s": 3.0,
                    "seconds_right": {side: next(draw) for side in ("before", "after", "further_away")},
                    "n_findable": 30, "found_within_goal": next(draw), "found_after_s_median": 1 + next(draw)},
        "explanation": {"model": version, "songs": "valid part (toy)", **_explanation(draw)},
        "speed": _speed(draw),
        "sealed": {"songs": "sealed test songs", "n_clips": 40, **_accuracy(draw), "macro_f1": next(draw),
                   "ece": next(draw)},
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in data.items():
        (folder / f"{name}.json").write_text(json.dumps(found), encoding="utf-8")
    return data


def _accuracy(draw: Figures) -> dict[str, Any]:
    clip, low, high, second = (next(draw) for _ in range(4))
    return {"clip_accuracy": clip, "clip_accuracy_ci95": [low, high], "second_accuracy": second}


def _explanation(draw: Figures) -> dict[str, Any]:
    def found() -> dict[str, Any]:
        return {"mean": next(draw), "ci95": [next(draw), next(draw)]}

    def alike() -> dict[str, float]:
        return {"signed": next(draw), "absolute": next(draw)}

    marks = ("gradient", "integrated", "moved_in_mel", "moved", "random", "loudest", "farthest")
    deletion = [
        {"share": 0.03, "by": place, "falls": {name: found() for name in marks},
         "beyond": {name: found() for name in ("moved_in_mel", "moved", "farthest")}}
        for place in ("usual", "silence")
    ]  # fmt: skip
    sanity = {"n_rows": 17, "seeds": [4, 5], "n_layers": 23, "later_window": alike(), "integrated": alike(),
              "shuffled": [{"layers": 9, **alike()}]}  # fmt: skip
    return {"n_rows": 19, "seed": 3, "n_points": 11, "probability": next(draw), "differs_from_chart": next(draw),
            "deletion": deletion, "sanity": sanity}  # fmt: skip


def _false_alarms(draw: Figures) -> dict[str, float]:
    kinds = ("{}s_unsure", "right_{}s_unsure", "{}_accuracy", "{}_accuracy_named")
    return {kind.format(what): next(draw) for what in ("second", "verdict") for kind in kinds}


def _seeds(draw: Figures) -> dict[str, Any]:
    kinds = ("clip_accuracy", "second_accuracy", "macro_f1", "ece", "second_ece")
    figures = {kind: [next(draw), next(draw)] for kind in kinds}
    return {"clip_accuracy_ci95": [next(draw), next(draw)], **figures}


def _reliability(draw: Figures) -> dict[str, Any]:
    bins = [{"confidence": 0.9, "accuracy": next(draw), "n": 20}]
    errors = {kind: next(draw) for kind in ("ece", "ece_by_chance", "second_ece")}
    return {**errors, "verdicts": bins, "seconds": bins}


def _evaluation(genres: tuple[str, ...], draw: Figures) -> dict[str, Any]:
    """Ten songs a genre; the first genre's are taken for the second's three times."""
    confusion = [[10 * (row == column) for column in range(len(genres))] for row in range(len(genres))]
    confusion[0][:2] = [7, 3]
    return {
        "songs": "valid part (toy)", "genres": list(genres), "n_clips": 20, **_accuracy(draw), "macro_f1": next(draw),
        "ece": next(draw), "confusion": confusion, "reliability": _reliability(draw),
        "reliability_cross_fitted": _reliability(draw), "by_length": [_of_length(draw)],
        "per_genre": {genre: {"precision": next(draw), "recall": next(draw), "f1": 0.0, "n": 10} for genre in genres},
    }  # fmt: skip


def _of_length(draw: Figures) -> dict[str, Any]:
    shares = ("accuracy", "confidence", "confidence_of_whole", "surprise", "surprise_of_whole", "unsure")
    return {"length_s": 2, "n_songs": 20, **{kind: next(draw) for kind in shares}}


def _songs(genres: tuple[str, ...], draw: Figures) -> dict[str, Any]:
    variant = {"n_songs": 2, "n_seconds": 100, "verdicts_changed": 1, "songs": []}
    song = {"duration_s": 61.0, "note": "", "flicker_sure": None, "unsure": False}
    shares = ("confidence", "flicker", "seconds_unsure")
    change = {"composed": genres[0], "is_composed": True}
    return {
        "songs": [
            {"song": "Right|Song.mp3", "expected": genres[0], "verdict": genres[0], **song,
             **{kind: next(draw) for kind in shares}},
            {"song": "Wrong Song.mp3", "expected": genres[1], "verdict": genres[0], **song,
             **{kind: next(draw) for kind in shares}},
        ],
        "failed": [], "flicker": next(draw), "flicker_sure": next(draw),
        "verdicts": {"n": 2, "accuracy": next(draw), "n_sure": 2, "accuracy_sure": next(draw)},
        "medley": {"song": "Medley", "goal_s": 3.0, "n_findable": 2, "n_within_goal": 1, "n_parts": 4,
                   "n_heard_as_composed": 3, "flicker": 0.1, "changes": [
                       {"at_s": 10.0, "to": genres[1], "is_findable": True, "found_after_s": 1 + next(draw), **change},
                       {"at_s": 20.0, "to": genres[0], "is_findable": True, "found_after_s": None, **change},
                       {"at_s": 30.0, "to": genres[0], "is_findable": False, "found_after_s": None, **change}]},
        "formats": [{"name": "Opus", "seconds_changed": next(draw), **variant}],
        "levels": [{"name": "-12 dB", "seconds_changed": next(draw), **variant}],
    }  # fmt: skip


def _speed(draw: Figures) -> dict[str, Any]:
    def entry(what: str, goal: str | None, met: bool | None) -> dict[str, Any]:
        median = 1 + next(draw)
        spread = {"median": median, "lowest": median - 0.5, "highest": median + 0.5}
        return {"where": "Chromium", "what": what, "song": "4 min", **spread, "goal": goal, "met": met}

    figures = [entry("ratio", "≤ 1.25", True), entry("POST /predict, ms", None, None), entry("idle, ms", None, None)]
    return {"when": "2026-01-02T03:04:05+00:00", "machine": {"cpu": "Toy CPU", "n_cores": 2}, "figures": figures}
