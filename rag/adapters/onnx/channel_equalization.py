"""Channel equalisation: outlier channels are scaled down before int8 quantisation.

Dynamic int8 has 255 steps for the whole input of a matrix product. In a transformer the maxima of a few
channels may be several times those of the rest (Dettmers et al. 2022, arXiv:2208.07339), which leaves the
others few steps. The input's channels are divided by a scale, and the weight's rows multiplied by it: the
product is the same (SmoothQuant, Xiao et al. 2023, arXiv:2211.10438). Here only the outlier channels are
scaled, to the largest maximum of the others, and only inputs with outliers: each costs a multiplication of
the input. docs/decisions/running-models.md has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, helper, numpy_helper

SCALE_SUFFIX = ".level"  # the scale constant's name is the weight's with this
_MAX_OUTLIERS = 8  # channels that may be scaled, down to the maximum of the next one
_OUTLIER_RANK, _MIN_RATIO = 3, 2.5  # the largest maximum must be 2.5 times the fourth

Inputs = Mapping[str, NDArray[np.int64]]


def equalize_channels(model: onnx.ModelProto, samples: Sequence[Inputs]) -> int:
    """Changes the graph in place; its outputs are the same up to rounding.

    Args:
        samples: typical inputs of the graph, to observe the channels' maxima on.

    Returns:
        How many inputs of products were scaled.
    """
    constants = {constant.name: constant for constant in model.graph.initializer}
    by_input = _matrix_products(model.graph, constants)
    maxima = _channel_maxima(model, sorted(by_input), samples)
    equalized = 0
    for input_name, nodes in by_input.items():
        scales = _scales(maxima[input_name])
        if scales is None:
            continue
        _insert_scaling(model.graph, input_name, nodes, scales)
        for node in nodes:
            weight = numpy_helper.to_array(constants[node.input[1]]) * scales[:, None]
            constants[node.input[1]].CopyFrom(numpy_helper.from_array(weight, node.input[1]))
        equalized += 1
    return equalized


def _matrix_products(
    graph: onnx.GraphProto, constants: Mapping[str, onnx.TensorProto]
) -> dict[str, list[NodeProto]]:
    """Products by their input's name, those with a weight matrix that no other node uses."""
    uses = [name for node in graph.node for name in node.input]
    matrices = {name for name, constant in constants.items() if len(constant.dims) == 2}
    products: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        is_product = node.op_type in {"MatMul", "Attention"}
        if is_product and node.input[1] in matrices and uses.count(node.input[1]) == 1:
            products.setdefault(node.input[0], []).append(node)
    return products


def _channel_maxima(
    model: onnx.ModelProto, names: Sequence[str], samples: Sequence[Inputs]
) -> dict[str, NDArray[np.float32]]:
    """The largest absolute value of each channel (last axis) of these values over the samples."""
    import onnxruntime

    observed = onnx.ModelProto()
    observed.CopyFrom(model)
    unknown = set(names) - {output.name for output in observed.graph.output}
    value_infos = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in sorted(unknown)
    ]
    observed.graph.output.extend(value_infos)
    session = onnxruntime.InferenceSession(observed.SerializeToString(), providers=["CPUExecutionProvider"])
    input_names = {node.name for node in session.get_inputs()}
    maxima: dict[str, NDArray[np.float32]] = {}
    for sample in samples:
        feeds = {name: array for name, array in sample.items() if name in input_names}
        for name, value in zip(names, session.run(list(names), feeds), strict=True):
            maximum = np.abs(value).reshape(-1, value.shape[-1]).max(axis=0)
            maxima[name] = np.maximum(maxima.get(name, 0.0), maximum)
    return maxima


def _scales(maximum: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The scale of each channel, shape ``(channels,)``, at least 1; None where there are no outliers."""
    if len(maximum) <= _MAX_OUTLIERS:
        return None
    ordered = np.sort(maximum)[::-1]
    largest_inlier = ordered[_MAX_OUTLIERS]
    if largest_inlier <= 0 or ordered[0] < _MIN_RATIO * ordered[_OUTLIER_RANK]:
        return None
    scales: NDArray[np.float32] = np.maximum(maximum / largest_inlier, 1.0).astype(np.float32)
    return scales


def _insert_scaling(
    graph: onnx.GraphProto, input_name: str, nodes: Sequence[NodeProto], scales: NDArray[np.float32]
) -> None:
    """Scales the input before the first of these products; other nodes keep the unscaled one."""
    name = nodes[0].input[1] + SCALE_SUFFIX
    graph.initializer.append(numpy_helper.from_array(1 / scales, name))
    divided = f"{name}.divided"
    first = nodes[0].input[1]
    at = next(i for i, node in enumerate(graph.node) if list(node.input[:2]) == [input_name, first])
    graph.node.insert(at, helper.make_node("Mul", [input_name, name], [divided], name=divided))
    for node in nodes:
        node.input[0] = divided
