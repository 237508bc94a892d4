"""Evens out what integer products have one scale for.

Dynamic int8 has 255 steps for all of a product's input. In a transformer a channel or two of a layer may
reach several times as far as the rest (Dettmers et al. 2022, arXiv:2208.07339), mostly at the tokens
between texts, and leave the others few steps. What is divided by before a product, its weights can be
multiplied by: the product is the same (SmoothQuant, Xiao et al. 2023, arXiv:2211.10438). Here only the
channels that stand out are touched, down to the reach of the next ones, and only where few of them stand out
far: it costs one multiplication of the input, since what else takes it wants it as it was.
(docs/decisions/running-models.md has what it gives.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, helper, numpy_helper

SUFFIX = ".level"  # of the constant that a weight's input is multiplied by, behind the weight's name
_APART = 8  # channels that may stand out: no other reaches further than the next of them
_FEW, _WORTH = 3, 2.5  # the first must reach so many times as far as the one behind these

Inputs = Mapping[str, NDArray[np.int64]]


def level(model: onnx.ModelProto, samples: Sequence[Inputs]) -> int:
    """Changes the graph in place; its outputs stay what they were, but for rounding.

    Args:
        samples: inputs to see the channels' reach on, of the kind that the model is for.

    Returns:
        How many inputs of products were levelled.
    """
    constants = {constant.name: constant for constant in model.graph.initializer}
    takers = _products(model.graph, constants)
    reaches = _reaches(model, sorted(takers), samples)
    levelled = 0
    for given, nodes in takers.items():
        factors = _factors(reaches[given])
        if factors is None:
            continue
        _divide(model.graph, given, nodes, factors)
        for node in nodes:
            weight = numpy_helper.to_array(constants[node.input[1]]) * factors[:, None]
            constants[node.input[1]].CopyFrom(numpy_helper.from_array(weight, node.input[1]))
        levelled += 1
    return levelled


def _products(
    graph: onnx.GraphProto, constants: Mapping[str, onnx.TensorProto]
) -> dict[str, list[NodeProto]]:
    """By input, the products with a matrix that no other node takes."""
    uses = [name for node in graph.node for name in node.input]
    matrices = {name for name, constant in constants.items() if len(constant.dims) == 2}
    found: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        product = node.op_type in {"MatMul", "Attention"}
        if product and node.input[1] in matrices and uses.count(node.input[1]) == 1:
            found.setdefault(node.input[0], []).append(node)
    return found


def _reaches(
    model: onnx.ModelProto, names: Sequence[str], samples: Sequence[Inputs]
) -> dict[str, NDArray[np.float32]]:
    """The greatest size of each channel (the last axis) of these values over the samples."""
    import onnxruntime

    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    unknown = set(names) - {output.name for output in watched.graph.output}
    kinds = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in sorted(unknown)]
    watched.graph.output.extend(kinds)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    wanted = {node.name for node in session.get_inputs()}
    reaches: dict[str, NDArray[np.float32]] = {}
    for sample in samples:
        feeds = {name: array for name, array in sample.items() if name in wanted}
        for name, value in zip(names, session.run(list(names), feeds), strict=True):
            reach = np.abs(value).reshape(-1, value.shape[-1]).max(axis=0)
            reaches[name] = np.maximum(reaches.get(name, 0.0), reach)
    return reaches


def _factors(reach: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """What each channel is to be divided by; None where it isn't worth it."""
    if len(reach) <= _APART:
        return None
    ordered = np.sort(reach)[::-1]
    rest = ordered[_APART]
    if rest <= 0 or ordered[0] < _WORTH * ordered[_FEW]:
        return None
    factors: NDArray[np.float32] = np.maximum(reach / rest, 1.0).astype(np.float32)
    return factors


def _divide(
    graph: onnx.GraphProto, given: str, nodes: Sequence[NodeProto], factors: NDArray[np.float32]
) -> None:
    """Before the first of the products that take it; the rest of the graph keeps what it had."""
    name = nodes[0].input[1] + SUFFIX
    graph.initializer.append(numpy_helper.from_array(1 / factors, name))
    divided = f"{name}.divided"
    first = nodes[0].input[1]
    at = next(i for i, node in enumerate(graph.node) if list(node.input[:2]) == [given, first])
    graph.node.insert(at, helper.make_node("Mul", [given, name], [divided], name=divided))
    for node in nodes:
        node.input[0] = divided
