"""Sentence-level citation precision and recall, after ALCE (Gao et al. 2023, arXiv:2305.14627).

ALCE asks an entailment model whether citations support a statement. Here people have named the
quotes that do: a *need* is a group of quotes any one of which is enough, and *allowed* are further
quotes that are fair to cite beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

Need = Sequence[str]


def missing(cited: Sequence[str], needs: Iterable[Need]) -> list[str]:
    """The first quote of each need that no cited quote holds."""
    return [need[0] for need in needs if not _held(cited, need)]


def citation_recall(cited: Sequence[str], needs: Sequence[Need]) -> float:
    """Share of needs met by a cited quote; 1.0 where nothing is needed."""
    return 1.0 - len(missing(cited, needs)) / len(needs) if needs else 1.0


def citation_precision(cited: Sequence[str], needs: Iterable[Need], allowed: Iterable[str] = ()) -> float:
    """Share of cited quotes that meet a need or are allowed; 0.0 where nothing is cited."""
    fair = [quote for need in needs for quote in need] + list(allowed)
    good = sum(any(_within(part, quote) for part in fair) for quote in cited)
    return good / len(cited) if cited else 0.0


def _held(cited: Sequence[str], need: Need) -> bool:
    """A quote may run over two citations that stand next to each other in the list."""
    joined = [f"{one} {other}" for one, other in pairwise(cited)]
    return any(_within(part, quote) for part in need for quote in (*cited, *joined))


def _within(part: str, quote: str) -> bool:
    return " ".join(part.split()) in " ".join(quote.split())
