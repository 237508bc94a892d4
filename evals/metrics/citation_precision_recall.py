"""Sentence-level citation precision and recall, after ALCE (Gao et al. 2023, arXiv:2305.14627).

ALCE asks an entailment model whether citations support a statement (``statement_support`` does so
word for word). Here people have named the places that do: a *need* is a group of places any one of
which is enough, and *allowed* are further places that are fair to cite beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from evals.cases.evidence import Evidence, normalize_whitespace
from rag.types import Citation

Need = Sequence[Evidence]


def missing(cited: Sequence[Citation], needs: Iterable[Need]) -> list[Evidence]:
    """The first place of each need that no citation is of."""
    return [need[0] for need in needs if not _held(cited, need)]


def citation_recall(cited: Sequence[Citation], needs: Sequence[Need]) -> float:
    """Share of needs met by a citation; 1.0 where nothing is needed."""
    return 1.0 - len(missing(cited, needs)) / len(needs) if needs else 1.0


def citation_precision(
    cited: Sequence[Citation], needs: Iterable[Need], allowed: Iterable[Evidence] = ()
) -> float:
    """Share of citations that meet a need or are allowed; 0.0 where nothing is cited."""
    fair = [place for need in needs for place in need] + list(allowed)
    good = sum(any(place.cited_by(citation) for place in fair) for citation in cited)
    return good / len(cited) if cited else 0.0


def forbidden(cited: Iterable[Citation], never: Sequence[Evidence]) -> list[Evidence]:
    """The places that must not be cited and are, even in part."""
    given = list(cited)
    return [place for place in never if any(place.overlapped_by(citation) for citation in given)]


def _held(cited: Sequence[Citation], need: Need) -> bool:
    if any(place.cited_by(citation) for place in need for citation in cited):
        return True
    # A quote may run over two citations of a document that stand next to each other in the list.
    pairs = [(a, b) for a, b in pairwise(cited) if a.document_id == b.document_id]
    return any(_runs_over(place, a, b) for place in need for a, b in pairs)


def _runs_over(place: Evidence, one: Citation, other: Citation) -> bool:
    if place.quote is None or not place.in_document(one.document_id, one.uri, one.title):
        return False
    return normalize_whitespace(place.quote) in normalize_whitespace(f"{one.quote} {other.quote}")
