"""Batches: tokens that cover the answer, and an order that a restart finds again."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.train.data.examples import Example
from evals.train.model.batches import encode, load_tokenizer, order
from rag.types import Span

MODEL = Path(__file__).parents[5] / "rag" / "models" / "reader"
TEXT = "Naïve users paid $4.50 for 4 hours of hockey."


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer(MODEL, 64)


def example(answer: str | None, *, region: bool = False, text: str = TEXT) -> Example:
    span = None if answer is None else Span(text.index(answer), text.index(answer) + len(answer))
    return Example(question="What was paid?", context=text, span=span, kind="span", region=region)


@pytest.mark.parametrize("answer", ["$4.50", "Naïve", "4 hours", "hockey", TEXT])
def test_targets_cover_the_answer(tokenizer: Any, answer: str) -> None:
    """From the start token's offset to the end token's stands the answer, exactly."""
    batch = encode([example(answer)], tokenizer)
    code = tokenizer.encode("What was paid?", TEXT)
    start, end = batch.starts[0].nonzero()[0], batch.ends[0].nonzero()[0]
    assert len(start) == len(end) == 1
    assert TEXT[code.offsets[start[0]][0] : code.offsets[end[0]][1]] == answer


def test_no_answer_is_the_first_token(tokenizer: Any) -> None:
    """Without an answer both targets are the first token."""
    batch = encode([example(None), example("hockey")], tokenizer)
    assert batch.starts[0].nonzero()[0].tolist() == batch.ends[0].nonzero()[0].tolist() == [0]
    assert not batch.starts[1, 0]


def test_a_region_allows_all_its_tokens(tokenizer: Any) -> None:
    """Where only the sentence is known, every token of it is a right start and a right end."""
    batch = encode([example("4 hours of hockey", region=True)], tokenizer)
    assert batch.starts[0].sum() == batch.ends[0].sum() == 4


def test_an_answer_beyond_the_cut_counts_as_none(tokenizer: Any) -> None:
    """The reader isn't asked for what it can't see."""
    batch = encode([example("hockey", text="A word. " * 80 + TEXT)], tokenizer)
    assert batch.inputs["input_ids"].shape == (1, 64)
    assert batch.ends[0].nonzero()[0].tolist() == [0]


def test_a_part_of_a_batch_is_as_if_it_were_alone(tokenizer: Any) -> None:
    """The chosen examples, in their order, no wider than the longest of them."""
    examples = [example("hockey"), example("hockey", text=TEXT * 2), example("4 hours")]
    part = encode(examples, tokenizer).only(np.array([True, False, True]))
    alone = encode([examples[0], examples[2]], tokenizer)
    for name, array in alone.inputs.items():
        assert np.array_equal(part.inputs[name], array)
    assert np.array_equal(part.starts, alone.starts)
    assert np.array_equal(part.ends, alone.ends)


def test_padding_is_masked(tokenizer: Any) -> None:
    """The mask of a shorter text ends where its tokens do."""
    batch = encode([example(None, text="Short."), example(None)], tokenizer)
    assert batch.inputs["attention_mask"][0].sum() < batch.inputs["attention_mask"][1].sum()
    assert ((batch.inputs["input_ids"] == 0) == (batch.inputs["attention_mask"] == 0)).all()


def test_the_order_holds_each_example_once_and_comes_again() -> None:
    """One pass is a permutation, the same for the same seed."""
    rng = random.Random(3)
    examples = [
        Example(question="Q?", context="x" * rng.randrange(9, 400), span=None, kind="span")
        for _ in range(501)
    ]
    plan = order(examples, 8, seed=7)
    assert sorted(n for batch in plan for n in batch) == list(range(501))
    assert plan == order(examples, 8, seed=7)
    assert plan != order(examples, 8, seed=8)
    spreads = [
        max(len(examples[n].context) for n in b) - min(len(examples[n].context) for n in b) for b in plan
    ]
    assert sum(spreads) / len(spreads) < 60
