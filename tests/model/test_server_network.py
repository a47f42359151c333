"""model/server_network.py: a last layer beside the SavedModel comes into its place; one that does not fit is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.contract import ContractError, load_contract
from model.features import Float32
from model.predictor import Predictor
from model.runtime import TensorFlowOnGpu, XnnpackOnCpu
from model.server_network import HeadError, load_network
from tests.support import REPOSITORY
from training.errors import TrainingError

CONTRACT = load_contract(REPOSITORY / "model")
SAVED_MODEL = CONTRACT.folder / CONTRACT.server_model


@pytest.fixture(scope="module")
def own_head() -> Float32:
    """The shipped network's last layer, out of its Keras network: [channels + 1, genres]."""
    import keras

    import model.network  # noqa: F401 - its layers

    network = keras.models.load_model(CONTRACT.folder / CONTRACT.raw["keras_model"], compile=False)
    kernel, bias = network.get_layer("logits").get_weights()
    return np.vstack([kernel.reshape(-1, kernel.shape[-1]), bias]).astype(np.float32)


@pytest.fixture(scope="module")
def windows() -> Float32:
    shape = (1, CONTRACT.windows.window_frames, CONTRACT.chain.n_mels)
    return np.random.default_rng(0).normal(-40, 15, shape).astype(np.float32)


@pytest.mark.parametrize("runtime", [XnnpackOnCpu, TensorFlowOnGpu])
def test_the_logits_are_those_of_the_layer_that_is_put_in(runtime: Any, own_head: Float32, windows: Float32) -> None:
    as_it_is = runtime(SAVED_MODEL)(windows)
    fewer = own_head[:, [7, 2, 5]] * 2
    np.testing.assert_allclose(runtime(SAVED_MODEL, fewer)(windows), as_it_is[..., [7, 2, 5]] * 2, atol=2e-3)


def test_one_for_other_channels_does_not_fit(own_head: Float32) -> None:
    with pytest.raises(HeadError, match="its head is for 99 channels, the network has 384"):
        load_network(SAVED_MODEL, own_head[:100])


def test_a_network_that_cannot_be_called_is_told(tmp_path: Path) -> None:
    import tensorflow as tf

    tf.saved_model.save(tf.Module(), str(tmp_path))
    with pytest.raises(HeadError, match="its SavedModel has no signature serving_default"):
        load_network(tmp_path, None)


@pytest.fixture
def taught(tmp_path: Path, own_head: Float32) -> Iterator[Path]:
    """A model folder as the page saves one, of two genres."""
    contract = json.loads((CONTRACT.folder / "contract.json").read_text(encoding="utf-8"))
    shutil.copytree(CONTRACT.folder / Path(CONTRACT.server_model).parent, tmp_path / Path(CONTRACT.server_model).parent)
    own_head[:, :2].astype("<f4").tofile(tmp_path / "head.f32")
    del contract["golden"], contract["keras_model"]
    contract |= {"genres": ["a", "b"], "head": "head.f32"}
    contract["files"] = {path: entry for path, entry in contract["files"].items() if "golden" not in path}
    write(tmp_path, contract)
    return tmp_path


def write(folder: Path, contract: dict[str, Any]) -> None:
    import hashlib

    head = (folder / "head.f32").read_bytes()
    contract["files"]["head.f32"] = {"sha256": hashlib.sha256(head).hexdigest(), "bytes": len(head)}
    (folder / "contract.json").write_text(json.dumps(contract), encoding="utf-8")


def test_a_folder_without_golden_values_and_keras_network_is_served(taught: Path, windows: Float32) -> None:
    assert load_contract(taught).golden is None
    assert Predictor(taught).window_logits(windows).shape == (1, CONTRACT.windows.window_steps, 2)


def test_a_head_of_no_whole_number_of_genres_is_told(taught: Path) -> None:
    contract = json.loads((taught / "contract.json").read_text(encoding="utf-8"))
    contract["genres"] = ["a", "b", "c", "d"]
    write(taught, contract)
    with pytest.raises(ContractError, match=r"head\.f32: 770 numbers, expected a multiple of 4 genres"):
        Predictor(taught)


def test_a_head_with_numbers_that_are_none_is_told(taught: Path) -> None:
    head = np.fromfile(taught / "head.f32", dtype="<f4")
    head[3] = np.nan
    head.tofile(taught / "head.f32")
    write(taught, json.loads((taught / "contract.json").read_text(encoding="utf-8")))
    with pytest.raises(ContractError, match=r"head\.f32: some of its numbers are none"):
        Predictor(taught)


def test_no_training_begins_with_it(taught: Path) -> None:
    from tests.training.support import part, toy_set
    from training.initial import initial_network

    songs = part(toy_set(taught / "set"), "train")
    with pytest.raises(TrainingError, match="was taught in a browser, and has no network that can be trained on"):
        initial_network(str(taught), "cnn", songs, CONTRACT.windows)
