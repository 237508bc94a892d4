"""Small documents, passages and candidates for tests."""

from __future__ import annotations

from rag.text import sentences
from rag.types import Candidate, Document, Mention, Passage, Scores, Span


def document(text: str, *, id: str = "d1", title: str = "Notes", **more: object) -> Document:
    """A document of the default collection."""
    return Document(id=id, uri=f"notes/{id}.txt", title=title, text=text, **more)  # type: ignore[arg-type]


def find(text: str, part: str, nth: int = 0) -> Span:
    """The span of a part's nth occurrence (0 the first)."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(part, at + 1)
    return Span(at, at + len(part))


def passage(doc: Document, part: str | None = None, **more: object) -> Passage:
    """A passage over a part of a document (all of it by default), cut into its sentences."""
    span = find(doc.text, part) if part is not None else Span(0, len(doc.text))
    return Passage(
        document_id=doc.id,
        version=doc.sha256,
        span=span,
        sentences=sentences(doc.text, span),
        **more,  # type: ignore[arg-type]
    )


def candidate(
    doc: Document,
    part: str | None = None,
    *,
    fused: float = 1.0,
    dense: float | None = 0.6,
    **more: object,
) -> Candidate:
    """A candidate over a part of a document."""
    return Candidate(
        passage=passage(doc, part, **more),
        document=doc,
        scores=Scores(fused=fused, dense=dense, sentence=0),
    )


def mention(doc: Document, pronoun: Span, name: str) -> Mention:
    """A pronoun with the first occurrence of a name as its antecedent."""
    return Mention(span=pronoun, antecedent=find(doc.text, name))
