"""The values that travel through Saywhere: frozen, slotted, standard library only.

Every offset is a half-open range of Unicode code points into ``Document.text`` (as the W3C
TextPositionSelector). JavaScript counts UTF-16 units: code there must never index with these.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open code point range ``[start, end)`` of a document's text.

    >>> Span(2, 5).slice("abcdefg")
    'cde'

    Raises:
        ValueError: if ``start`` is negative or ``end`` lies before ``start``.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def slice(self, text: str) -> str:
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def shift(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The stretch of text under one heading, the heading line included.

    ``path`` holds the headings from the outermost to this one; sections of a document neither
    overlap nor nest: a sub-section starts where its parent's own text ends.
    """

    span: Span
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page (or slide) of a paged document; ``number`` counts from 1."""

    span: Span
    number: int


class BlockKind(StrEnum):
    """What a block is, so that the splitter knows how it may be cut."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_HEADER = "table_header"
    TABLE_ROW = "table_row"
    CODE = "code"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A line group that a format reader recognised; blocks are in order and never overlap.

    ``context_span`` is the span a reader needs beside this block to understand it: a table row's header
    row, a list item's lead-in sentence.
    """

    span: Span
    kind: BlockKind
    context_span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of one source text, the truth that every citation points into.

    ``id`` is stable for a source; ``sha256`` (hex, of ``text`` in UTF-8) names the version.
    """

    id: str
    uri: str
    title: str
    text: str
    media_type: str = "text/plain"
    sections: tuple[Section, ...] = ()
    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    collection: str = DEFAULT_COLLECTION
    sha256: str = ""

    def __post_init__(self) -> None:
        if not self.sha256:
            object.__setattr__(self, "sha256", text_sha256(self.text))

    def section_at(self, offset: int) -> tuple[str, ...]:
        """The heading path at a code point offset; empty before the first heading.

        By halves: some documents have thousands of headings.
        """
        at = bisect_right(self.sections, offset, key=lambda section: section.span.start) - 1
        return self.sections[at].path if at >= 0 and offset < self.sections[at].span.end else ()

    def page_at(self, offset: int) -> int | None:
        """The page number at a code point offset, None where the document has no pages."""
        for page in self.pages:
            if page.span.start <= offset < page.span.end:
                return page.number
        return None


def text_sha256(text: str) -> str:
    """Hex sha256 of a text in UTF-8; lone surrogates are kept (``surrogatepass``)."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A pronoun (or description) and the name it was led back to, both in the same document."""

    span: Span
    antecedent: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Whole sentences of one document version that are read together, never across a section.

    ``sentences`` tile the passage in order (white space between them apart). ``context_spans`` are spans
    outside or inside the passage that a reader sees before it: heading lines, a table's header
    row, a list's lead-in. ``mentions`` lead its pronouns back to names, ordered by span.
    """

    document_id: str
    version: str
    span: Span
    sentences: tuple[Span, ...]
    context_spans: tuple[Span, ...] = ()
    mentions: tuple[Mention, ...] = ()
    collection: str = DEFAULT_COLLECTION
    id: str = ""

    def __post_init__(self) -> None:
        if not self.sentences:
            raise ValueError("a passage has at least one sentence")
        if not self.id:
            key = f"{self.collection}\0{self.document_id}\0{self.version}\0{self.span.start}\0{self.span.end}"
            object.__setattr__(self, "id", sha256(key.encode()).hexdigest()[:24])


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
    """A stretch of a candidate that the reader holds for the answer.

    ``span`` points into the document. ``text`` is what to say: the slice itself, or the name
    where the span is a pronoun; ``antecedents`` then holds the spans of those names. ``score`` and
    ``no_answer_score`` are sums of start and end logits; ``score - no_answer_score`` says how much
    more the reader believes in this span than in "not here".
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
class Step:
    """What one stage did: its name, how long it took in milliseconds, and its findings."""

    name: str
    ms: float
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The steps an answer went through, in order. Never part of an answer's identity."""

    steps: tuple[Step, ...] = ()

    @property
    def timings_ms(self) -> dict[str, float]:
        return {step.name: step.ms for step in self.steps}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the documents say, with where. Can't be made without a citation.

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
    """The documents don't hold the answer, or not surely enough; ``nearest`` is what they do say."""

    question: str
    reason: Reason
    confidence: float
    nearest: tuple[Citation, ...] = ()
    trace: Trace = field(default_factory=Trace, compare=False)


Outcome = Answer | Abstention
