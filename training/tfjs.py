"""Folded Keras network to TensorFlow SavedModel (for the server) and TF.js GraphModel (for the page)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import keras

from training.errors import TrainingError


def write_saved_model(network: keras.Model, folder: Path) -> None:
    """For the server: any number of windows at once."""
    _write(network, folder, batch_size=None)


def _write(network: keras.Model, folder: Path, batch_size: int | None) -> None:
    shape = (batch_size, *network.input_shape[1:])
    signature = [keras.InputSpec(shape=shape, dtype="float32", name="log_mel")]
    network.export(str(folder), format="tf_saved_model", verbose=False, input_signature=signature)


def write_graph_model(network: keras.Model, folder: Path) -> None:
    """For the page: one window at a time, so that its backend compiles once; float16 weights.

    Raises TrainingError when the converter fails.
    """
    with tempfile.TemporaryDirectory() as temporary:
        saved_model = Path(temporary) / "saved_model"
        _write(network, saved_model, batch_size=1)
        # In a process of its own, because the converter's imports are patched and its logging is loud.
        command = [sys.executable, "-m", "training.tfjs", str(saved_model), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TrainingError(
            f"the TF.js converter failed (is it installed? `make setup-train`):\n{done.stderr.strip()[-2000:]}"
        )
    _check_biases(json.loads((folder / "model.json").read_text(encoding="utf-8")))


def _check_biases(model: dict[str, Any]) -> None:
    """TF.js's WASM backend refuses a fused convolution whose bias is not a vector."""
    shapes = {weight["name"]: weight["shape"] for group in model["weightsManifest"] for weight in group["weights"]}
    for node in model["modelTopology"]["node"]:
        biases = node["input"][2:3] if node["op"].startswith(("_FusedConv2D", "FusedDepthwise")) else []
        if any(len(shapes.get(bias, ())) != 1 for bias in biases):
            raise TrainingError(f"the page could not run {node['name']}: its bias is no vector. Was it trained at all?")


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
