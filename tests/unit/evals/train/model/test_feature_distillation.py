"""Feature distillation: a model's distance to itself is 0, padding doesn't count, training reduces it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.train.data.examples import Example, ExampleKind
from evals.train.model.batches import Batch, encode, load_tokenizer
from evals.train.model.feature_distillation import feature_distillation_loss
from evals.train.model.losses import span_loss
from evals.train.model.trainer import Hyperparameters, Trainer
from rag.types import Span
from tests.unit.evals.train.model.tiny_model import READER, tiny_model

TOKENIZER = load_tokenizer(READER, 64)
TEXTS = ("The rink was built in 1897.", "Visitors liked the soup, and came again for it in spring.")
EXAMPLES = [
    Example(question="When?", context=text, span=None, kind=ExampleKind.HARD_NEGATIVE) for text in TEXTS
]


def without_dropout(seed: int) -> Any:
    return tiny_model(
        seed, layers=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, initializer_range=0.3
    )


def distance(model: Any, batch: Batch) -> float:
    """From the model of seed 1."""
    return float(feature_distillation_loss(without_dropout(1))(model, batch).detach())


def test_a_model_has_no_distance_to_itself() -> None:
    """Another one has."""
    batch = encode(EXAMPLES, TOKENIZER)
    assert distance(without_dropout(1).eval(), batch) == pytest.approx(0, abs=1e-6)
    assert distance(without_dropout(2).eval(), batch) > 0.1


def test_padding_does_not_count() -> None:
    model = without_dropout(2).eval()
    alone = encode(EXAMPLES[:1], TOKENIZER)
    inputs = {name: np.pad(array, ((0, 0), (0, 9))) for name, array in alone.inputs.items()}
    padded = replace(alone, inputs=inputs)
    assert distance(model, padded) == pytest.approx(distance(model, alone), rel=0.02)


def test_training_reduces_the_distance(tmp_path: Path) -> None:
    model, batch = without_dropout(2), encode(EXAMPLES, TOKENIZER)
    before = distance(model, batch)
    parameters = Hyperparameters(steps=30, batch_size=2, learning_rate=1e-2, threads=1)
    loss = feature_distillation_loss(without_dropout(1))
    Trainer(model, tmp_path, parameters, print, loss).run(EXAMPLES * 30, TOKENIZER)
    assert distance(model.eval(), batch) < before / 2


def test_label_only_examples_are_learnt_from_their_labels() -> None:
    """Each example counts the same, whatever else is in the batch."""
    model = without_dropout(2).eval()
    unlabelled = EXAMPLES[0]
    label_only = replace(EXAMPLES[1], span=Span(0, 8), label_only=True)
    label_loss = float(span_loss(model, encode([label_only], TOKENIZER)).detach())
    assert distance(model, encode([label_only], TOKENIZER)) == pytest.approx(label_loss)
    assert distance(without_dropout(1).eval(), encode([label_only], TOKENIZER)) > 0.1
    feature_loss = distance(model, encode([unlabelled], TOKENIZER))
    mixed = encode([unlabelled, label_only, unlabelled, unlabelled], TOKENIZER)
    assert distance(model, mixed) == pytest.approx((3 * feature_loss + label_loss) / 4, rel=0.02)
