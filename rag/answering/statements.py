"""Parts of an answer to its statements, each with the citations that it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.citations import CitationList
from rag.answering.composition.parts import Part, sentence_part
from rag.answering.duplicates import copies_of
from rag.types import Candidate, Statement


def to_statements(
    parts: Sequence[Part], candidate: Candidate, candidates: Sequence[Candidate], citations: CitationList
) -> tuple[Statement, ...]:
    """A statement for each part; where other documents hold the same text, their places are cited too.

    Args:
        candidate: the passage that the parts are of; parts from elsewhere have no copies.
        candidates: all that were retrieved.
    """
    copies = copies_of(candidate, candidates)
    statements = []
    for part in parts:
        indices = citations.add(part.document, part.cited)
        if candidate.passage.span.contains(part.span) and part.document.id == candidate.document.id:
            for copy in copies:
                span = part.span.shift(copy.passage.span.start - candidate.passage.span.start)
                indices += citations.add(copy.document, sentence_part(copy, span).cited)
        statements.append(Statement(text=part.text, citations=tuple(dict.fromkeys(indices)), role=part.role))
    return tuple(statements)
