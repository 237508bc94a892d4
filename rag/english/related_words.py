"""Words that may stand for one another in a search: "purchase" for "buy", "prohibited" for "forbidden".

The table was made by ``evals/train/related_words.py`` of the embedder's vectors of single words; opposites
("forbidden", "permitted") are near one another too.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from rag.english.words import stem

TABLE = Path(__file__).with_name("related_words.json")


def related_stems(stemmed: str) -> tuple[str, ...]:
    """The stems of words related to a word with this stem, nearest first; empty where none is known.

    >>> "buy" in related_stems("purchas")
    True
    """
    return _table().get(stemmed, ())


@cache
def _table() -> dict[str, tuple[str, ...]]:
    related: dict[str, str] = json.loads(TABLE.read_text("utf-8"))["related"]
    return {stem(word): tuple(stem(near) for near in words.split()) for word, words in related.items()}
