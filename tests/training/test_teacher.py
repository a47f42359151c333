"""training/teacher.py: reading PyTorch weights without PyTorch, and moving the front end."""

from __future__ import annotations

import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from model.contract import WindowLayout
from model.features import SignalChain
from model.network import MN04_FLOOR_LN, build_network
from tests.training.teachers import write_state_dict
from training.errors import TrainingError
from training.teacher import (
    kaldi_mel_filters,
    load_teacher_weights,
    mel_bands_map,
    read_classifier,
    read_torch_weights,
)

CHAIN = SignalChain()


def test_tensors_are_read_as_they_were_written(tmp_path: Path) -> None:
    tensors = {"a.weight": np.arange(24.0).reshape(2, 3, 4), "b": np.array(5.0), "c": np.array([1.0, -2.0])}
    write_state_dict(tmp_path / "state.pt", tensors)
    state = read_torch_weights(tmp_path / "state.pt")
    assert list(state) == list(tensors)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(state[name], tensor)


def test_a_pickle_that_wants_to_run_something_is_refused(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return os.system, (f"touch {tmp_path}/owned",)

    with zipfile.ZipFile(tmp_path / "bad.pt", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Hostile()))
    with pytest.raises(TrainingError, match="has no place in a state dict"):
        read_torch_weights(tmp_path / "bad.pt")
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.pt").write_bytes(content)
    with pytest.raises(TrainingError, match="is not a PyTorch state dict"):
        read_torch_weights(tmp_path / "bad.pt")


def test_weights_of_another_network_are_refused() -> None:
    network = build_network("mn04", 10, CHAIN.n_mels, WindowLayout())
    with pytest.raises(TrainingError, match="not those of EfficientAT mn04"):
        load_teacher_weights(network, {"features.0.0.weight": np.zeros((8, 1, 5, 5))}, CHAIN)


def test_kaldi_filters_overlap_to_one() -> None:
    total = kaldi_mel_filters().sum(axis=0)
    hz = np.arange(len(total)) * 32_000 / 1024
    np.testing.assert_allclose(total[(hz > 100) & (hz < 14_500)], 1, atol=1e-9)
    assert (total[hz > 15_000] == 0).all()


def test_each_band_of_the_map_listens_where_its_teacher_did() -> None:
    kernel, bias = mel_bands_map(CHAIN)
    filters = kaldi_mel_filters()
    hz = np.arange(filters.shape[1]) * 32_000 / 1024
    above = (filters @ hz) / np.maximum(filters.sum(axis=1), 1e-9) > 11_025
    assert (kernel[:, above] == 0).all()
    assert (bias[above] < 0).all()  # silence stays under the teacher's floor
    heard = kernel[:, ~above & (filters.sum(axis=1) > 0)]
    place = (np.arange(CHAIN.n_mels)[:, None] * heard).sum(axis=0) / np.maximum(heard.sum(axis=0), 1e-9)
    audible = heard.sum(axis=0) > 0
    assert (np.diff(place[audible]) >= 0).all()


def test_ten_db_more_are_the_same_in_the_teachers_units() -> None:
    kernel, bias = mel_bands_map(CHAIN)
    level = np.full(CHAIN.n_mels, 1.0)  # the peak, in every band
    louder = level @ kernel + bias
    quieter = (level - 10 * 2 / 80) @ kernel + bias
    heard = kernel.any(axis=0)
    np.testing.assert_allclose((louder - quieter)[heard], np.log(10), rtol=1e-4)
    assert (louder[heard] + MN04_FLOOR_LN).mean() == pytest.approx(8.75, abs=1e-3)


def test_the_classifier_is_two_layers_with_a_hard_swish_between() -> None:
    rng = np.random.default_rng(0)
    state = {
        "classifier.2.weight": rng.normal(0, 1, (5, 3)), "classifier.2.bias": rng.normal(0, 1, 5),
        "classifier.5.weight": rng.normal(0, 1, (4, 5)), "classifier.5.bias": rng.normal(0, 1, 4),
    }  # fmt: skip
    state = {name: tensor.astype(np.float32) for name, tensor in state.items()}
    embedding = rng.normal(0, 2, (6, 3)).astype(np.float32)
    hidden = embedding @ state["classifier.2.weight"].T + state["classifier.2.bias"]
    hidden = np.array([[x * min(max(x + 3, 0), 6) / 6 for x in row] for row in hidden])
    expected = hidden @ state["classifier.5.weight"].T + state["classifier.5.bias"]
    np.testing.assert_allclose(read_classifier(state).logits(embedding), expected, rtol=1e-4, atol=1e-5)


def test_weights_without_a_classifier_are_refused() -> None:
    with pytest.raises(TrainingError, match="not those of EfficientAT mn04"):
        read_classifier({"features.0.0.weight": np.zeros((8, 1, 5, 5))})
