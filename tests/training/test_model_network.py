"""training/model_network.py: the shipped model's network, and folders that have none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import pytest

from model.contract import Contract, load_contract
from tests.support import REPOSITORY
from training.errors import TrainingError
from training.model_network import network_of_model

CONTRACT: Contract = load_contract(REPOSITORY / "model")


def test_the_shipped_models_network_is_found() -> None:
    assert isinstance(network_of_model(CONTRACT), keras.Model)


def test_a_model_that_was_taught_in_a_browser_is_told_to_have_none() -> None:
    raw = {key: value for key, value in CONTRACT.raw.items() if key != "keras_model"}
    with pytest.raises(TrainingError, match="taught in a browser has the convolutions of the one"):
        network_of_model(replace(CONTRACT, raw=raw))


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut short"], ids=["gone", "empty", "cut short"])
def test_a_network_that_cannot_be_read_is_told(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / CONTRACT.raw["keras_model"]
    path.parent.mkdir(parents=True)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrainingError, match="is no network that can be read"):
        network_of_model(replace(CONTRACT, folder=tmp_path))
