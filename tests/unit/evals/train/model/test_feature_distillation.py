"""Becoming like another model: nothing to learn from oneself, padding left out, and each step nearer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals.train.data.examples import Example
from evals.train.model.batches import Batch, encode, load_tokenizer
from evals.train.model.feature_distillation import likeness
from evals.train.model.trainer import Recipe, Trainer, loss_of
from rag.types import Span

TOKENIZER = load_tokenizer(Path(__file__).parents[5] / "rag" / "models" / "reader", 64)
TEXTS = ("The rink was built in 1897.", "Visitors liked the soup, and came again for it in spring.")
EXAMPLES = [Example(question="When?", context=text, span=None, kind="span") for text in TEXTS]


def tiny(seed: int) -> Any:
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=30522,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.3,
    )
    config._attn_implementation = "eager"
    return BertForQuestionAnswering(config)


def far(model: Any, batch: Batch) -> float:
    """From the first tiny model."""
    return float(likeness(tiny(1))(model, batch).detach())


def test_a_model_is_like_itself() -> None:
    """Its own loss is 0, another's isn't."""
    batch = encode(EXAMPLES, TOKENIZER)
    assert far(tiny(1).eval(), batch) == pytest.approx(0, abs=1e-6)
    assert far(tiny(2).eval(), batch) > 0.1


def test_padding_is_nothing_to_be_like() -> None:
    """A short example says the same alone as between copies that are padded to a longer one's width."""
    import numpy as np

    model = tiny(2).eval()
    alone = encode(EXAMPLES[:1], TOKENIZER)
    padded = encode(EXAMPLES[:1], TOKENIZER)
    padded.inputs.update({n: np.pad(a, ((0, 0), (0, 9))) for n, a in alone.inputs.items()})
    assert far(model, padded) == pytest.approx(far(model, alone), rel=0.02)


def test_each_step_brings_it_nearer(tmp_path: Path) -> None:
    model, batch = tiny(2), encode(EXAMPLES, TOKENIZER)
    before = far(model, batch)
    recipe = Recipe(steps=30, batch=2, rate=1e-2, threads=1)
    Trainer(model, tmp_path, recipe, print, likeness(tiny(1))).run(EXAMPLES * 30, TOKENIZER)
    assert far(model.eval(), batch) < before / 2


def test_labelled_examples_are_learnt_from_their_labels() -> None:
    """What the other makes of them is nothing; each example counts the same, whatever stands beside it."""
    model = tiny(2).eval()
    plain = EXAMPLES[0]
    marked = replace(EXAMPLES[1], span=Span(0, 8), labelled=True)
    label = float(loss_of(model, encode([marked], TOKENIZER)).detach())
    assert far(model, encode([marked], TOKENIZER)) == pytest.approx(label)
    assert far(tiny(1).eval(), encode([marked], TOKENIZER)) > 0.1
    alike = far(model, encode([plain], TOKENIZER))
    assert far(model, encode([plain, marked, plain, plain], TOKENIZER)) == pytest.approx(
        (3 * alike + label) / 4, rel=0.02
    )
