"""Graph optimisations for the CPU that don't change a graph's outputs.

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
    """The nodes are not of the pattern that is searched for."""


@dataclass(slots=True, kw_only=True)
class _Attention:
    """One layer's attention: its nodes, and the inputs of the operator that replaces them.

    Its name begins with that of the query's bias, which names the layer (``evals/train/dequantize.py``).
    """

    nodes: list[NodeProto]
    name: str
    input_name: str
    weights: list[NDArray[np.float32]]  # of query, key, value: each (width, width)
    biases: list[NDArray[np.float32]]
    result: str


class _Graph:
    """A graph's nodes by the values they produce and consume. Raises _Mismatch where a step is missing."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.graph = graph

    @cached_property
    def _producers(self) -> dict[str, NodeProto]:
        return {name: node for node in self.graph.node for name in node.output}

    @cached_property
    def _consumers(self) -> dict[str, list[NodeProto]]:
        consumers: dict[str, list[NodeProto]] = {}
        for node in self.graph.node:
            for name in node.input:
                consumers.setdefault(name, []).append(node)
        return consumers

    @cached_property
    def _constants(self) -> dict[str, onnx.TensorProto]:
        return {constant.name: constant for constant in self.graph.initializer}

    def producer_of(self, name: str, *operators: str) -> NodeProto:
        """The node that produces a value, if it is one of these operators."""
        node = self._producers.get(name)
        if node is None or node.op_type not in operators:
            raise _Mismatch
        return node

    def only_consumer(self, node: NodeProto, operator: str) -> NodeProto:
        """The only node that consumes a node's output."""
        consumers = self._consumers.get(node.output[0], [])
        if [consumer.op_type for consumer in consumers] != [operator]:
            raise _Mismatch
        return consumers[0]

    def constant(self, name: str) -> NDArray[np.float32]:
        if name not in self._constants:
            raise _Mismatch
        array: NDArray[np.float32] = numpy_helper.to_array(self._constants[name])
        return array

    def compress_constants(self, *parts: tuple[str, int, NDArray[np.bool_]]) -> None:
        """Keeps a part of each constant along an axis. Only one node may use it."""
        if any(len(self._consumers[name]) != 1 for name, _, _ in parts):
            raise _Mismatch
        for name, axis, keep_mask in parts:
            array = np.compress(keep_mask, self.constant(name), axis=axis)
            self._constants[name].CopyFrom(numpy_helper.from_array(array, name))

    def constant_of(self, node: NodeProto) -> tuple[str, str]:
        """The names of a node's two inputs, that of the constant first."""
        first, second = node.input
        return (second, first) if second in self._constants else (first, second)


def separate_sum_and_norm(model: onnx.ModelProto) -> None:
    """Turns the Add before each LayerNormalization into Sum, which computes the same.

    ONNX Runtime fuses Add and LayerNormalization into an operator that takes more than four times as long on
    a CPU as the two.
    """
    normed = {node.input[0] for node in model.graph.node if node.op_type == "LayerNormalization"}
    for node in model.graph.node:
        if node.op_type == "Add" and node.output[0] in normed:
            node.op_type = "Sum"


def drop_unused_units(model: onnx.ModelProto) -> None:
    """Removes neurons and attention heads whose output is always 0, as a pruned model's are.

    A neuron whose weights and bias are 0 gives Gelu(0), which is 0; a head whose value weights are 0 gives
    zeros. The weights that multiply them are removed too. For attention that has been fused.
    """
    graph = _Graph(model.graph)
    for node in model.graph.node:
        try:
            if node.op_type == "Gelu":
                _drop_unused_neurons(graph, node)
            elif node.op_type == "Attention":
                _drop_unused_heads(graph, node)
        except _Mismatch:
            continue


def _drop_unused_neurons(graph: _Graph, gelu: NodeProto) -> None:
    bias, product = graph.constant_of(graph.producer_of(gelu.input[0], "Add"))
    up, down = graph.producer_of(product, "MatMul").input[1], graph.only_consumer(gelu, "MatMul").input[1]
    is_used = graph.constant(up).any(axis=0) | (graph.constant(bias) != 0)
    if is_used.any() and not is_used.all():
        graph.compress_constants((up, 1, is_used), (bias, 0, is_used), (down, 0, is_used))


def _drop_unused_heads(graph: _Graph, attention: NodeProto) -> None:
    (heads,) = (attribute for attribute in attention.attribute if attribute.name == "num_heads")
    down = graph.only_consumer(attention, "MatMul").input[1]
    _, weight, bias = attention.input
    columns = np.vstack([graph.constant(weight), graph.constant(bias)])
    of_values = np.split(columns, 3, axis=1)[2].reshape(len(columns), heads.i, -1)
    is_used = of_values.any(axis=(0, 2))
    if is_used.any() and not is_used.all():
        keep_mask = np.repeat(is_used, of_values.shape[2])
        graph.compress_constants(
            (weight, 1, np.tile(keep_mask, 3)), (bias, 0, np.tile(keep_mask, 3)), (down, 0, keep_mask)
        )
        heads.i = int(is_used.sum())


def fuse_attention(model: onnx.ModelProto, heads: int) -> None:
    """Replaces each layer's attention by one operator without a mask.

    Only for graphs that run one unpadded text at a time: then the mask adds zeros to heads x tokens x tokens
    scores a layer; leaving it out, and the transpositions, is what saves time. Attention of another kind than
    BERT's (scores scaled by the root of the head width, only the mask added to them) stays.
    """
    graph = _Graph(model.graph)
    attentions: list[_Attention] = []
    for node in model.graph.node:
        if node.op_type == "Softmax":
            try:
                attentions.append(_attention(graph, node, heads))
            except _Mismatch:
                continue
    replaced = {id(node) for attention in attentions for node in attention.nodes}
    fused = {attention.result: _operator(model.graph, attention, heads) for attention in attentions}
    nodes = [
        fused.get(node.output[0], node)
        for node in model.graph.node
        if id(node) not in replaced or node.output[0] in fused
    ]
    _prune_unreachable(model.graph, nodes)
    if attentions and all(opset.domain != _RUNTIME for opset in model.opset_import):
        model.opset_import.append(helper.make_opsetid(_RUNTIME, 1))


def _attention(graph: _Graph, softmax: NodeProto, heads: int) -> _Attention:
    masked = graph.producer_of(softmax.input[0], "Add")
    scaled = graph.producer_of(masked.input[0], "Mul")
    scores = graph.producer_of(scaled.input[0], "MatMul")
    weighted = graph.only_consumer(softmax, "MatMul")
    transposed = graph.only_consumer(weighted, "Transpose")
    reshaped = graph.only_consumer(transposed, "Reshape")
    nodes = [softmax, masked, scaled, scores, weighted, transposed, reshaped]
    input_names, weights, biases = set(), [], []
    for name in (*scores.input, weighted.input[1]):
        part = graph.producer_of(name, "Transpose")
        nodes.append(part)
        while part.op_type != "Reshape":
            part = graph.producer_of(part.input[0], "Transpose", "Reshape")
            nodes.append(part)
        added = graph.producer_of(part.input[0], "Add")
        bias, product = graph.constant_of(added)
        multiplied = graph.producer_of(product, "MatMul")
        nodes += [added, multiplied]
        input_names.add(multiplied.input[0])
        weights.append(graph.constant(multiplied.input[1]))
        biases.append(bias)
    width = weights[0].shape[1] / heads
    if len(input_names) != 1 or not np.allclose(graph.constant(scaled.input[1]), width**-0.5):
        raise _Mismatch
    return _Attention(
        nodes=nodes,
        name=f"{biases[0]}.{reshaped.output[0]}",
        input_name=input_names.pop(),
        weights=weights,
        biases=[graph.constant(bias) for bias in biases],
        result=reshaped.output[0],
    )


def _operator(graph: onnx.GraphProto, attention: _Attention, heads: int) -> NodeProto:
    """ONNX Runtime's Attention; the weights of query, key and value are concatenated into one constant."""
    name = attention.name
    weight, bias = (np.concatenate(parts, axis=-1) for parts in (attention.weights, attention.biases))
    graph.initializer.append(numpy_helper.from_array(weight, f"{name}.weight"))
    graph.initializer.append(numpy_helper.from_array(bias, f"{name}.bias"))
    inputs = [attention.input_name, f"{name}.weight", f"{name}.bias"]
    return helper.make_node(
        "Attention", inputs, [attention.result], name=name, domain=_RUNTIME, num_heads=heads
    )


def _prune_unreachable(graph: onnx.GraphProto, nodes: Sequence[NodeProto]) -> None:
    """Keeps of these nodes and of the constants what the outputs depend on."""
    needed = {output.name for output in graph.output}
    reachable: list[NodeProto] = []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            reachable.append(node)
            needed.update(node.input)
    constants = [constant for constant in graph.initializer if constant.name in needed]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(reversed(reachable))
    graph.initializer.extend(constants)
