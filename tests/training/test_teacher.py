"""training/teacher.py: reading PyTorch weights without PyTorch, and moving the front end."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from model.contract import WindowLayout
from model.features import SignalChain
from model.network import MN04_FLOOR_LN, build_network
from training.errors import TrainingError
from training.teacher import kaldi_mel_filters, load_teacher_weights, mel_bands_map, read_torch_weights

CHAIN = SignalChain()


class _Storage:
    """Pickles as PyTorch's storages do: by a persistent id."""

    def __init__(self, key: str) -> None:
        self.key = key


class _Tensor:
    def __init__(self, key: str, shape: tuple[int, ...]) -> None:
        self.key, self.shape = key, shape

    def __reduce__(self) -> tuple[object, ...]:
        stride = tuple(int(np.prod(self.shape[i + 1 :])) for i in range(len(self.shape)))
        return _Global("torch._utils", "_rebuild_tensor_v2"), (_Storage(self.key), 0, self.shape, stride, False, {})


class _Global:
    """Stands for a name of a module that is not installed here."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self) -> None:
        raise AssertionError


class _Pickler(pickle._Pickler):  # type: ignore[misc,name-defined]
    def persistent_id(self, item: object) -> object:
        return ("storage", _Global("torch", "FloatStorage"), item.key, "cpu", 1) if isinstance(item, _Storage) else None

    def save(self, item: object, save_persistent_id: bool = True) -> None:
        if isinstance(item, _Global):
            self.write(b"c" + f"{item.module}\n{item.name}\n".encode())
        else:
            super().save(item, save_persistent_id)


def write_state_dict(path: Path, tensors: dict[str, np.ndarray]) -> None:
    pickled = io.BytesIO()
    _Pickler(pickled, protocol=2).dump({name: _Tensor(str(i), t.shape) for i, (name, t) in enumerate(tensors.items())})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled.getvalue())
        for i, tensor in enumerate(tensors.values()):
            archive.writestr(f"archive/data/{i}", tensor.astype("<f4").tobytes())


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
