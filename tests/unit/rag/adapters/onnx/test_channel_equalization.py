"""Levelled inputs of products: the same said, and int8 nearer to it, where a channel stands out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from rag.adapters.onnx.channel_equalization import SCALE_SUFFIX, equalize_channels
from rag.adapters.onnx.compile import quantize

WIDTH = 24
Floats = NDArray[np.float32]


def graph(far: float) -> onnx.ModelProto:
    """Words to vectors, one channel of which reaches ``far``; two products of them, added to themselves."""
    rng = np.random.default_rng(5)
    table = rng.normal(size=(50, WIDTH)).clip(-2, 2).astype(np.float32)
    table[:, 3] *= far
    weights = [rng.normal(size=(WIDTH, WIDTH)).astype(np.float32) for _ in range(2)]
    for weight in weights:
        weight[3] /= far  # as in a trained model, an outlier channel has small weights
    constants = {"table": table, "up": weights[0], "across": weights[1]}
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"], name="look up"),
        helper.make_node("MatMul", ["words", "up"], ["higher"], name="up"),
        helper.make_node("MatMul", ["words", "across"], ["wider"], name="across"),
        helper.make_node("Sum", ["words", "higher", "wider"], ["sum"]),
    ]
    input_ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])
    output = helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1, "tokens", WIDTH])
    initializers = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "small", [input_ids], [output], initializers),
        opset_imports=[helper.make_opsetid("", 20)],
        ir_version=10,
    )
    onnx.checker.check_model(model)
    return model


def sample(seed: int) -> dict[str, NDArray[np.int64]]:
    return {"input_ids": np.random.default_rng(seed).integers(0, 50, (1, 40))}


def run(model: onnx.ModelProto | Path) -> Floats:
    import onnxruntime

    source = str(model) if isinstance(model, Path) else model.SerializeToString()
    session = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])
    output: Floats = session.run(None, dict(sample(8)))[0]
    return output


def test_an_equalized_graph_has_the_same_outputs() -> None:
    """Both products take the scaled input, other nodes the unscaled one."""
    model = graph(far=20)
    before = run(model)
    assert equalize_channels(model, [sample(1)]) == 1
    assert np.allclose(run(model), before, atol=1e-4)
    by_name = {node.name: node for node in model.graph.node}
    assert by_name["up"].input[0] == by_name["across"].input[0] != "words"
    [scales] = [numpy_helper.to_array(c) for c in model.graph.initializer if c.name.endswith(SCALE_SUFFIX)]
    assert scales.argmin() == 3
    assert scales[3] == pytest.approx(1 / 20, rel=0.1)


def test_nothing_is_done_where_no_channel_stands_out() -> None:
    model = graph(far=1)
    before = model.SerializeToString()
    assert equalize_channels(model, [sample(1)]) == 0
    assert model.SerializeToString() == before


def test_equalization_lowers_the_error_of_int8(tmp_path: Path) -> None:
    """To a third at most, on other inputs than the samples."""
    onnx.save(graph(far=20), str(tmp_path / "exact.onnx"))
    exact = run(tmp_path / "exact.onnx")
    quantize(tmp_path / "exact.onnx", tmp_path / "plain.onnx", keep_float=["look up"])
    quantize(
        tmp_path / "exact.onnx",
        tmp_path / "equalized.onnx",
        keep_float=["look up"],
        calibration_samples=[sample(1)],
    )
    plain, equalized = (
        float(np.abs(run(tmp_path / f"{name}.onnx") - exact).mean()) for name in ("plain", "equalized")
    )
    assert 0 < equalized < plain / 3
