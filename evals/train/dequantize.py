"""Turns the span reader's shipped int8 graph back into weights that training can start from.

``python -m evals.train.dequantize TARGET`` writes a model folder. Each weight is its 8-bit integer times its
channel's scale: what the graph computes with. Heads and neurons that the graph lacks become zeros after the
others.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from rag.adapters.onnx.channel_equalization import SCALE_SUFFIX

_PREFIX = "inner."  # of a parameter's name in the graph
_PROJECTIONS = ("query", "key", "value")
_LAYERS = ".encoder.layer."  # only their parameters may be smaller than the model's
_READER = Path(__file__).resolve().parents[2] / "rag" / "models" / "span_reader"


def dequantize(folder: Path, target: Path) -> None:
    """Write the model of ``folder`` (`reader.onnx`, `config.json`) as a transformers folder.

    Raises:
        ValueError: a parameter of the model has no counterpart in the graph.
    """
    import onnx
    import torch
    from onnx import numpy_helper
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    graph = onnx.load(str(folder / "reader.onnx")).graph
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    model = AutoModelForQuestionAnswering.from_config(AutoConfig.from_pretrained(folder))
    state = model.state_dict()
    by_name = {name.removeprefix(_PREFIX): array for name, array in constants.items()}
    parameters = {name: array for name, array in by_name.items() if name in state}
    parameters |= _embeddings(constants) | _linear_weights(graph, constants) | _attention(graph, constants)
    missing = [name for name in state if name not in parameters]
    if missing:
        raise ValueError(f"not in the graph: {', '.join(missing)}")
    padded = {
        name: _pad(array, state[name]) if _LAYERS in name else array for name, array in parameters.items()
    }
    model.load_state_dict(
        {
            name: torch.from_numpy(np.array(padded[name], tensor.numpy().dtype))
            for name, tensor in state.items()
        }
    )
    model.save_pretrained(target)


def _pad(array: Any, tensor: Any) -> Any:
    """The array followed by zeros, in the tensor's shape."""
    padded = np.zeros(tensor.shape, tensor.numpy().dtype)
    padded[tuple(slice(size) for size in array.shape)] = array
    return padded


def _embeddings(constants: dict[str, Any]) -> dict[str, Any]:
    """Embedding tables in 8 bits, which have one scale each."""
    suffix = "_quantized"
    tables = {}
    for name, array in constants.items():
        if name.endswith(f"_embeddings.weight{suffix}"):
            stem = name.removesuffix(suffix)
            scale, zero = constants[f"{stem}_scale"], constants[f"{stem}_zero_point"]
            tables[stem.removeprefix(_PREFIX)] = (array.astype(np.float32) - zero) * scale
    return tables


def _linear_weights(graph: Any, constants: dict[str, Any]) -> dict[str, Any]:
    """The weights of linear modules, named by the bias that is added to their product."""
    consumers: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            consumers.setdefault(name, []).append(node)
    weights = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            bias = _bias_name(consumers, node, constants)
            name = bias.removeprefix(_PREFIX).removesuffix("bias") + "weight"
            weights[name] = _dequantized(constants, node.input[1]).T
    return weights


def _attention(graph: Any, constants: dict[str, Any]) -> dict[str, Any]:
    """Query, key and value projections of each layer, which one operator has side by side."""
    parameters: dict[str, Any] = {}
    for node in graph.node:
        if node.op_type != "QAttention":
            continue
        weight, bias = node.input[1], node.input[2]
        layer = bias.removeprefix(_PREFIX).partition(f".{_PROJECTIONS[0]}.")[0]
        matrices = np.split(_dequantized(constants, weight), 3, axis=1)
        vectors = np.split(constants[bias], 3)
        for name, matrix, vector in zip(_PROJECTIONS, matrices, vectors, strict=True):
            parameters[f"{layer}.{name}.weight"] = matrix.T
            parameters[f"{layer}.{name}.bias"] = vector
    return parameters


def _dequantized(constants: dict[str, Any], weight: str) -> Any:
    """A matrix of 8-bit integers as floats, for its input as it was before channel equalization."""
    stem = weight.removesuffix("_quantized")
    zero = constants[f"{stem}_zero_point"].astype(np.float32)
    matrix = (constants[weight].astype(np.float32) - zero) * constants[f"{stem}_scale"]
    factors = constants.get(f"{stem}{SCALE_SUFFIX}")
    return matrix if factors is None else matrix * factors[:, None]


def _bias_name(consumers: dict[str, list[Any]], node: Any, constants: dict[str, Any]) -> str:
    """The first bias downstream of a product."""
    current = node
    while True:
        names = [name for name in current.input if name in constants and name.endswith(".bias")]
        if names:
            return str(names[0])
        current = consumers[current.output[0]][0]


def main(arguments: list[str] | None = None) -> int:
    """Dequantize from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.train.dequantize", description="Weights of the shipped reader."
    )
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument("--reader", type=Path, default=_READER, help="folder of the shipped files")
    options = parser.parse_args(arguments)
    dequantize(options.reader, options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
