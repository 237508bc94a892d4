"""Whether an answer stands, word for word, in what it cites."""

from __future__ import annotations

from collections.abc import Iterable

from rag.answering.comparison import normalise


def answer_in_citation(answer: str, quotes: Iterable[str]) -> float:
    """1.0 where one quote holds the whole answer as consecutive words (after normalisation).

    An answer made of several quoted sentences counts where the quotes, in order, hold it.

    >>> answer_in_citation("Grady Judd", ["Sheriff Grady Judd spoke."])
    1.0
    """
    said = f" {normalise(answer)} "
    held = [normalise(quote) for quote in quotes]
    places = [*held, " ".join(held)]
    return float(bool(said.strip()) and any(said in f" {place} " for place in places))
