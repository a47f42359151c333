"""A lowered network as a TF.js GraphModel: model.json and one file of weights, as the page fetches them.

The format is that of TensorFlow's GraphDef in JSON (numbers of 64 bits and bytes as strings), with the constants'
values in the weights file. Its operations are those that the converter of TF.js writes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model.features import Array
from training.errors import TrainingError
from training.graph import DEPTHWISE, Convolution, Op, Pool, in_order, weights_of

WEIGHTS_FILE = "group1-shard1of1.bin"  # the converter's name for it
FUSED = {"Conv2D": "_FusedConv2D", DEPTHWISE: "FusedDepthwiseConv2dNative"}
KINDS = {"Placeholder", "Reshape", "Max", "Maximum", "Sub", "Mul", "AddV2", "Exp", "Log", "Sqrt", "Relu", "Sigmoid"}


def write_graph_model(output: Op, folder: Path) -> None:
    """For the page: one window at a time, so that its backend compiles once; kernels in 16 bits.

    Raises TrainingError for an operation that the page's runtime is not known to have.
    """
    folder.mkdir(parents=True)
    nodes: list[dict[str, Any]] = []
    weights: list[tuple[str, Array]] = []
    names = node_names(output)
    for op, name in names.items():
        operands = [names[needed] for needed in op.inputs]
        for i, weight in enumerate(weights_of(op)):
            operands.append(f"{name}/{i}")
            weights.append((operands[-1], weight))
            nodes.append(_constant(operands[-1], weight))
        nodes.append({"name": name, "op": FUSED.get(op.kind, op.kind), "input": operands, "attr": _attributes(op)})
    model = {
        "format": "graph-model",
        "signature": {
            "inputs": {"log_mel": _tensor("log_mel", in_order(output)[0].shape)},
            "outputs": {"logits": _tensor(names[output], output.shape)},
        },
        "modelTopology": {"node": nodes, "versions": {}},
        "weightsManifest": [{"paths": [WEIGHTS_FILE], "weights": [_entry(name, weight) for name, weight in weights]}],
    }
    (folder / "model.json").write_text(json.dumps(model, separators=(",", ":")), encoding="utf-8")
    (folder / WEIGHTS_FILE).write_bytes(b"".join(_stored(weight)[0].tobytes() for _, weight in weights))


def node_names(output: Op) -> dict[Op, str]:
    """What the graph's operations are called, each after its inputs."""
    return {
        op: "log_mel" if op.kind == "Placeholder" else f"{number}_{op.kind}"
        for number, op in enumerate(in_order(output))
    }


def _stored(weight: Array) -> tuple[Array, dict[str, Any]]:
    """A weight as it lies in the file, and how the page is to read it.

    The kernels of plain convolutions, which are nearly all, are spread evenly over 16 bits: the logits come out
    five times nearer to the network's than with float16, whose steps are coarse for the large ones.
    """
    if weight.dtype.kind == "i":
        return weight.astype("<i4"), {"dtype": "int32"}
    low, high = float(weight.min()), float(weight.max())
    if weight.ndim != 4 or weight.shape[3] == 1 or low == high:  # biases, depthwise kernels: few, of mixed scales
        return weight.astype("<f4"), {"dtype": "float32"}
    step = (high - low) / 65_535
    quantization = {"dtype": "uint16", "min": low, "scale": step, "original_dtype": "float32"}
    return np.round((weight - low) / step).astype("<u2"), {"dtype": "float32", "quantization": quantization}


def _entry(name: str, weight: Array) -> dict[str, Any]:
    return {"name": name, "shape": list(weight.shape), **_stored(weight)[1]}


def _constant(name: str, weight: Array) -> dict[str, Any]:
    kind = {"type": "DT_INT32" if weight.dtype.kind == "i" else "DT_FLOAT"}
    value = {"tensor": {"dtype": kind["type"], "tensorShape": _dims(weight.shape)}}
    return {"name": name, "op": "Const", "attr": {"dtype": kind, "value": value}}


def _attributes(op: Op) -> dict[str, Any]:
    """Raises TrainingError for an operation that is none of ours."""
    common = {"T": {"type": "DT_FLOAT"}}
    if op.kind == "Placeholder":
        return {"dtype": {"type": "DT_FLOAT"}, "shape": {"shape": _dims((1, *op.shape))}}
    if op.kind == "Max":
        return {**common, "keep_dims": {"b": True}}
    if isinstance(op, Pool):
        window = _integers([1, *op.window, 1])
        strides, padding = (_integers([1, 1, 1, 1]), "SAME") if op.around else (window, "VALID")
        return {**common, "ksize": window, "strides": strides, "padding": {"s": _bytes(padding)}}
    if isinstance(op, Convolution):
        return {**common, **_convolution_attributes(op)}
    if op.kind not in KINDS:
        raise TrainingError(f"the page is not known to run {op.kind}")
    return common


def _convolution_attributes(op: Convolution) -> dict[str, Any]:
    time, mel = op.padding
    fused = ["BiasAdd", op.activation] if op.activation else ["BiasAdd"]
    return {
        "strides": _integers([1, *op.strides, 1]),
        "dilations": _integers([1, 1, 1, 1]),
        "padding": {"s": _bytes("EXPLICIT" if time or mel else "VALID")},
        "explicit_paddings": _integers([0, 0, time, time, mel, mel, 0, 0] if time or mel else []),
        "data_format": {"s": _bytes("NHWC")},
        "fused_ops": {"list": {"s": [_bytes(name) for name in fused]}},
        "num_args": {"i": "1"},
    }


def _integers(values: Sequence[int]) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


def _bytes(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _dims(shape: Sequence[int]) -> dict[str, Any]:
    return {"dim": [{"size": str(size)} for size in shape]}


def _tensor(name: str, shape: Sequence[int]) -> dict[str, Any]:
    return {"name": f"{name}:0", "dtype": "DT_FLOAT", "tensorShape": _dims((1, *shape))}
