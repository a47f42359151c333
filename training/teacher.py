"""Free AudioSet weights as a start: EfficientAT mn04 with its front end moved to our mels.

Weights: mn04_as_mAP_432.pt of EfficientAT (MIT; Schmid et al., "Efficient large-scale audio tagging via
transformer-to-CNN knowledge distillation", 2023). Its own input is 32 kHz audio with pre-emphasis 0.97 in 128 Kaldi
mel bands up to 15 kHz, as (ln(power + 1e-5) + 4.5) / 5.
"""

from __future__ import annotations

import pickle
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import librosa
import numpy as np
from keras import ops

from model.features import Array, SignalChain
from model.network import DYNAMIC_RANGE_DB, MN04_BLOCKS, MN04_FLOOR_LN
from training.errors import TrainingError

StateDict = dict[str, Array]

TEACHER_RATE_HZ, TEACHER_N_FFT, TEACHER_MEL_TOP_HZ = 32_000, 1024, 15_000.0
TEACHER_PRE_EMPHASIS = 0.97
# ln(power) of a mid band at the window's peak: puts the loudest cell of a median GTZAN clip at the teacher's usual 6.5.
PEAK_LN = 8.75
SILENCE_LN = -20.0  # well below its floor of ln 1e-5


def read_torch_weights(path: Path) -> StateDict:
    """The float tensors of a PyTorch state dict, without PyTorch and without running what a pickle may ask for.

    Raises TrainingError when the file is none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            root = archive.namelist()[0].split("/")[0]
            with archive.open(f"{root}/data.pkl") as pickled:
                return dict(_StateDictUnpickler(pickled, archive, root).load())
    except (OSError, KeyError, IndexError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
        raise TrainingError(f"{path} is not a PyTorch state dict: {error}") from error


class _StateDictUnpickler(pickle.Unpickler):
    def __init__(self, pickled: Any, archive: zipfile.ZipFile, root: str) -> None:
        super().__init__(pickled)
        self._archive, self._root = archive, root

    def persistent_load(self, pid: Any) -> Array:
        _, storage, key, *_ = pid
        return np.frombuffer(self._archive.read(f"{self._root}/data/{key}"), storage)

    def find_class(self, module: str, name: str) -> Any:
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch", "FloatStorage"): "<f4",
            ("torch", "LongStorage"): "<i8",
            ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a state dict")
        return known[module, name]


def _rebuild_tensor(storage: Array, offset: int, shape: tuple[int, ...], *_: Any) -> Array:
    return storage[offset : offset + int(np.prod(shape, dtype=int))].reshape(shape)


def load_teacher_weights(network: keras.Model, state: StateDict, chain: SignalChain) -> None:
    """Fill an untrained "mn04" network but for its last layer.

    Raises TrainingError when the state dict is of another network.
    """
    load_convolutions(network, state)
    kernel, bias = mel_bands_map(chain)
    mel_bands = network.get_layer("mel_bands")
    mel_bands.set_weights([kernel[None, None], bias])
    mel_bands.trainable = False  # the map is known, not to be learned from a few hundred recordings


def load_convolutions(network: keras.Model, state: StateDict) -> None:
    """Fill the layers "features-0-0" to "features-16-1".

    Raises TrainingError when the state dict is of another network.
    """
    try:
        _load_convolution(network, state, "features.0")
        for i in range(1, len(MN04_BLOCKS) + 1):
            _load_block(network, state, f"features.{i}.block")
        _load_convolution(network, state, f"features.{len(MN04_BLOCKS) + 1}")
    except (KeyError, ValueError) as error:
        raise TrainingError(f"these weights are not those of EfficientAT mn04: {error}") from error


@dataclass(frozen=True)
class TeacherClassifier:
    """Its two last layers: the mean embedding to AudioSet's classes. Kernels are [in, out]."""

    hidden_kernel: Array
    hidden_bias: Array
    kernel: Array
    bias: Array

    def logits(self, embedding: Any) -> Any:
        """[batch, 384] to [batch, 527]; the sigmoid of each is the probability of its class."""
        hidden = ops.matmul(embedding, self.hidden_kernel) + self.hidden_bias
        return ops.matmul(ops.hard_swish(hidden), self.kernel) + self.bias


def read_classifier(state: StateDict) -> TeacherClassifier:
    """Raises TrainingError when the state dict is of another network."""
    try:
        hidden, last = ((state[f"classifier.{i}.weight"].T, state[f"classifier.{i}.bias"]) for i in (2, 5))
    except KeyError as error:
        raise TrainingError(f"these weights are not those of EfficientAT mn04: {error}") from error
    return TeacherClassifier(*hidden, *last)


def layer_name(module: str) -> str:
    """The layer of model.network that takes the weights of a module of EfficientAT."""
    return module.replace(".", "-")


def _load_block(network: keras.Model, state: StateDict, name: str) -> None:
    parts = sorted({key[len(name) + 1 :].split(".")[0] for key in state if key.startswith(f"{name}.")})
    for part in parts:
        squeeze = f"{name}.{part}.conc_se_layers.0"
        if f"{squeeze}.fc1.weight" in state:
            for dense in (f"{squeeze}.fc1", f"{squeeze}.fc2"):
                weights = state[f"{dense}.weight"].T  # [in, out]
                network.get_layer(layer_name(dense)).set_weights([weights[None, None], state[f"{dense}.bias"]])
        else:
            _load_convolution(network, state, f"{name}.{part}")


def _load_convolution(network: keras.Model, state: StateDict, name: str) -> None:
    kernel = state[f"{name}.0.weight"]  # [out, in / groups, mel, time]
    layer = network.get_layer(layer_name(f"{name}.0"))
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    # to [time, mel, channels, 1] or [time, mel, in, out]
    layer.set_weights([kernel.transpose(3, 2, 0, 1) if depthwise else kernel.transpose(3, 2, 1, 0)])
    norm = [state[f"{name}.1.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    network.get_layer(layer_name(f"{name}.1")).set_weights(norm)


def mel_bands_map(chain: SignalChain) -> tuple[Array, Array]:
    """Kernel [n_mels, 128] and bias [128] from our level in [-1, 1] to ln(power / 1e-5) in the teacher's bands.

    Each Kaldi band is a linear interpolation, in dB, of the two Slaney bands around its centre. Slaney's filters
    give a density, so the Kaldi band's area is added as a gain, with the pre-emphasis at its centre. Bands that
    lie above our Nyquist or that hold no bin of the teacher's FFT are silence.
    """
    filters = kaldi_mel_filters()
    bin_hz = np.arange(filters.shape[1]) * TEACHER_RATE_HZ / TEACHER_N_FFT
    area = filters.sum(axis=1)
    centre_hz = (filters @ bin_hz) / np.maximum(area, 1e-9)
    our_hz = librosa.mel_frequencies(chain.n_mels + 2, fmin=0, fmax=chain.sample_rate_hz / 2)[1:-1]
    audible = (area > 0) & (centre_hz <= our_hz[-1])

    turn = 2 * np.pi * centre_hz / TEACHER_RATE_HZ
    pre_emphasis = np.abs(1 - TEACHER_PRE_EMPHASIS * np.exp(-1j * turn)) ** 2
    gain_ln = np.log(np.maximum(area * pre_emphasis, 1e-9))
    interpolation = np.stack([np.interp(centre_hz, our_hz, row) for row in np.eye(chain.n_mels)])
    ln_per_db = np.log(10) / 10
    kernel = np.where(audible, interpolation * ln_per_db * DYNAMIC_RANGE_DB / 2, 0)  # a level of 2 is the whole range
    ln_at_peak = np.where(audible, gain_ln - gain_ln[audible].mean() + PEAK_LN, SILENCE_LN)
    bias = ln_at_peak - MN04_FLOOR_LN - kernel.sum(axis=0)  # the peak is at level 1
    return kernel.astype(np.float32), bias.astype(np.float32)


def kaldi_mel_filters() -> Array:
    """The teacher's triangular filters [128, n_fft / 2 + 1], peak 1, on Kaldi's mel scale (1127 ln(1 + f / 700))."""

    def mel(hz: Any) -> Any:
        return 1127 * np.log1p(hz / 700)

    edges = np.linspace(0, mel(TEACHER_MEL_TOP_HZ), 130)
    bins = mel(np.arange(TEACHER_N_FFT // 2 + 1) * TEACHER_RATE_HZ / TEACHER_N_FFT)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)))
