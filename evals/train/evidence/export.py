"""Exports a trained evidence network as the files that ship: one int8 ONNX graph with all its heads."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.train.evidence.model import open_model
from rag.adapters.onnx.compile import calibration_inputs, export_graph, quantize
from rag.adapters.onnx.model_files import file_sha256

OUTPUTS = ["start_logits", "end_logits", "support", "relevance", "polarity"]
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
_PINNED_FILES = ("reader.onnx", "tokenizer.json")


def export(weights: Path, tokenizer: Path, target: Path, *, keep_float: Sequence[str] = ()) -> None:
    """Writes `reader.onnx` (int8), `reader-fp32.onnx` (to compare with), the tokenizer and `sha256.json`.

    Args:
        weights: a folder that ``save_model`` wrote.
        tokenizer: folder of its tokenizer.
        keep_float: substrings of the names of graph nodes that stay fp32.

    Raises:
        OSError: no model lies in ``weights``.
        RuntimeError: the graph doesn't agree with the network.
    """
    from tokenizers import Tokenizer

    target.mkdir(parents=True, exist_ok=True)
    model = open_model(weights).eval()
    for name in _TOKENIZER_FILES:
        shutil.copy(tokenizer / name, target / name)
    shutil.copy(weights / "config.json", target / "config.json")
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        compiled = Path(scratch) / "compiled"
        export_graph(_graph(model), OUTPUTS, compiled, "fp32", heads=model.reader.config.num_attention_heads)
        (compiled / "model.onnx").replace(target / "reader-fp32.onnx")
    samples = calibration_inputs(Tokenizer.from_file(str(target / "tokenizer.json")))
    quantize(
        target / "reader-fp32.onnx",
        target / "reader.onnx",
        keep_float=keep_float,
        calibration_samples=samples,
    )
    pins = {name: file_sha256(target / name) for name in _PINNED_FILES}
    (target / "sha256.json").write_text(json.dumps(pins, indent=2) + "\n", "utf-8")


def _graph(model: Any) -> Any:
    """The network as a module of two inputs, for texts that are run alone, without padding."""
    import torch

    class Evidence(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, input_ids: Any, token_type_ids: Any) -> Any:
            logits = self.inner(input_ids, torch.ones_like(input_ids), token_type_ids)
            return logits.start, logits.end, logits.support, logits.relevance, logits.polarity

    return Evidence()
