"""The shipped int8 graph back to weights that training can go on from.

Each weight is its 8-bit integer times its channel's scale: exactly what the graph computes with. Heads
and neurons that the graph leaves out come back as zeros, behind the others.
``python -m evals.train.dequantize TARGET`` writes a model folder.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from rag.adapters.onnx.channel_equalization import SCALE_SUFFIX

_PARTS = ("query", "key", "value")
_LAYERS = ".encoder.layer."  # only there a graph leaves anything out
_FOLDER = Path(__file__).resolve().parents[2] / "rag" / "models" / "reader"


def unpack(folder: Path, target: Path) -> None:
    """Write the model of ``folder`` (`reader.onnx`, `config.json`) as a transformers folder.

    Raises:
        ValueError: a weight of the model has no counterpart in the graph.
    """
    import onnx
    import torch
    from onnx import numpy_helper
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    graph = onnx.load(str(folder / "reader.onnx")).graph
    held = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    model = AutoModelForQuestionAnswering.from_config(AutoConfig.from_pretrained(folder))
    state = model.state_dict()
    found = {n.removeprefix("inner."): a for n, a in held.items() if n.removeprefix("inner.") in state}
    found |= _embeddings(held) | _matrices(graph, held) | _attention(graph, held)
    missing = [name for name in state if name not in found]
    if missing:
        raise ValueError(f"not in the graph: {', '.join(missing)}")
    whole = {n: _whole(a, state[n]) if _LAYERS in n else a for n, a in found.items()}
    model.load_state_dict({n: torch.from_numpy(np.array(whole[n], state[n].numpy().dtype)) for n in state})
    model.save_pretrained(target)


def _whole(array: Any, like: Any) -> Any:
    """In the first places of zeros of the model's own shape."""
    whole = np.zeros(like.shape, like.numpy().dtype)
    whole[tuple(slice(size) for size in array.shape)] = array
    return whole


def _embeddings(held: dict[str, Any]) -> dict[str, Any]:
    """Embedding tables: 8-bit with one scale, or exact."""
    tables = {}
    for name, array in held.items():
        bare = name.removeprefix("inner.")
        if bare.endswith("_embeddings.weight_quantized"):
            stem = name.removesuffix("_quantized")
            scale, zero = held[f"{stem}_scale"], held[f"{stem}_zero_point"]
            tables[bare.removesuffix("_quantized")] = (array.astype(np.float32) - zero) * scale
    return tables


def _matrices(graph: Any, held: dict[str, Any]) -> dict[str, Any]:
    """Linear layers' weights: a product's integer input belongs to the bias that is added to it."""
    users: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    matrices = {}
    for node in graph.node:
        if node.op_type != "MatMulInteger":
            continue
        bias = _bias(users, node, held)
        name = bias.removeprefix("inner.").removesuffix("bias") + "weight"
        matrices[name] = _exact(held, node.input[1]).T
    return matrices


def _attention(graph: Any, held: dict[str, Any]) -> dict[str, Any]:
    """Query, key and value of each layer, which lie in a row (``rag.adapters.graphs``)."""
    parts: dict[str, Any] = {}
    for node in graph.node:
        if node.op_type != "QAttention":
            continue
        weight, bias = node.input[1], node.input[2]
        layer = bias.removeprefix("inner.").partition(f".{_PARTS[0]}.")[0]
        for name, matrix in zip(_PARTS, np.split(_exact(held, weight), 3, axis=1), strict=True):
            parts[f"{layer}.{name}.weight"] = matrix.T
        for name, vector in zip(_PARTS, np.split(held[bias], 3), strict=True):
            parts[f"{layer}.{name}.bias"] = vector
    return parts


def _exact(held: dict[str, Any], weight: str) -> Any:
    """What a matrix of 8-bit integers stands for, by the input as it was before it was levelled."""
    stem = weight.removesuffix("_quantized")
    zero = held[f"{stem}_zero_point"].astype(np.float32)
    matrix = (held[weight].astype(np.float32) - zero) * held[f"{stem}_scale"]
    levels = held.get(f"{stem}{SCALE_SUFFIX}")
    return matrix if levels is None else matrix * levels[:, None]


def _bias(users: dict[str, list[Any]], node: Any, held: dict[str, Any]) -> str:
    """The first bias on the way down from a product."""
    at = node
    while True:
        names = [name for name in at.input if name in held and name.endswith(".bias")]
        if names:
            return str(names[0])
        at = users[at.output[0]][0]


def main(arguments: list[str] | None = None) -> int:
    """Unpack from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.train.dequantize", description="Weights of the reader."
    )
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument("--reader", type=Path, default=_FOLDER, help="folder of the shipped files")
    options = parser.parse_args(arguments)
    unpack(options.reader, options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
