"""Documents and their parts: sections, pages, blocks, passages, mentions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from rag.types.span import Span

DEFAULT_COLLECTION = "default"


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
        """The heading path at a code point offset; empty before the first heading. O(log sections)."""
        at = bisect_right(self.sections, offset, key=lambda section: section.span.start) - 1
        return self.sections[at].path if at >= 0 and offset < self.sections[at].span.end else ()

    def headings_at(self, offset: int) -> tuple[str, ...]:
        """Title and heading path at an offset, outermost first; a heading equal to the title only once."""
        parts = (self.title, *self.section_at(offset))
        return tuple(dict.fromkeys(part for part in parts if part.strip()))

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
    """A resolved pronoun and its antecedent, both in the same document."""

    span: Span
    antecedent: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Whole sentences of one document version that are read together, never across a section.

    ``sentences`` tile the passage in order (white space between them apart). ``context_spans`` are spans
    outside or inside the passage that a reader sees before it: heading lines, a table's header
    row, a list's lead-in sentence. ``mentions`` are its resolved pronouns, ordered by span.
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
