"""Sentence-level citation precision and recall, after ALCE (Gao et al. 2023, arXiv:2305.14627).

ALCE asks an entailment model whether citations support a statement (``statement_support`` does so by words).
Here people have named the evidence: groups of alternatives, of each of which one must be cited, and further
evidence that is fair to cite too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from evals.cases.evidence import Evidence, contains_text
from rag.types import Citation

Group = Sequence[Evidence]  # alternatives: any one is enough


def uncited(citations: Sequence[Citation], groups: Iterable[Group]) -> list[Evidence]:
    """The first alternative of each group of which none is cited."""
    return [group[0] for group in groups if not _is_cited(citations, group)]


def citation_recall(citations: Sequence[Citation], groups: Sequence[Group]) -> float:
    """Share of groups of which one alternative is cited, in [0, 1]; 1.0 where there are no groups."""
    return 1.0 - len(uncited(citations, groups)) / len(groups) if groups else 1.0


def citation_precision(
    citations: Sequence[Citation], groups: Iterable[Group], allowed: Iterable[Evidence] = ()
) -> float:
    """Share of citations that cover expected or allowed evidence, in [0, 1]; 0.0 where nothing is cited."""
    relevant = [evidence for group in groups for evidence in group] + list(allowed)
    hits = sum(any(evidence.cited_by(citation) for evidence in relevant) for citation in citations)
    return hits / len(citations) if citations else 0.0


def forbidden_cited(citations: Iterable[Citation], forbidden: Sequence[Evidence]) -> list[Evidence]:
    """The forbidden evidence that is cited, even in part."""
    citations = list(citations)
    return [e for e in forbidden if any(e.overlapped_by(citation) for citation in citations)]


def _is_cited(citations: Sequence[Citation], group: Group) -> bool:
    if any(evidence.cited_by(citation) for evidence in group for citation in citations):
        return True
    # A quote may run over two citations of a document that stand next to each other in the list.
    pairs = [(a, b) for a, b in pairwise(citations) if a.document_id == b.document_id]
    return any(_spans_both(evidence, a, b) for evidence in group for a, b in pairs)


def _spans_both(evidence: Evidence, first: Citation, second: Citation) -> bool:
    if evidence.quote is None or not evidence.in_document(first.document_id, first.uri, first.title):
        return False
    return contains_text(f"{first.quote} {second.quote}", evidence.quote)
