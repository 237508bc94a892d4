"""An evidence network is exported as one graph with all its heads, which the service reads with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.train.evidence.__main__ import main
from evals.train.evidence.export import OUTPUTS
from evals.train.evidence.model import open_model, save_model
from rag.adapters.onnx.model_files import file_sha256
from rag.adapters.onnx.reader import OnnxReader
from rag.adapters.onnx.session import OnnxModel
from rag.reading.context import reader_context
from tests.samples import candidate, document
from tests.unit.evals.train.model.tiny_model import READER, tiny_model

pytestmark = pytest.mark.filterwarnings("ignore")  # torch's exporter warns of itself
QUESTION = "Who asked?"
TEXT = "Ann Lee asked for an apology. Ships waited outside. It rained on Monday."


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A small random network whose heads say something."""
    import torch

    folder = tmp_path_factory.mktemp("start")
    tiny_model(hidden_size=32, intermediate_size=64, initializer_range=0.5).save_pretrained(folder)
    model = open_model(folder)
    torch.manual_seed(5)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:  # equal vectors would be one constant of the graph; trained ones differ
                parameter.add_(torch.randn_like(parameter), alpha=0.1)
        for head in model.heads.values():
            torch.nn.init.normal_(head.weight, std=0.5)
    return model.eval()


@pytest.fixture(scope="module")
def exported(network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command writes."""
    weights, target = tmp_path_factory.mktemp("average"), tmp_path_factory.mktemp("exported")
    save_model(network, weights)
    assert main(["export", str(weights), str(target), "--tokenizer", str(READER)]) == 0
    return target


def test_the_graph_has_the_logits_of_every_head(network: Any, exported: Path) -> None:
    """In their order, for a text of any length, with both segments."""
    import torch

    graph = OnnxModel(exported / "reader-fp32.onnx", threads=1)
    assert graph.outputs == OUTPUTS
    for length in (17, 40):
        ids, types = list(range(1_000, 1_000 + length)), [0] * 6 + [1] * (length - 6)
        with torch.no_grad():
            logits = network(
                input_ids=torch.tensor([ids]),
                attention_mask=torch.ones((1, length), dtype=torch.int64),
                token_type_ids=torch.tensor([types]),
            )
        expected = (logits.start, logits.end, logits.support, logits.relevance, logits.polarity)
        for made, right in zip(graph.run(ids, types), expected, strict=True):
            assert np.allclose(made, right[0], atol=1e-3)


def test_what_ships_is_an_int8_graph_with_its_pins(exported: Path) -> None:
    """Less than half the size, its hash beside it; the relevance of texts goes along with fp32's."""
    int8, fp32 = exported / "reader.onnx", exported / "reader-fp32.onnx"
    assert int8.stat().st_size < 0.5 * fp32.stat().st_size
    pins = json.loads((exported / "sha256.json").read_text())
    assert pins == {name: file_sha256(exported / name) for name in ("reader.onnx", "tokenizer.json")}
    rng = np.random.default_rng(3)
    texts = [rng.integers(1_000, 20_000, 24).tolist() for _ in range(40)]
    relevance = [
        [float(graph.run(ids)[3]) for ids in texts]
        for graph in (OnnxModel(int8, threads=1), OnnxModel(fp32, threads=1))
    ]
    assert np.corrcoef(relevance)[0, 1] > 0.9


def test_the_service_reads_with_an_evidence_graph(exported: Path, tmp_path: Path) -> None:
    """Relevance, support of each sentence and polarity are the graph's, title and headings read before."""
    for name, target in (("reader-fp32.onnx", "model.onnx"), ("tokenizer.json", "tokenizer.json")):
        (tmp_path / target).write_bytes((exported / name).read_bytes())
    reader = OnnxReader(str(tmp_path), cache=tmp_path / "cache")
    read = candidate(document(TEXT, title="Harbour news"))
    [reading] = reader.read(QUESTION, [read])
    context = reader_context(read, headings=True)
    assert context.text.startswith("Harbour news\n")
    window = reader._tokenizer.encode(QUESTION, context.text)
    _, _, support, relevance, polarity = OnnxModel(tmp_path / "model.onnx", threads=1).run(
        window.ids, window.type_ids
    )
    assert reading.relevance == pytest.approx(float(relevance))
    at = context.text.index("Ships")
    first, last = window.char_to_token(at, 1), window.char_to_token(context.text.index("outside.") + 7, 1)
    assert reading.support[1] == pytest.approx(float(support[first : last + 1].mean()))
    assert reading.polarity is not None
    assert np.log(reading.polarity.yes / reading.polarity.no) == pytest.approx(
        float(polarity[0] - polarity[1]), abs=1e-4
    )


def test_a_long_passage_is_read_in_windows_by_an_evidence_graph(exported: Path, tmp_path: Path) -> None:
    """Every sentence is in one of them."""
    for name, target in (("reader.onnx", "model.onnx"), ("tokenizer.json", "tokenizer.json")):
        (tmp_path / target).write_bytes((exported / name).read_bytes())
    reader = OnnxReader(str(tmp_path), cache=tmp_path / "cache")
    text = " ".join(f"Nothing happened on day {n}." for n in range(200))
    [reading] = reader.read(QUESTION, [candidate(document(text))])
    assert len(reading.support) == 200
    assert min(reading.support) > -10.0


def test_missing_weights_are_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1 and one line."""
    assert main(["export", str(tmp_path / "none"), str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
