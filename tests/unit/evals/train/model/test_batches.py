"""Batches: tokens that cover the answer, length buckets in a fixed order."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from evals.train.data.examples import Example, ExampleKind
from evals.train.model.batches import bucket_by_length, encode, load_tokenizer
from rag.types import Span
from tests.unit.evals.train.model.tiny_model import READER

TEXT = "Naïve users paid $4.50 for 4 hours of hockey."


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer(READER, 64)


def example(answer: str | None, *, sentence_level: bool = False, text: str = TEXT) -> Example:
    span = None if answer is None else Span(text.index(answer), text.index(answer) + len(answer))
    return Example(
        question="What was paid?",
        context=text,
        span=span,
        kind=ExampleKind.ANSWER,
        sentence_level=sentence_level,
    )


@pytest.mark.parametrize("answer", ["$4.50", "Naïve", "4 hours", "hockey", TEXT])
def test_targets_cover_the_answer(tokenizer: Any, answer: str) -> None:
    """The text from the start token to the end token is the answer."""
    batch = encode([example(answer)], tokenizer)
    encoding = tokenizer.encode("What was paid?", TEXT)
    start, end = batch.starts[0].nonzero()[0], batch.ends[0].nonzero()[0]
    assert len(start) == len(end) == 1
    assert TEXT[encoding.offsets[start[0]][0] : encoding.offsets[end[0]][1]] == answer


def test_no_answer_is_the_first_token(tokenizer: Any) -> None:
    """Without an answer both targets are the first token."""
    batch = encode([example(None), example("hockey")], tokenizer)
    assert batch.starts[0].nonzero()[0].tolist() == batch.ends[0].nonzero()[0].tolist() == [0]
    assert not batch.starts[1, 0]


def test_a_sentence_level_answer_has_all_of_its_tokens_as_targets(tokenizer: Any) -> None:
    batch = encode([example("4 hours of hockey", sentence_level=True)], tokenizer)
    assert batch.starts[0].sum() == batch.ends[0].sum() == 4


def test_an_answer_beyond_the_truncation_counts_as_none(tokenizer: Any) -> None:
    """The reader doesn't see it."""
    batch = encode([example("hockey", text="A word. " * 80 + TEXT)], tokenizer)
    assert batch.inputs["input_ids"].shape == (1, 64)
    assert batch.ends[0].nonzero()[0].tolist() == [0]


def test_selected_examples_are_a_batch_of_their_own(tokenizer: Any) -> None:
    """In their order, no wider than the longest of them."""
    examples = [example("hockey"), example("hockey", text=TEXT * 2), example("4 hours")]
    selected = encode(examples, tokenizer).select(np.array([True, False, True]))
    alone = encode([examples[0], examples[2]], tokenizer)
    for name, array in alone.inputs.items():
        assert np.array_equal(selected.inputs[name], array)
    assert np.array_equal(selected.starts, alone.starts)
    assert np.array_equal(selected.ends, alone.ends)


def test_padding_is_masked(tokenizer: Any) -> None:
    """The mask of a shorter text ends where its tokens do."""
    batch = encode([example(None, text="Short."), example(None)], tokenizer)
    assert batch.inputs["attention_mask"][0].sum() < batch.inputs["attention_mask"][1].sum()
    assert ((batch.inputs["input_ids"] == 0) == (batch.inputs["attention_mask"] == 0)).all()


def test_buckets_hold_each_example_once() -> None:
    """Examples of one batch are of similar length; the plan is the same for the same seed."""
    rng = random.Random(3)
    examples = [
        Example(question="Q?", context="x" * rng.randrange(9, 400), span=None, kind=ExampleKind.ANSWER)
        for _ in range(501)
    ]
    plan = bucket_by_length(examples, 8, seed=7)
    assert sorted(n for batch in plan for n in batch) == list(range(501))
    assert plan == bucket_by_length(examples, 8, seed=7)
    assert plan != bucket_by_length(examples, 8, seed=8)
    lengths = [[len(examples[n].context) for n in batch] for batch in plan]
    assert sum(max(batch) - min(batch) for batch in lengths) / len(plan) < 60
