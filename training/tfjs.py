"""Folded Keras network to TensorFlow SavedModel (for the server) and TF.js GraphModel (for the page)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import types
from pathlib import Path

import keras

from training.errors import TrainingError


def write_saved_model(network: keras.Model, folder: Path) -> None:
    """For the server: any number of windows at once."""
    network.export(str(folder), format="tf_saved_model", verbose=False)


def write_graph_model(network: keras.Model, folder: Path) -> None:
    """For the page: one window at a time, so that its backend compiles once; float16 weights.

    Raises TrainingError when the converter fails.
    """
    one_window = keras.Input(batch_shape=(1, *network.input_shape[1:]), name="log_mel")
    with tempfile.TemporaryDirectory() as temporary:
        saved_model = Path(temporary) / "saved_model"
        write_saved_model(keras.Model(one_window, network(one_window)), saved_model)
        # In a process of its own, because the converter's imports are patched and its logging is loud.
        command = [sys.executable, "-m", "training.tfjs", str(saved_model), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TrainingError(
            f"the TF.js converter failed (is it installed? `make setup-train`):\n{done.stderr.strip()[-2000:]}"
        )


def _convert(saved_model: Path, folder: Path) -> None:
    # The converter imports decision forests and JAX only to convert those: heavy packages that clash with
    # tensorflow-cpu, and nothing of ours is made with them. Keras is imported first: it looks for JAX too.
    for name in ("tensorflow_decision_forests", "jax", "jax.experimental", "jax.experimental.jax2tf"):
        sys.modules[name] = types.ModuleType(name)
    vars(sys.modules["jax.experimental"])["jax2tf"] = sys.modules["jax.experimental.jax2tf"]
    from tensorflowjs.converters.tf_saved_model_conversion_v2 import convert_tf_saved_model

    convert_tf_saved_model(str(saved_model), str(folder), quantization_dtype_map={"float16": "*"})


if __name__ == "__main__":
    _convert(Path(sys.argv[1]), Path(sys.argv[2]))
