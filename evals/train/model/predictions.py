"""Span predictions: the best span of each text and its margin, decoded as the service decodes.

F1, exact match and AUROC of predictions are in ``evals.metrics``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.train.model.batches import padded_inputs
from evals.train.model.loading import device_of, model_inputs, to_tensors
from rag.reading.span_selection import top_spans

# Inputs, each ``[examples, tokens]``, to start and end logits of the same shape.
Logits = Callable[[dict[str, NDArray[np.int64]]], tuple[NDArray[np.float32], NDArray[np.float32]]]
NO_SPAN_SCORE = -1e9  # of a text none of whose best starts comes before one of its best ends


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanPrediction:
    """The text of the best span ("" where there is none) and its margin in logits.

    The margin is the span's score minus that of "no answer" (Devlin et al. 2019, arXiv:1810.04805).
    """

    text: str
    margin: float


def predict_spans(
    pairs: Sequence[tuple[str, str]], tokenizer: Any, logits: Logits, batch_size: int = 16
) -> list[SpanPrediction]:
    """One prediction for each (question, text), in their order."""
    predictions: dict[int, SpanPrediction] = {}
    by_length = sorted(range(len(pairs)), key=lambda i: len(pairs[i][1]))
    for first in range(0, len(by_length), batch_size):
        numbers = by_length[first : first + batch_size]
        encodings = tokenizer.encode_batch([pairs[i] for i in numbers])
        starts, ends = logits(padded_inputs(encodings))
        for row, (number, encoding) in enumerate(zip(numbers, encodings, strict=True)):
            predictions[number] = _best_span(pairs[number][1], encoding, starts[row], ends[row])
    return [predictions[i] for i in range(len(pairs))]


def _best_span(
    text: str, encoding: Any, starts: NDArray[np.float32], ends: NDArray[np.float32]
) -> SpanPrediction:
    tokens = len(encoding.ids)
    spans = top_spans(starts[:tokens], ends[:tokens], encoding.sequence_ids)
    no_answer_score = float(starts[0] + ends[0])
    if not spans:
        return SpanPrediction(text="", margin=NO_SPAN_SCORE - no_answer_score)
    best = spans[0]
    return SpanPrediction(
        text=text[encoding.offsets[best.first][0] : encoding.offsets[best.last][1]],
        margin=best.score - no_answer_score,
    )


def torch_logits(model: Any) -> Logits:
    """A torch span model as a function of arrays."""
    import torch

    def run(inputs: dict[str, NDArray[np.int64]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        device = device_of(model)
        with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16):
            output = model(**model_inputs(model, to_tensors(inputs, device)))
        return output.start_logits.float().cpu().numpy(), output.end_logits.float().cpu().numpy()

    return run


def onnx_logits(path: Path) -> Logits:
    """An ONNX span model as a function of arrays."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [node.name for node in session.get_inputs()]

    def run(inputs: dict[str, NDArray[np.int64]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        starts, ends = session.run(["start_logits", "end_logits"], {name: inputs[name] for name in names})
        return starts, ends

    return run
