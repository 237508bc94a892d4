"""How much a word says: its inverse document frequency in open texts (Sparck Jones 1972).

``word_weights.json`` has the stems that are frequent in lower case, each with its weight between 0 and 1; a
stem that isn't there is rare and weighs 1. ``python -m evals.train.grounding.word_weights`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rag.english.function_words import STOP_WORDS
from rag.english.words import stem

FILE = Path(__file__).with_name("word_weights.json")
RARE = 1.0
NAME = 1.5
"""A name or a number says more than any other word."""


def weight(word: str) -> float:
    """The weight of a folded word; 0 of a stop word.

    >>> weight("the"), weight("use") < weight("squirrel")
    (0.0, True)
    """
    return 0.0 if word in STOP_WORDS else _weights().get(stem(word), RARE)


def is_frequent(word: str) -> bool:
    """Whether a folded word is frequent in lower case, so that it is no name though it opens a sentence."""
    return word in STOP_WORDS or stem(word) in _weights()


@cache
def _weights() -> Mapping[str, float]:
    weights: Mapping[str, float] = json.loads(FILE.read_text("utf-8"))
    return weights
