"""Teachers for tests: the real one, if its weights are at hand, and one of the same shape that was taught nothing."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import keras
import numpy as np

from model.contract import WindowLayout
from model.features import SignalChain
from model.network import build_network
from tests.support import REPOSITORY

REAL_TEACHER = REPOSITORY.parent / "shared/data/teacher/efficientat_mn04/mn04_as_mAP_432.pt"


def untaught_state() -> dict[str, np.ndarray]:
    """A state dict of mn04's shapes, its random weights such that signals get through all layers."""
    network = build_network("mn04", 1, SignalChain().n_mels, WindowLayout())
    rng = np.random.default_rng(3)
    shapes = {"classifier.2.weight": (320, 384), "classifier.5.weight": (527, 320)}
    for layer in network.layers:
        if layer.name.startswith("features-"):
            shapes |= _shapes(layer)
    state = {name: rng.normal(0, np.sqrt(1.5 / np.prod(shape[1:])), shape) for name, shape in shapes.items()}
    for name in list(state):
        n = len(state[name])
        if name.startswith("classifier") or "conc_se" in name:
            state[name.replace("weight", "bias")] = rng.normal(0, 0.1, n)
        elif state[name].ndim == 1:
            norm = name.removesuffix("weight")
            parts = {"weight": rng.uniform(0.8, 1.2, n), "bias": rng.normal(0, 0.3, n)}
            parts |= {"running_mean": rng.normal(0, 0.1, n), "running_var": rng.uniform(0.8, 1.2, n)}
            state |= {f"{norm}{part}": values for part, values in parts.items()}
    return {name: tensor.astype(np.float32) for name, tensor in state.items()}


def _shapes(layer: keras.Layer) -> dict[str, tuple[int, ...]]:
    """Name and shape of a layer's weight in PyTorch; of its other tensors the first axis is the same."""
    name = layer.name.replace("-", ".")
    if isinstance(layer, keras.layers.BatchNormalization):
        return {f"{name}.weight": layer.gamma.shape}
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        height, width, channels, _ = layer.kernel.shape
        return {f"{name}.weight": (channels, 1, width, height)}
    if isinstance(layer, keras.layers.Conv2D):
        height, width, n_in, n_out = layer.kernel.shape
        return {f"{name}.weight": (n_out, n_in) if "conc_se" in name else (n_out, n_in, width, height)}
    return {}


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
