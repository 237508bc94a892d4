"""Compiles a sentence-transformers or question-answering model to ONNX. Runs as a child process.

``python -m rag.adapters.compile embedder|reader SOURCE int8|fp32 TARGET`` writes ``model.onnx``,
``tokenizer.json`` and ``model.json`` (what to know to run it) to a new folder TARGET.

int8 is ONNX Runtime's dynamic quantisation, per channel: weights become 8-bit integers and
activations are scaled at run time (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

RECIPE = "3"  # rises when what is made changes
OPSET = 20  # the first with Gelu as one operator: as five, each passes over the widest arrays there are


def compile_embedder(source: str, precision: str, target: Path) -> None:
    """Loads through sentence-transformers; the graph includes its pooling and normalisation."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(source, device="cpu")
    model.eval()

    class Sentence(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            features = {
                "input_ids": input_ids,
                "attention_mask": attention_mask,
                "token_type_ids": token_type_ids,
            }
            vectors = self.inner(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    _export(Sentence(), ["vector"], target, precision)
    model.tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))
    dimensions = model.get_embedding_dimension()
    _describe(target, {"dimensions": dimensions, "max_tokens": model.max_seq_length or 512})


def compile_reader(source: str, precision: str, target: Path) -> None:
    """Any ``AutoModelForQuestionAnswering`` of the BERT kind (three inputs, two logits)."""
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    model = AutoModelForQuestionAnswering.from_pretrained(source, attn_implementation="eager")
    model.eval()
    typed = getattr(model.config, "type_vocab_size", 0) > 1

    class Spans(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            more = {"token_type_ids": token_type_ids} if typed else {}
            out = self.inner(input_ids=input_ids, attention_mask=attention_mask, **more)
            return out.start_logits, out.end_logits

    _export(Spans(), ["start_logits", "end_logits"], target, precision)
    AutoTokenizer.from_pretrained(source).backend_tokenizer.save(str(target / "tokenizer.json"))
    _describe(target, {"max_tokens": min(512, getattr(model.config, "max_position_embeddings", 512))})


def _export(module: Any, outputs: list[str], target: Path, precision: str) -> None:
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target.mkdir(parents=True)
    module.eval()  # a fresh wrapper is in training mode, whatever it wraps: dropout would be kept
    ids = torch.ones((2, 9), dtype=torch.int64)
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    shape = {0: batch, 1: length}
    names = ["input_ids", "attention_mask", "token_type_ids"]
    exact = target / "exact.onnx"
    with torch.no_grad():
        torch.onnx.export(
            module,
            # Three tensors: one given twice would be exported as one input.
            (ids, torch.ones_like(ids), torch.zeros_like(ids)),
            str(exact),
            input_names=names,
            output_names=outputs,
            dynamic_shapes=tuple(shape for _ in names),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    _part_sums_from_norms(exact)
    _agree(module, exact)
    if precision == "int8":
        quantize_dynamic(exact, target / "model.onnx", per_channel=True, weight_type=QuantType.QInt8)
        exact.unlink()
    else:
        exact.rename(target / "model.onnx")


def _part_sums_from_norms(path: Path) -> None:
    """Names the additions before a normalisation Sum, which says the same.

    ONNX Runtime (1.32) fuses Add and LayerNormalization into an operator that takes four times as long on
    a CPU as the two: 8 passages of 150 tokens on two cores took a fifth more with it.
    """
    import onnx

    model = onnx.load(str(path))
    normed = {node.input[0] for node in model.graph.node if node.op_type == "LayerNormalization"}
    for node in model.graph.node:
        if node.op_type == "Add" and node.output[0] in normed:
            node.op_type = "Sum"
    onnx.save(model, str(path))


def _agree(module: Any, path: Path) -> None:
    """Raises RuntimeError where the exported graph and the model differ on ids of another shape."""
    import numpy as np
    import onnxruntime
    import torch

    ids = torch.randint(1_000, 2_000, (3, 21), generator=torch.Generator().manual_seed(7))
    given = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    with torch.no_grad():
        expected = module(*given)
    expected = expected if isinstance(expected, tuple) else (expected,)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [node.name for node in session.get_inputs()]
    feeds = dict(zip(("input_ids", "attention_mask", "token_type_ids"), given, strict=True))
    found = session.run(None, {name: feeds[name].numpy() for name in names})
    for want, got in zip(expected, found, strict=True):
        if not np.allclose(want.numpy(), got, atol=1e-3):
            raise RuntimeError("the exported graph doesn't agree with the model")


def _describe(target: Path, facts: dict[str, Any]) -> None:
    (target / "model.json").write_text(json.dumps(facts, indent=1), "utf-8")


def main(arguments: list[str]) -> None:
    """Entry point of the child process."""
    kind, source, precision, target = arguments
    work = {"embedder": compile_embedder, "reader": compile_reader}[kind]
    work(source, precision, Path(target))


if __name__ == "__main__":
    main(sys.argv[1:])
