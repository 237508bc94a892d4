"""Compiles a sentence-transformers or question-answering model to ONNX. Runs as a child process.

``python -m rag.adapters.onnx.compile embedder|reader SOURCE int8|fp32 TARGET`` writes ``model.onnx``,
``tokenizer.json`` and ``model.json`` (dimensions, longest input) to a new folder TARGET. The graph is for
texts that are run alone, without padding, and so takes no attention mask.

int8 is ONNX Runtime's dynamic quantisation, per channel: weights become 8-bit integers and
activations are scaled at run time (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
A reader's activations are equalised before (``channel_equalization.py``); an embedder's aren't: that would
change its vectors, and with them every index.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RECIPES = {"embedder": "4", "reader": "5"}  # versions: raised when the compiled model changes
_INPUTS = ["input_ids", "token_type_ids"]
# Calibration texts of a reader's channel equalisation: any texts show which channels are outliers.
_TEXTS = (
    (
        "When was the rink built?",
        "The rink on Mill Street was built in 1897 by the town's skating club. It burned down twice, in"
        " 1921 and in 1954, and has belonged to the county since then.",
    ),
    (
        "Who do I ask for a new laptop, and how long does it take?",
        "## Equipment\n\nAsk the service desk (desk@example.org) for it; your manager has to agree first."
        " Laptops come within 10 working days, screens within three. Anything over $2,500 needs the finance"
        " team's approval, too.",
    ),
    (
        "what is the refund policy",
        'Visitors liked the soup, and came again for it in spring. "We could hardly keep up," said Maria'
        " Lopez, who runs the kitchen with her two sons.",
    ),
)
OPSET = 20  # the first with Gelu as one operator instead of five, each over the graph's widest arrays


def compile_embedder(source: str, precision: str, target: Path) -> None:
    """Loads through sentence-transformers; the graph includes its pooling and normalisation."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(source, device="cpu", model_kwargs={"attn_implementation": "eager"})
    model.eval()

    class Sentence(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, input_ids: Any, token_type_ids: Any) -> Any:
            features = {
                "input_ids": input_ids,
                "attention_mask": torch.ones_like(input_ids),
                "token_type_ids": token_type_ids,
            }
            vectors = self.inner(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    export_graph(Sentence(), ["vector"], target, precision, heads=_heads(model[0].auto_model))
    model.tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))
    dimensions = model.get_embedding_dimension()
    _write_description(target, {"dimensions": dimensions, "max_tokens": model.max_seq_length or 512})


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

        def forward(self, input_ids: Any, token_type_ids: Any) -> Any:
            type_ids = {"token_type_ids": token_type_ids} if typed else {}
            out = self.inner(input_ids=input_ids, attention_mask=torch.ones_like(input_ids), **type_ids)
            return out.start_logits, out.end_logits

    tokenizer = AutoTokenizer.from_pretrained(source).backend_tokenizer
    calibration_samples = calibration_inputs(tokenizer)
    export_graph(
        Spans(),
        ["start_logits", "end_logits"],
        target,
        precision,
        heads=_heads(model),
        calibration_samples=calibration_samples,
    )
    tokenizer.save(str(target / "tokenizer.json"))
    _write_description(
        target, {"max_tokens": min(512, getattr(model.config, "max_position_embeddings", 512))}
    )


def calibration_inputs(tokenizer: Any) -> list[dict[str, Any]]:
    """A few questions and texts, each as a batch of its own (int64, 1 x tokens), for ``quantize``."""
    import numpy as np

    codes = [tokenizer.encode(*pair) for pair in _TEXTS]
    return [{"input_ids": np.array([c.ids]), "token_type_ids": np.array([c.type_ids])} for c in codes]


def _heads(model: Any) -> int:
    return getattr(model.config, "num_attention_heads", 0)


def export_graph(
    module: Any,
    outputs: list[str],
    target: Path,
    precision: str,
    *,
    heads: int,
    calibration_samples: Sequence[dict[str, Any]] = (),
) -> None:
    """Writes ``model.onnx`` to a new folder, optimised for the CPU and checked against the module.

    Args:
        module: takes input ids and type ids, int64, shape ``(batch, length)`` each.
        heads: attention heads of its layers; 0 leaves attention as it is exported.
        calibration_samples: as for ``quantize``.

    Raises:
        RuntimeError: the graph doesn't agree with the module.
    """
    import torch

    target.mkdir(parents=True)
    module.eval()  # a fresh wrapper is in training mode, whatever it wraps: dropout would be kept
    ids = torch.ones((2, 9), dtype=torch.int64)
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    shape = {0: batch, 1: length}
    exact = target / "exact.onnx"
    with torch.no_grad():
        torch.onnx.export(
            module,
            (ids, torch.zeros_like(ids)),  # two tensors: one given twice would be exported as one input
            str(exact),
            input_names=_INPUTS,
            output_names=outputs,
            dynamic_shapes=tuple(shape for _ in _INPUTS),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    _optimize(exact, heads)
    _check_agreement(module, exact)
    if precision == "int8":
        quantize(exact, target / "model.onnx", calibration_samples=calibration_samples)
        exact.unlink()
    else:
        exact.rename(target / "model.onnx")


def quantize(
    exact: Path,
    target: Path,
    *,
    keep_float: Sequence[str] = (),
    calibration_samples: Sequence[dict[str, Any]] = (),
) -> None:
    """Dynamic int8, a scale per channel; nodes whose name holds one of ``keep_float`` stay as they are.

    With ``calibration_samples`` (inputs of the graph), channels of products' inputs are equalised first.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from rag.adapters.onnx.channel_equalization import equalize_channels

    model = onnx.load(str(exact))
    if calibration_samples:
        equalize_channels(model, calibration_samples)
    nodes = [node.name for node in model.graph.node]
    quantize_dynamic(
        model,
        target,
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[name for name in nodes if any(part in name for part in keep_float)],
        # ONNX can't infer the types behind an operator of the runtime's own.
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def _optimize(path: Path, heads: int) -> None:
    import onnx

    from rag.adapters.onnx.graph_optimization import drop_unused_units, fuse_attention, separate_sum_and_norm

    model = onnx.load(str(path))
    separate_sum_and_norm(model)
    if heads:
        fuse_attention(model, heads)
    drop_unused_units(model)
    onnx.save(model, str(path))


def _check_agreement(module: Any, path: Path) -> None:
    """Raises RuntimeError where the exported graph and the model differ on ids of another shape."""
    import numpy as np
    import onnxruntime
    import torch

    ids = torch.randint(1_000, 2_000, (3, 21), generator=torch.Generator().manual_seed(7))
    inputs = (ids, torch.zeros_like(ids))
    with torch.no_grad():
        expected = module(*inputs)
    expected = expected if isinstance(expected, tuple) else (expected,)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [node.name for node in session.get_inputs()]
    feeds = dict(zip(_INPUTS, inputs, strict=True))
    outputs_of_graph = session.run(None, {name: feeds[name].numpy() for name in names})
    for expected_output, actual in zip(expected, outputs_of_graph, strict=True):
        if not np.allclose(expected_output.numpy(), actual, atol=1e-3):
            raise RuntimeError("the exported graph doesn't agree with the model")


def _write_description(target: Path, description: dict[str, Any]) -> None:
    (target / "model.json").write_text(json.dumps(description, indent=1), "utf-8")


def main(arguments: list[str]) -> None:
    """Entry point of the child process."""
    kind, source, precision, target = arguments
    compile_model = {"embedder": compile_embedder, "reader": compile_reader}[kind]
    compile_model(source, precision, Path(target))


if __name__ == "__main__":
    main(sys.argv[1:])
