"""Evidence coverage: the share of the evidence that a person needs to see which is cited.

Texts are compared by their words, since a citation may be cut at other places than the evidence, or hold
mark-up. This is more lenient than ``citation_recall``, which wants a quote to hold the whole text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from evals.cases.evidence import Evidence
from evals.cases.words import holds_words, words
from evals.metrics.citation_precision_recall import Group
from rag.types import Citation, Span

SHARE = 0.8  # of an item's words that one citation must have
MIN_WORDS = 5  # of a citation that lies within an item


def evidence_coverage(citations: Sequence[Citation], groups: Sequence[Group]) -> float:
    """Share of groups of which an alternative is covered by one of the citations, in [0, 1].

    An alternative is covered where 80 % of its words (counted with their number) are in the citation, or
    where it holds the citation and that has five words or more. Evidence by offsets or document alone is
    measured in characters.

    Raises:
        ValueError: there are no groups, so that nothing can be measured.
    """
    if not groups:
        raise ValueError("coverage needs at least one group of evidence")
    return len(covered_groups(citations, groups)) / len(groups)


def covered_groups(citations: Sequence[Citation], groups: Iterable[Group]) -> list[Group]:
    """The groups of which an alternative is covered."""
    return [
        group for group in groups if any(_covers(citation, one) for one in group for citation in citations)
    ]


def _covers(citation: Citation, evidence: Evidence) -> bool:
    if not evidence.in_document(citation.document_id, citation.uri, citation.title):
        return False
    if evidence.span is not None and not evidence.span.overlaps(citation.span):
        return False
    if evidence.quote is not None:
        return _covers_words(citation.quote, evidence.quote)
    return evidence.span is None or _covers_span(citation, evidence.span)


def _covers_words(quote: str, text: str) -> bool:
    wanted, given = Counter(words(text)), Counter(words(quote))
    if not wanted:
        return False
    is_most = (wanted & given).total() >= SHARE * wanted.total()
    return is_most or (given.total() >= MIN_WORDS and holds_words(text, quote))


def _covers_span(citation: Citation, span: Span) -> bool:
    shared = min(span.end, citation.end) - max(span.start, citation.start)
    is_inside = span.contains(citation.span) and len(words(citation.quote)) >= MIN_WORDS
    return shared >= SHARE * len(span) or is_inside
