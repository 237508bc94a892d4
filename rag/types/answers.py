"""Answers and abstentions, with the citations they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rag.types.span import Span
from rag.types.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An exact place: ``document.text[start:end] == quote`` in the stored version, always.

    ``version`` is the document's sha256 in hex. ``prefix`` and ``suffix`` are up to 32 code points
    around the quote (as the W3C TextQuoteSelector), to find it again after an edit.
    """

    document_id: str
    version: str
    title: str
    uri: str
    start: int
    end: int
    quote: str
    prefix: str = ""
    suffix: str = ""
    section: tuple[str, ...] = ()
    page: int | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if not self.quote or self.end - self.start != len(self.quote):
            raise ValueError("a citation's quote is as long as its span, and not empty")

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of an answer and the indices of the citations that support it."""

    text: str
    citations: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError("a statement without a citation cannot be made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Another value the documents give for the same question, with its own citation index."""

    text: str
    citations: tuple[int, ...]


class Reason(StrEnum):
    """Why no answer was given."""

    NOTHING_INDEXED = "nothing_indexed"
    NOTHING_RELEVANT = "nothing_relevant"
    NOT_ANSWERED_HERE = "not_answered_here"
    NOT_CONFIDENT = "not_confident"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with its citations. Can't be constructed without one.

    ``confidence`` is the calibrated probability that ``text`` is right.
    """

    question: str
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    confidence: float
    conflicts: tuple[Conflict, ...] = ()
    trace: Trace = field(default_factory=Trace, compare=False)

    def __post_init__(self) -> None:
        if not self.citations or not self.statements:
            raise ValueError("an answer without a citation cannot be made")
        used = [i for s in self.statements for i in s.citations]
        used += [i for c in self.conflicts for i in c.citations]
        if any(not 0 <= i < len(self.citations) for i in used):
            raise ValueError("a statement cites a citation that is not there")


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """No answer, and why; ``nearest`` are citations of the sentences nearest to the question."""

    question: str
    reason: Reason
    confidence: float
    nearest: tuple[Citation, ...] = ()
    trace: Trace = field(default_factory=Trace, compare=False)


Outcome = Answer | Abstention
