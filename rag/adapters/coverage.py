"""How many of a question's words a passage has: the part of the lexical score beside BM25.

A question in other words than the page's shares few words with it. BM25 then prefers a short passage that
has one of them often; better is one that has more of them, each once. So the score is BM25 and the
coverage: twice the sum of the inverse document frequencies (IDF) of those words that the passage has in its
text or context (a word's share in BM25 is up to 2.2 times its IDF). A related word ("buy" for "purchase")
counts 0.7 of the word itself, and function words count nothing. docs/decisions/retrieval.md has the effect,
measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from rag.english.function_words import STOP_WORDS
from rag.english.related_words import related_stems
from rag.english.words import stem

_RELATED = 0.7  # of a word's weight, for a passage that has a related word only
# Longer lists of passages cost time and tell passages apart no better: shares of all passages.
_MAX_SHARE, _MAX_RELATED_SHARE = 0.25, 0.2
_FREQUENT = 500  # passages; these shares are of larger collections

Part = tuple[str, float]
"""A term and its weight."""


def coverage(
    terms: Sequence[str], passages_with: Callable[[str], int], passages: int, weight: float
) -> Iterator[tuple[str, list[Part]]]:
    """For each word that carries meaning the terms that stand for it; the one with the most weight counts.

    A word that the collection doesn't have has the IDF of its related words together.

    Args:
        terms: of the question, as the fields' analyzer gives them.
        passages_with: the number of passages that have a term.
        passages: the number of all.
        weight: of a term that a passage has at all, in its IDF.
    """
    for term in dict.fromkeys(terms):
        if not carries_meaning(term):
            continue
        count = passages_with(term)
        related = {other: n for other in related_stems(term) if (n := passages_with(other))}
        full = weight * idf(count or sum(related.values()), passages)
        parts = [(term, full)] if 0 < count <= max(_FREQUENT, _MAX_SHARE * passages) else []
        if parts or not count:
            longest = max(_FREQUENT, _MAX_RELATED_SHARE * passages)
            parts += [(other, _RELATED * full) for other, n in related.items() if n <= longest]
        if parts:
            yield term, parts


def looked_up(terms: Sequence[str]) -> set[str]:
    """The terms whose passages ``coverage`` and BM25 count: the question's and their related ones."""
    related = {other for term in terms if carries_meaning(term) for other in related_stems(term)}
    return {*terms, *related}


def carries_meaning(term: str) -> bool:
    """Whether it is the term of no function word."""
    return term not in _stop_terms()


def idf(count: int, passages: int) -> float:
    """As in BM25 (Robertson and Zaragoza 2009), with the 1 that keeps it above 0."""
    count = min(count, passages)
    return math.log(1 + (passages - count + 0.5) / (count + 0.5))


@cache
def _stop_terms() -> frozenset[str]:
    return frozenset(stem(word) for word in STOP_WORDS)
