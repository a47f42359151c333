"""model/contract.py: the shipped folder is whole, and everything wrong with another one is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model.contract import ContractError, RowRule, WindowLayout, load_contract, rows_to_json
from model.features import SignalChain
from tests.support import REPOSITORY

SHIPPED = REPOSITORY / "model"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model folder, to be damaged."""
    contract = load_contract(SHIPPED)
    (tmp_path / "model").mkdir()
    shutil.copy(SHIPPED / "contract.json", tmp_path / "model")
    export = Path(contract.browser_model).parts[0]
    shutil.copytree(SHIPPED / export, tmp_path / "model" / export)
    return tmp_path / "model"


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "contract.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def test_the_shipped_model_was_made_with_the_chain_of_this_code() -> None:
    contract = load_contract(SHIPPED)
    assert contract.chain == SignalChain()
    assert contract.windows == WindowLayout()
    assert contract.mel_filters().shape == (128, 1025)


def test_the_shipped_model_knows_gtzans_ten_genres() -> None:
    assert load_contract(SHIPPED).genres == (
        "blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock",
    )  # fmt: skip


def test_a_folder_without_a_contract_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"contract\.json does not exist: is .* a model folder"):
        load_contract(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 1}'])
def test_what_is_no_contract_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "contract.json").write_text(text)
    with pytest.raises(ContractError, match=r"contract\.json"):
        load_contract(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.update(format=2), "format is 2; this version reads format 1"),
        (lambda data: data.update(genres=["polka"]), "genres must be at least two different names"),
        (lambda data: data.update(genres=["ska", "ska"]), "genres must be at least two different names"),
        (lambda data: data["signal_chain"].update(window="hamming"), "signal_chain.window is 'hamming'"),
        (lambda data: data["signal_chain"]["log"].update(type="pcen"), "signal_chain.log.type is 'pcen'"),
        (lambda data: data["network"].update(window_stride_frames=97), "must be whole steps"),
        (lambda data: data["network"].update(window_stride_frames=136), "must be 1 to 128"),
        (lambda data: data["files"].update({"../secret": {"sha256": "", "bytes": 0}}), "outside the model folder"),
        (lambda data: data["files"].update({"/etc/passwd": {"sha256": "", "bytes": 0}}), "outside the model folder"),
        (lambda data: data.update(browser_model="other/model.json"), "is used but not listed in files"),
        (lambda data: data.update(units="other/units.json"), "'other/units.json' is used but not listed in files"),
        (lambda data: data.pop("rows"), "KeyError at 'rows'"),
        (lambda data: data["rows"].pop("unsure_below"), "KeyError at 'unsure_below'"),
        (lambda data: data["rows"].update(context_s=0), "rows.context_s is 0, must be a number above 0"),
        (
            lambda data: data["rows"].update(short_verdict_temperature=0.9),
            "rows.short_verdict_temperature is 0.9, must be",
        ),
        (
            lambda data: data["rows"].update(short_verdict_below_s=float("inf")),
            "rows.short_verdict_below_s is inf, must be",
        ),
        (lambda data: data["rows"].update(unsure_below=1.5), "rows.unsure_below is 1.5, must be a probability"),
        (lambda data: data["rows"].update(verdict_unsure_below=float("nan")), "rows.verdict_unsure_below is nan"),
    ],
)
def test_a_contract_that_does_not_fit_says_where(
    change: Callable[[dict[str, Any]], object], message: str, folder: Path
) -> None:
    edit(folder, change)
    with pytest.raises(ContractError, match=message):
        load_contract(folder)


def of_several(rows: dict[str, Any], **change: Any) -> None:
    """The contract's rule becomes one of several genres at once."""
    for key in ("unsure_below", "verdict_unsure_below"):
        rows.pop(key)
    rows.update({"activation": "sigmoid", "thresholds": [0.5] * 10, "verdict_thresholds": [0.4] * 9 + [1], **change})


def test_a_contract_of_several_genres_at_once_has_a_threshold_for_each(folder: Path) -> None:
    assert not load_contract(folder).rows.is_multi_label
    edit(folder, lambda data: of_several(data["rows"]))
    rule = load_contract(folder).rows
    assert rule.is_multi_label
    assert (rule.bounds, rule.verdict_bounds) == ((0.5,) * 10, (0.4,) * 9 + (1.0,))
    assert rows_to_json(rule) == json.loads((folder / "contract.json").read_text(encoding="utf-8"))["rows"]


def test_the_rule_of_one_genre_is_written_as_ever() -> None:
    assert list(rows_to_json(RowRule())) == [
        "step_s", "context_s", "temperature", "verdict_temperature", "unsure_below", "verdict_unsure_below",
    ]  # fmt: skip


def test_what_is_said_of_short_songs_is_read_and_written_where_there_is_something(folder: Path) -> None:
    short = {"short_verdict_temperature": 1.5, "short_verdict_below_s": 20.0}
    edit(folder, lambda data: data["rows"].update(short))
    rule = load_contract(folder).rows
    assert short.items() <= rows_to_json(rule).items()
    edit(folder, lambda data: [data["rows"].pop(key) for key in short])
    assert load_contract(folder).rows.short_verdict_temperature == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activation": "relu"}, "rows.activation is 'relu'; this version knows 'softmax' and 'sigmoid'"),
        ({"thresholds": [0.5] * 9}, "rows.thresholds must be a list of 10 probabilities, one a genre, got 9 of them"),
        ({"thresholds": 0.5}, "rows.thresholds must be a list of 10 probabilities, one a genre, got 0.5"),
        ({"verdict_thresholds": None}, "rows.verdict_thresholds must be a list of 10 .* got None"),
        ({"verdict_thresholds": [0.5] * 9 + [1.5]}, r"rows.verdict_thresholds\[9\] is 1.5, must be a probability"),
        ({"thresholds": ["0.5"] + [0.5] * 9}, r"rows.thresholds\[0\] is '0.5', must be a probability"),
        ({"thresholds": [float("nan")] + [0.5] * 9}, r"rows.thresholds\[0\] is nan, must be a probability"),
        ({"activation": "softmax"}, "KeyError at 'unsure_below'"),
    ],
)
def test_thresholds_that_do_not_fit_say_where(change: dict[str, Any], message: str, folder: Path) -> None:
    edit(folder, lambda data: of_several(data["rows"], **change))
    with pytest.raises(ContractError, match=message):
        load_contract(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    next(folder.rglob("*.bin")).unlink()
    with pytest.raises(ContractError, match=r"group1-shard1of1\.bin is missing: copy the whole model folder"):
        load_contract(folder)
