"""The Keras network that a model folder was exported with."""

from __future__ import annotations

import keras

import model.network  # noqa: F401 (Keras finds our layers by their registered names)
from model.contract import Contract
from training.errors import TrainingError


def network_of_model(contract: Contract) -> keras.Model:
    """Raises TrainingError where there is none, as of a model that was taught in a browser, or it cannot be read."""
    if "keras_model" not in contract.raw:
        raise TrainingError(
            f"{contract.folder} holds no Keras network: a model that was taught in a browser has the convolutions of "
            "the one that it was taught on, so take that"
        )
    path = contract.folder / str(contract.raw["keras_model"])
    try:
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(f"{path} is no network that can be read: {error}") from error
