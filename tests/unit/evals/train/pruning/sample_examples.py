"""Forty examples of random words, and the idle neurons of the reader that is pruned."""

from __future__ import annotations

from random import Random

from evals.train.data.examples import Example, ExampleKind
from evals.train.model.batches import load_tokenizer
from rag.types import Span
from tests.unit.evals.train.model.tiny_model import READER

TOKENIZER = load_tokenizer(READER, 64)
IDLE_NEURONS = (1, 4, 6, 11)
_WORDS = "rink soup visitors liked built warm old year blue seven river north paper green door music".split()
_RANDOM = Random(1)
EXAMPLES = [
    Example(
        question=f"When was the {_RANDOM.choice(_WORDS)} built?",
        context=" ".join(_RANDOM.choices(_WORDS, k=8 + n % 9)),
        span=Span(0, 4) if n % 2 else None,
        kind=ExampleKind.ANSWER,
    )
    for n in range(40)
]
