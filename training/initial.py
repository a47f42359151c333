"""The network that training starts from: untrained, or with given weights and a first head."""

from __future__ import annotations

from pathlib import Path

import keras

from model.contract import WindowLayout, load_contract
from model.network import build_network
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.head import Embeddings, fit_linear_head
from training.teacher import layer_name, load_teacher_weights, read_torch_weights
from training.variants import build_any


def initial_network(
    init: str,
    model: str,
    songs: FeatureSet,
    layout: WindowLayout,
    known: Embeddings | None = None,
    chunk_s: float = 0,
) -> keras.Model:
    """`init` is "scratch", a .pt file of EfficientAT mn04, a .keras network, or a model folder; `model` for "scratch".
    `known`: of songs by the given weights, in chunks of chunk_s (training.head).

    Raises TrainingError when `init` does not fit, ContractError for a folder that holds no model.
    """
    if init == "scratch":
        return build_any(model, len(songs.genres), songs.chain.n_mels, layout)
    path = Path(init)
    if path.is_dir():
        contract = load_contract(path)
        if contract.head is not None:
            raise TrainingError(
                f"--init {path}: this model was taught in a browser, and has no network that can be trained on: "
                "begin with the one that it was taught on"
            )
        path = path / str(contract.raw.get("keras_model", "network.keras"))
    if not path.is_file():
        raise TrainingError(f"--init {path}: no such file")
    if path.suffix == ".pt":
        network = build_network("mn04", len(songs.genres), songs.chain.n_mels, layout)
        load_teacher_weights(network, read_torch_weights(path), songs.chain)
    else:
        network = _with_new_head(path, songs, layout)
    _keep_batch_norms(network)
    fit_linear_head(network, songs, layout, known, chunk_s)
    return network


def _with_new_head(path: Path, songs: FeatureSet, layout: WindowLayout) -> keras.Model:
    """A .keras network with a last layer for the songs' genres."""
    try:
        given = keras.models.load_model(path, compile=False)
        network = build_network(given.name, len(songs.genres), songs.chain.n_mels, layout)
        # Networks of before PyTorch could train them have dots in their layers' names.
        sources = {layer_name(layer.name): layer for layer in given.layers if layer.weights}
        learners = {layer.name: layer for layer in network.layers if layer.weights}
        if sources.keys() != learners.keys():  # else layers of ours would silently start from nothing
            raise ValueError(f"other layers: {', '.join(sorted(sources.keys() ^ learners.keys()))}")
        for name in sources.keys() - {"logits"}:
            learners[name].trainable = sources[name].trainable
            learners[name].set_weights(sources[name].get_weights())
    except (ValueError, TypeError) as error:
        raise TrainingError(f"--init {path} is not a network of ours: {error}") from error
    return network


def _keep_batch_norms(network: keras.Model) -> None:
    """Fine-tuning leaves the norms as they are: statistics of two million clips beat those of a few hundred."""
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
