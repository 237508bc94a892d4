"""Whether an answer stands, word for word, in its citations."""

from __future__ import annotations

from collections.abc import Iterable

from rag.answering.comparison import normalise


def answer_in_citation(answer: str, quotes: Iterable[str]) -> float:
    """1.0 where one quote holds the whole answer as consecutive words (after normalisation), else 0.0.

    An answer made of several quoted sentences counts where the quotes, in order, hold it.

    >>> answer_in_citation("Grady Judd", ["Sheriff Grady Judd spoke."])
    1.0
    """
    words = f" {normalise(answer)} "
    normalised = [normalise(quote) for quote in quotes]
    texts = [*normalised, " ".join(normalised)]
    return float(bool(words.strip()) and any(words in f" {text} " for text in texts))
