"""What makes an exported graph fast on a CPU without changing what it says.

Measured on the reader, 150 tokens on one thread, ONNX Runtime 1.32 (docs/decisions/running-models.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, helper, numpy_helper

_RUNTIME = "com.microsoft"  # the domain of ONNX Runtime's own operators


class _Mismatch(Exception):
    """The nodes at hand are not the attention that is looked for."""


@dataclass(slots=True, kw_only=True)
class _Attention:
    """One layer's attention: the nodes it is made of, and what one operator needs to take their place.

    Its name begins with that of the query's bias, so that the layer can be told (``evals.train.unpack``).
    """

    nodes: list[NodeProto]
    name: str
    given: str
    weights: list[NDArray[np.float32]]  # of query, key, value: each (width, width)
    biases: list[NDArray[np.float32]]
    result: str


class _Graph:
    """A graph's nodes by what they make and who takes it. Raises _Mismatch where a step isn't there."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.graph = graph

    @cached_property
    def _makers(self) -> dict[str, NodeProto]:
        return {name: node for node in self.graph.node for name in node.output}

    @cached_property
    def _takers(self) -> dict[str, list[NodeProto]]:
        takers: dict[str, list[NodeProto]] = {}
        for node in self.graph.node:
            for name in node.input:
                takers.setdefault(name, []).append(node)
        return takers

    @cached_property
    def _constants(self) -> dict[str, onnx.TensorProto]:
        return {constant.name: constant for constant in self.graph.initializer}

    def back(self, name: str, *operators: str) -> NodeProto:
        """What makes a value, if it is one of these operators."""
        node = self._makers.get(name)
        if node is None or node.op_type not in operators:
            raise _Mismatch
        return node

    def on(self, node: NodeProto, operator: str) -> NodeProto:
        """The one node that takes what a node makes."""
        takers = self._takers.get(node.output[0], [])
        if [taker.op_type for taker in takers] != [operator]:
            raise _Mismatch
        return takers[0]

    def constant(self, name: str) -> NDArray[np.float32]:
        if name not in self._constants:
            raise _Mismatch
        found: NDArray[np.float32] = numpy_helper.to_array(self._constants[name])
        return found

    def cut(self, *parts: tuple[str, int, NDArray[np.bool_]]) -> None:
        """Leaves a part of each constant along an axis. One node alone may use it."""
        if any(len(self._takers[name]) != 1 for name, _, _ in parts):
            raise _Mismatch
        for name, axis, stay in parts:
            array = np.compress(stay, self.constant(name), axis=axis)
            self._constants[name].CopyFrom(numpy_helper.from_array(array, name))

    def constant_of(self, node: NodeProto) -> tuple[str, str]:
        """The names of a node's two inputs, that of the constant first."""
        first, second = node.input
        return (second, first) if second in self._constants else (first, second)


def part_sums_from_norms(model: onnx.ModelProto) -> None:
    """Names the additions before a normalisation Sum, which says the same.

    ONNX Runtime fuses Add and LayerNormalization into an operator that takes four times as long on
    a CPU as the two.
    """
    normed = {node.input[0] for node in model.graph.node if node.op_type == "LayerNormalization"}
    for node in model.graph.node:
        if node.op_type == "Add" and node.output[0] in normed:
            node.op_type = "Sum"


def drop_idle(model: onnx.ModelProto) -> None:
    """Leaves out neurons and attention heads that give nothing, as a pruned model's do.

    A neuron whose weights and bias are 0 gives Gelu(0), which is 0; a head whose values' are 0 mixes
    zeros. What is multiplied by them goes with them. For attention that has been fused.
    """
    graph = _Graph(model.graph)
    for node in model.graph.node:
        try:
            if node.op_type == "Gelu":
                _drop_neurons(graph, node)
            elif node.op_type == "Attention":
                _drop_heads(graph, node)
        except _Mismatch:
            continue


def _drop_neurons(graph: _Graph, gelu: NodeProto) -> None:
    bias, product = graph.constant_of(graph.back(gelu.input[0], "Add"))
    up, down = graph.back(product, "MatMul").input[1], graph.on(gelu, "MatMul").input[1]
    busy = graph.constant(up).any(axis=0) | (graph.constant(bias) != 0)
    if busy.any() and not busy.all():
        graph.cut((up, 1, busy), (bias, 0, busy), (down, 0, busy))


def _drop_heads(graph: _Graph, attention: NodeProto) -> None:
    (heads,) = (given for given in attention.attribute if given.name == "num_heads")
    down = graph.on(attention, "MatMul").input[1]
    _, weight, bias = attention.input
    columns = np.vstack([graph.constant(weight), graph.constant(bias)])
    of_values = np.split(columns, 3, axis=1)[2].reshape(len(columns), heads.i, -1)
    busy = of_values.any(axis=(0, 2))
    if busy.any() and not busy.all():
        stay = np.repeat(busy, of_values.shape[2])
        graph.cut((weight, 1, np.tile(stay, 3)), (bias, 0, np.tile(stay, 3)), (down, 0, stay))
        heads.i = int(busy.sum())


def fuse_attention(model: onnx.ModelProto, heads: int) -> None:
    """Makes one operator, without a mask, of each layer's attention.

    Only for graphs whose every text is alone and unpadded: then the mask adds zeros to heads x tokens
    x tokens numbers a layer, and that is what is saved, with the transpositions. Attention of another kind
    than BERT's (scores scaled by the root of a head's width, nothing added to them but the mask) stays.
    """
    graph = _Graph(model.graph)
    found: list[_Attention] = []
    for node in model.graph.node:
        if node.op_type == "Softmax":
            try:
                found.append(_attention(graph, node, heads))
            except _Mismatch:
                continue
    replaced = {id(node) for attention in found for node in attention.nodes}
    fused = {attention.result: _operator(model.graph, attention, heads) for attention in found}
    nodes = [
        fused.get(node.output[0], node)
        for node in model.graph.node
        if id(node) not in replaced or node.output[0] in fused
    ]
    _keep(model.graph, nodes)
    if found and all(known.domain != _RUNTIME for known in model.opset_import):
        model.opset_import.append(helper.make_opsetid(_RUNTIME, 1))


def _attention(graph: _Graph, softmax: NodeProto, heads: int) -> _Attention:
    masked = graph.back(softmax.input[0], "Add")
    scaled = graph.back(masked.input[0], "Mul")
    scores = graph.back(scaled.input[0], "MatMul")
    mixed = graph.on(softmax, "MatMul")
    turned = graph.on(mixed, "Transpose")
    whole = graph.on(turned, "Reshape")
    nodes = [softmax, masked, scaled, scores, mixed, turned, whole]
    given, weights, biases = set(), [], []
    for name in (*scores.input, mixed.input[1]):
        part = graph.back(name, "Transpose")
        nodes.append(part)
        while part.op_type != "Reshape":
            part = graph.back(part.input[0], "Transpose", "Reshape")
            nodes.append(part)
        added = graph.back(part.input[0], "Add")
        bias, product = graph.constant_of(added)
        multiplied = graph.back(product, "MatMul")
        nodes += [added, multiplied]
        given.add(multiplied.input[0])
        weights.append(graph.constant(multiplied.input[1]))
        biases.append(bias)
    width = weights[0].shape[1] / heads
    if len(given) != 1 or not np.allclose(graph.constant(scaled.input[1]), width**-0.5):
        raise _Mismatch
    return _Attention(
        nodes=nodes,
        name=f"{biases[0]}.{whole.output[0]}",
        given=given.pop(),
        weights=weights,
        biases=[graph.constant(bias) for bias in biases],
        result=whole.output[0],
    )


def _operator(graph: onnx.GraphProto, attention: _Attention, heads: int) -> NodeProto:
    """ONNX Runtime's Attention, its weights beside it in the graph: those of query, key, value in a row."""
    name = attention.name
    weight, bias = (np.concatenate(parts, axis=-1) for parts in (attention.weights, attention.biases))
    graph.initializer.append(numpy_helper.from_array(weight, f"{name}.weight"))
    graph.initializer.append(numpy_helper.from_array(bias, f"{name}.bias"))
    inputs = [attention.given, f"{name}.weight", f"{name}.bias"]
    return helper.make_node(
        "Attention", inputs, [attention.result], name=name, domain=_RUNTIME, num_heads=heads
    )


def _keep(graph: onnx.GraphProto, nodes: Sequence[NodeProto]) -> None:
    """These nodes, and of them and the constants what an output needs."""
    needed = {output.name for output in graph.output}
    kept: list[NodeProto] = []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(node.input)
    constants = [constant for constant in graph.initializer if constant.name in needed]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(constants)
