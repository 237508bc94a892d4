"""Questions and what retrieval and reader find for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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


class QuestionForm(StrEnum):
    """In what form a question wants its answer, by its wording."""

    FACT = "fact"
    YES_NO = "yes_no"
    LIST = "list"
    HOW_TO = "how_to"
    WHY = "why"
    DEFINITION = "definition"
    OVERVIEW = "overview"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Polarity:
    """Probabilities that a passage answers a question by yes, by no, or by neither; their sum is 1."""

    yes: float
    no: float
    neither: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the reader says of one candidate.

    Attributes:
        relevance: logit that the passage holds what was asked, against "no passage does".
        support: for each of the passage's sentences the logit that a person must see it.
        spans: short answers, best first.
        polarity: None where the reader can't tell yes from no.
        read_closely: whether the spans are a span reader's (``CloseReading``).
    """

    candidate: Candidate
    relevance: float
    support: tuple[float, ...]
    spans: tuple[SpanAnswer, ...]
    polarity: Polarity | None = None
    read_closely: bool = False
