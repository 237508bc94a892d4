"""Any question-answering model of the BERT kind becomes a graph that says the same."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest

from evals.train.dequantize import unpack
from evals.train.export import export
from rag.adapters.onnx import span_reader
from rag.adapters.onnx.model_files import compiled
from rag.adapters.onnx.session import OnnxModel
from rag.adapters.onnx.span_reader import SpanReader
from tests.samples import candidate, document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random model with the packaged tokenizer, as transformers saves it."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=30_522,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        initializer_range=0.5,
    )
    target = tmp_path_factory.mktemp("model")
    BertForQuestionAnswering(config).save_pretrained(target)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(span_reader._FOLDER / name, target / name)
    return target


@pytest.mark.filterwarnings("ignore")
def test_a_compiled_reader_says_what_its_model_says(folder: Path, tmp_path: Path) -> None:
    """Both logits, with the two segments told apart: a graph without them reads question as text."""
    import torch
    from transformers import AutoModelForQuestionAnswering

    made = compiled(str(folder), "reader", "key", "fp32", tmp_path)
    ids, types = list(range(1_000, 1_017)), [0] * 6 + [1] * 11
    with torch.no_grad():
        model = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
        told = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types]))
        untold = model(input_ids=torch.tensor([ids]))
    start, end = OnnxModel(made / "model.onnx", threads=1).run(ids, types)
    assert np.allclose(start, told.start_logits[0], atol=1e-3)
    assert np.allclose(end, told.end_logits[0], atol=1e-3)
    assert not np.allclose(start, untold.start_logits[0], atol=1e-1)


@pytest.mark.filterwarnings("ignore")
def test_what_makes_a_graph_fast_is_in_it(folder: Path, tmp_path: Path) -> None:
    """One operator for Gelu and for each layer's attention, and no Add before a normalisation, which the
    runtime would fuse to be slower: in the reader that ships, and in one that is compiled.
    """
    made = compiled(str(folder), "reader", "key", "int8", tmp_path)
    for path, layers in ((span_reader._FOLDER / "reader.onnx", 6), (made / "model.onnx", 2)):
        graph = onnx.load(str(path)).graph
        normed = {node.input[0] for node in graph.node if node.op_type == "LayerNormalization"}
        makers = {node.op_type for node in graph.node if set(node.output) & normed}
        assert makers == {"Sum"}
        count = Counter(node.op_type for node in graph.node)
        assert (count["Gelu"], count["QAttention"], count["Softmax"]) == (layers, layers, 0)
        assert [given.name for given in graph.input] == ["input_ids", "token_type_ids"]


@pytest.mark.parametrize(("kind", "fused"), [("distilbert", 2), ("mpnet", 0)])
@pytest.mark.filterwarnings("ignore")
def test_other_kinds_of_models_are_compiled_as_well(kind: str, fused: int, tmp_path: Path) -> None:
    """A kind whose attention is another (MPNet adds distances to its scores) keeps it as it is."""
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    sizes = {"vocab_size": 30_522, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    names = {"hidden_size": "dim", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads"}
    given = {names[name]: size for name, size in sizes.items() if name in names}
    config = AutoConfig.for_model(kind, **(sizes if kind != "distilbert" else given))
    source = tmp_path / kind
    AutoModelForQuestionAnswering.from_config(config).save_pretrained(source)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(span_reader._FOLDER / name, source / name)
    made = compiled(str(source), "reader", "key", "fp32", tmp_path)  # which compares graph and model
    count = Counter(node.op_type for node in onnx.load(str(made / "model.onnx")).graph.node)
    assert (count["Attention"], count["Softmax"]) == (fused, 2 - fused)
    assert len(OnnxModel(made / "model.onnx", threads=1).run([1_000, 1_001, 1_002])) == 2


def test_a_folder_named_by_setting_reads(folder: Path, tmp_path: Path) -> None:
    """It is another reader than the packaged one, and says so in its fingerprint."""
    reader = SpanReader(str(folder), cache=tmp_path)
    assert reader.read("Who?", [candidate(document("Ann Lee asked."))])[0]
    assert reader.fingerprint.startswith(folder.name)


@pytest.mark.filterwarnings("ignore")
def test_what_gives_nothing_is_left_out_of_a_graph(folder: Path, tmp_path: Path) -> None:
    """Idle heads and neurons, in each layer others, are gone; a graph that is unpacked says what it said."""
    import torch
    from transformers import AutoModelForQuestionAnswering

    model = AutoModelForQuestionAnswering.from_pretrained(folder)
    first, second = model.base_model.encoder.layer
    torch.manual_seed(0)  # else by chance some such models lose more to int8 than this allows
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:  # as trained: constants that are the same would be one in the graph
                parameter.add_(torch.randn_like(parameter), alpha=0.1)
        for layer, neurons in ((first, [0, 3, 40]), (second, [*range(50)])):
            layer.intermediate.dense.weight[neurons] = 0
            layer.intermediate.dense.bias[neurons] = 0
        first.attention.self.value.weight[:16] = 0
        first.attention.self.value.bias[:16] = 0
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(folder, source)
    model.save_pretrained(source)
    export(source, span_reader._FOLDER, target)  # which compares graph and model
    graph = onnx.load(str(target / "reader.onnx")).graph
    shapes = [tuple(constant.dims) for constant in graph.initializer]
    assert {(32, 48), (32, 61), (61, 32), (32, 14), (14, 32)} <= set(shapes)
    heads = [a.i for node in graph.node for a in node.attribute if a.name == "num_heads"]
    assert heads == [1, 2]
    unpack(target, tmp_path / "again")
    again = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "again").eval()
    ids = torch.arange(1_000, 1_017)[None]
    with torch.no_grad():
        said, wanted = again(input_ids=ids), model.eval()(input_ids=ids)
    assert torch.corrcoef(torch.cat([said.start_logits, wanted.start_logits]))[0, 1] > 0.99
