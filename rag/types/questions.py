"""Questions and what retrieval and reader find for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.types.documents import DEFAULT_COLLECTION, Document, Passage
from rag.types.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier question of a conversation with the answer it got (empty: an abstention)."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. ``filters`` are exact matches on document metadata."""

    text: str
    history: tuple[Turn, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    collection: str = DEFAULT_COLLECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Why a candidate is where it is. ``None``: that retriever did not return it.

    ``dense`` is the cosine of its best sentence, ``sentence`` that sentence's index in the
    passage, ``lexical`` the BM25 score, ``fused`` the sum of both on one scale.
    """

    fused: float
    dense: float | None = None
    lexical: float | None = None
    sentence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage that may answer, with the document it is from (so that text is at hand)."""

    passage: Passage
    document: Document
    scores: Scores

    @property
    def text(self) -> str:
        return self.passage.span.slice(self.document.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanAnswer:
    """A span of a candidate that the reader scored as an answer.

    ``span`` points into the document. ``text`` is the answer's text: the slice itself, with antecedents in
    the place of its pronouns; ``antecedents`` holds the spans of those names. ``score`` and
    ``no_answer_score`` are sums of start and end logits; ``margin`` is their difference.
    """

    candidate: Candidate
    span: Span
    text: str
    score: float
    no_answer_score: float
    antecedents: tuple[Span, ...] = ()

    @property
    def margin(self) -> float:
        return self.score - self.no_answer_score
