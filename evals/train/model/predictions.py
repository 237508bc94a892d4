"""What a reader reads: the best span of each text, its margin, and the threshold that tells answers best.

How readings are scored is in ``evals.metrics``: F1, exact match, AUROC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Logits = Callable[[dict[str, NDArray[np.int64]]], tuple[NDArray[np.float32], NDArray[np.float32]]]
_LONGEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The best span of a text, as text, and how far it is ahead of "no answer"."""

    text: str
    margin: float


def read(pairs: Sequence[tuple[str, str]], tokenizer: Any, logits: Logits, batch: int = 16) -> list[Reading]:
    """The best span for each (question, text), in their order."""
    readings: dict[int, Reading] = {}
    ranked = sorted(range(len(pairs)), key=lambda i: len(pairs[i][1]))
    for at in range(0, len(ranked), batch):
        numbers = ranked[at : at + batch]
        codes = tokenizer.encode_batch([pairs[i] for i in numbers])
        width = max(len(code.ids) for code in codes)
        inputs = {
            name: np.array([getattr(c, key) + [0] * (width - len(c.ids)) for c in codes], np.int64)
            for name, key in (
                ("input_ids", "ids"),
                ("attention_mask", "attention_mask"),
                ("token_type_ids", "type_ids"),
            )
        }
        starts, ends = logits(inputs)
        for row, (number, code) in enumerate(zip(numbers, codes, strict=True)):
            readings[number] = _reading(pairs[number][1], code, starts[row], ends[row])
    return [readings[i] for i in range(len(pairs))]


def _reading(text: str, code: Any, starts: NDArray[np.float32], ends: NDArray[np.float32]) -> Reading:
    context = [i for i, sequence in enumerate(code.sequence_ids) if sequence == 1]
    low, high = context[0], context[-1] + 1
    scores = starts[low:high, None] + ends[None, low:high]
    reach = np.arange(high - low)
    length = reach[None, :] - reach[:, None]
    scores = np.where((length >= 0) & (length < _LONGEST), scores, -np.inf)
    start, end = np.unravel_index(int(scores.argmax()), scores.shape)
    return Reading(
        text=text[code.offsets[low + start][0] : code.offsets[low + end][1]],
        margin=float(scores[start, end] - starts[0] - ends[0]),
    )


def best_threshold(higher: Sequence[float], lower: Sequence[float]) -> tuple[float, float]:
    """The margin to answer from on that balances best, and its balanced accuracy."""
    a, b = np.asarray(higher), np.asarray(lower)
    cuts = np.unique(np.concatenate([a, b]))
    accuracies = [((a >= cut).mean() + (b < cut).mean()) / 2 for cut in cuts]
    best = int(np.argmax(accuracies))
    return float(cuts[best]), float(accuracies[best])


def torch_logits(model: Any) -> Logits:
    """A torch span model as a function of arrays."""
    import torch

    from evals.train.model.trainer import accepted, place, tensors

    def run(inputs: dict[str, NDArray[np.int64]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        device = place(model)
        with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16):
            out = model(**accepted(model, tensors(inputs, device)))
        return out.start_logits.float().cpu().numpy(), out.end_logits.float().cpu().numpy()

    return run
