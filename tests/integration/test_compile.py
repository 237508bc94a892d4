"""Question-answering models of the BERT family compile to graphs with the model's logits."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from evals.train.dequantize import dequantize
from evals.train.export import export
from rag.adapters.onnx import reader as onnx_reader
from rag.adapters.onnx.compile import compile_reader
from rag.adapters.onnx.reader import OnnxReader
from rag.adapters.onnx.session import OnnxModel
from tests.samples import candidate, document

pytestmark = pytest.mark.filterwarnings("ignore")  # torch's exporter warns of itself
READER = onnx_reader._FOLDER
WIDTH, LAYERS, HEADS, NEURONS = 32, 2, 2, 64


def save_with_tokenizer(model: Any, folder: Path) -> None:
    """As transformers saves it, with the packaged reader's tokenizer."""
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(READER / name, folder / name)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random BERT. In each layer some neurons are idle, in the first one a head is."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=30_522,
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=NEURONS,
        initializer_range=0.5,
    )
    model = BertForQuestionAnswering(config)
    first, second = model.base_model.encoder.layer
    torch.manual_seed(0)  # with some seeds int8 costs more than the tests allow
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:  # equal vectors would be one constant of the graph; trained ones differ
                parameter.add_(torch.randn_like(parameter), alpha=0.1)
        for layer, neurons in ((first, [0, 3, 40]), (second, [*range(50)])):
            layer.intermediate.dense.weight[neurons] = 0
            layer.intermediate.dense.bias[neurons] = 0
        first.attention.self.value.weight[: WIDTH // HEADS] = 0
        first.attention.self.value.bias[: WIDTH // HEADS] = 0
    folder = tmp_path_factory.mktemp("bert")
    save_with_tokenizer(model, folder)
    return folder


@pytest.fixture(scope="module")
def exported(bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its graphs in fp32 and int8."""
    folder = tmp_path_factory.mktemp("exported")
    export(bert, READER, folder)
    return folder


def test_a_compiled_reader_has_the_logits_of_its_model(bert: Path, exported: Path) -> None:
    """With both segments: a graph without them would read the question as context."""
    import torch
    from transformers import AutoModelForQuestionAnswering

    ids, types = list(range(1_000, 1_017)), [0] * 6 + [1] * 11
    with torch.no_grad():
        model = AutoModelForQuestionAnswering.from_pretrained(bert).eval()
        expected = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types]))
        one_segment = model(input_ids=torch.tensor([ids]))
    start, end = OnnxModel(exported / "reader-fp32.onnx", threads=1).run(ids, types)
    assert np.allclose(start, expected.start_logits[0], atol=1e-3)
    assert np.allclose(end, expected.end_logits[0], atol=1e-3)
    assert not np.allclose(start, one_segment.start_logits[0], atol=1e-1)


def test_idle_heads_and_neurons_are_not_in_the_graph(exported: Path) -> None:
    """Each layer is cut to its own size."""
    graph = onnx.load(str(exported / "reader.onnx")).graph
    shapes = {tuple(constant.dims) for constant in graph.initializer}
    assert {(32, 48), (32, 61), (61, 32), (32, 14), (14, 32)} <= shapes
    heads = [a.i for node in graph.node for a in node.attribute if a.name == "num_heads"]
    assert heads == [1, 2]


def test_a_pruned_graph_dequantizes_to_its_model(bert: Path, exported: Path, tmp_path: Path) -> None:
    """In the model's whole shape."""
    import torch
    from transformers import AutoModelForQuestionAnswering

    dequantize(exported, tmp_path)
    ids = torch.arange(1_000, 1_017)[None]
    with torch.no_grad():
        logits = [
            AutoModelForQuestionAnswering.from_pretrained(folder).eval()(input_ids=ids).start_logits
            for folder in (bert, tmp_path)
        ]
    assert torch.corrcoef(torch.cat(logits))[0, 1] > 0.99


def assert_fast_operators(path: Path, layers: int) -> None:
    """One operator for Gelu and for each layer's attention, and no Add before a normalisation, which the
    runtime would fuse into a slower one.
    """
    graph = onnx.load(str(path)).graph
    normalised = {node.input[0] for node in graph.node if node.op_type == "LayerNormalization"}
    assert {node.op_type for node in graph.node if set(node.output) & normalised} == {"Sum"}
    count = Counter(node.op_type for node in graph.node)
    assert (count["Gelu"], count["QAttention"], count["Softmax"]) == (layers, layers, 0)
    assert [tensor.name for tensor in graph.input] == ["input_ids", "token_type_ids"]


def test_the_packaged_graph_has_the_fast_operators() -> None:
    assert_fast_operators(READER / "reader.onnx", 6)


def test_a_reader_named_by_setting_is_compiled_and_reads(bert: Path, tmp_path: Path) -> None:
    """By a child process, with the fast operators. Its fingerprint is another than the packaged reader's."""
    reader = OnnxReader(str(bert), cache=tmp_path)
    [graph] = tmp_path.glob("*/model.onnx")
    assert_fast_operators(graph, LAYERS)
    [reading] = reader.read("Who?", [candidate(document("Ann Lee asked."))])
    assert reading.spans
    assert reading.relevance == reading.spans[0].margin
    assert reading.polarity is None
    assert reader.fingerprint.startswith(bert.name)


@pytest.mark.parametrize(("kind", "attentions"), [("distilbert", 1), ("mpnet", 0)])
def test_other_families_are_compiled(kind: str, attentions: int, tmp_path: Path) -> None:
    """MPNet keeps its attention as it is: it adds distances to the scores."""
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    sizes = {"vocab_size": 30_522, "hidden_size": WIDTH, "num_hidden_layers": 1, "num_attention_heads": HEADS}
    if kind == "distilbert":
        sizes = {"vocab_size": 30_522, "dim": WIDTH, "n_layers": 1, "n_heads": HEADS}
    model = AutoModelForQuestionAnswering.from_config(AutoConfig.for_model(kind, **sizes))
    save_with_tokenizer(model, tmp_path / "model")
    target = tmp_path / "compiled"
    compile_reader(str(tmp_path / "model"), "fp32", target)  # which compares the logits of graph and model
    count = Counter(node.op_type for node in onnx.load(str(target / "model.onnx")).graph.node)
    assert (count["Attention"], count["Softmax"]) == (attentions, 1 - attentions)
    assert len(OnnxModel(target / "model.onnx", threads=1).run([1_000, 1_001, 1_002])) == 2
