"""The loss of span prediction: sums over sentence tokens, shares between label and soft labels."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from evals.train.data.examples import Example, ExampleKind
from evals.train.model.batches import Batch, encode, load_tokenizer
from evals.train.model.losses import SOFT_LABEL_WEIGHT, TEMPERATURE, span_loss
from rag.types import Span
from tests.unit.evals.train.model.tiny_model import READER, tiny_model


class UniformModel:
    """All logits are 0."""

    config = SimpleNamespace(pad_token_id=0, type_vocab_size=2)

    def __call__(self, *, input_ids: Any, **inputs: Any) -> Any:
        import torch

        logits = torch.zeros(input_ids.shape)
        return SimpleNamespace(start_logits=logits, end_logits=logits)


def test_the_loss_sums_the_probability_of_all_targets() -> None:
    """With every unmasked token right the loss is 0; with one of four equally likely ones it is log 4."""
    mask = np.array([[1, 1, 1, 1, 0]], np.int64)
    all_right = np.array([[True, True, True, True, False]])
    one_right = np.array([[False, True, False, False, False]])
    inputs = {"input_ids": mask, "attention_mask": mask, "token_type_ids": mask}
    all_loss = span_loss(UniformModel(), Batch(inputs=inputs, starts=all_right, ends=all_right))
    one_loss = span_loss(UniformModel(), Batch(inputs=inputs, starts=one_right, ends=one_right))
    assert float(all_loss) == pytest.approx(0)
    assert float(one_loss) == pytest.approx(math.log(4))


def test_soft_labels_are_weighted_against_the_label() -> None:
    """0.3 of the label's loss and 0.7 of the cross entropy to the teacher, both at a temperature of 2."""
    import torch

    model, tokenizer = tiny_model(initializer_range=0.5).eval(), load_tokenizer(READER, 96)
    example = Example(
        question="When was the rink built?",
        context="The rink was built in 1897.",
        span=Span(22, 26),
        kind=ExampleKind.ANSWER,
    )
    tokens = encode([example], tokenizer).starts.shape[1]
    logits = torch.randn(2, tokens, generator=torch.Generator().manual_seed(3)) * 3
    soft_labels = logits.softmax(1).numpy().astype(np.float16)
    batch = encode([replace(example, soft_labels=soft_labels)], tokenizer)
    assert batch.soft_labels is not None
    with torch.no_grad():
        loss = float(span_loss(model, batch))
        label_loss = float(span_loss(model, encode([example], tokenizer)))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = model(**{name: torch.from_numpy(array) for name, array in batch.inputs.items()})
    cross_entropies = []
    for predicted, teacher in zip((output.start_logits, output.end_logits), batch.soft_labels, strict=True):
        target = np.sqrt(teacher[0].astype(np.float64))
        log_probabilities = (predicted[0].double() / 2).log_softmax(0).numpy()
        cross_entropies.append(-4 * float((target / target.sum() * log_probabilities).sum()))
    assert (SOFT_LABEL_WEIGHT, TEMPERATURE) == (0.7, 2.0)
    assert loss == pytest.approx(0.3 * label_loss + 0.7 * sum(cross_entropies) / 2, rel=1e-3)
