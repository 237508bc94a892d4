"""The reader context: the text that the reader gets of a passage, every offset mapped to the document.

It consists of the passage's context spans (a table's header, a list's lead-in sentence) and its own text.
Pronouns are replaced by their antecedents: in "He thanked the minister" a reader finds no other person than
the minister. Table rows are written with their columns' names. A heading that is a question comes before the
text below it: "Up to 35 MB." means nothing without "How big may an attachment be?".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.english.pronouns import UNAMBIGUOUS_POSSESSIVES
from rag.reading.table_rows import blocks_in, named_cells
from rag.types import Candidate, Document, Mention, Passage, Span

_QUESTION_MARKS = ("?", "？", "؟")
_MAX_HEADING_LINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a reader context: ``text`` at offset ``at``, made of the document's span ``source``.

    ``antecedent`` is set where ``text`` replaces a pronoun at ``source``: ``text`` then begins with the
    antecedent's slice. No answer straddles two groups.
    """

    at: int
    text: str
    source: Span
    antecedent: Span | None = None
    group: int = 0

    @property
    def end(self) -> int:
        return self.at + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpan:
    """The document's span of a range of a context, and its text with antecedents in place."""

    span: Span
    text: str
    antecedents: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderContext:
    """The text that the reader gets, and its segments in order."""

    text: str
    segments: tuple[Segment, ...]

    def origin(self, at: int) -> tuple[int, int] | None:
        """The origin of the character at an offset; equal in every context of the same passage.

        The document's offset and 0; within an antecedent that replaces a pronoun, the pronoun's offset and
        the character's position in the antecedent, from 1. None for text that is not the document's.
        """
        number = bisect_right(self.segments, at, key=lambda segment: segment.at) - 1
        if number < 0 or at >= self.segments[number].end:
            return None
        segment = self.segments[number]
        inside = at - segment.at
        if segment.antecedent:
            return segment.source.start, inside + 1
        return segment.source.start + inside, 0

    def source_span(self, start: int, end: int) -> SourceSpan | None:
        """The document's span of ``text[start:end]``.

        None where that is empty, or straddles two groups (a context span and the passage, say).
        """
        covered = [segment for segment in self.segments if segment.at < end and start < segment.end]
        if start >= end or not covered or covered[0].group != covered[-1].group:
            return None
        first, last = covered[0], covered[-1]
        begin = first.source.start if first.antecedent else first.source.start + max(0, start - first.at)
        finish = last.source.end if last.antecedent else last.source.start + min(end, last.end) - last.at
        antecedents = tuple(
            _part(segment, segment.antecedent, start, end)
            for segment in covered
            if segment.antecedent and len(segment.antecedent)
        )
        return SourceSpan(
            span=Span(begin, finish), text=self.text[start:end].strip(), antecedents=antecedents
        )


def _part(segment: Segment, antecedent: Span, start: int, end: int) -> Span:
    """The part of a segment's antecedent that lies in the context's ``[start, end)``, else all of it."""
    low = max(0, start - segment.at)
    high = min(len(antecedent), end - segment.at)
    return Span(antecedent.start + low, antecedent.start + high) if low < high else antecedent


def reader_context(
    candidate: Candidate, within: Span | None = None, *, headings: bool = False
) -> ReaderContext:
    """The reader context of a candidate's passage, or of the part ``within`` it.

    First a heading that is a question (it can't be part of an answer) or, with ``headings``, the document's
    title and all headings above the passage on one line; then the context spans, a line each, then the text.
    A table row is written "column: cell; column: cell." No answer straddles two blocks (paragraphs, list
    items) or two cells.
    """
    document, passage = candidate.document, candidate.passage
    headers = _headers(document, passage.span)
    builder = _Builder(document.text)
    builder.add_label(heading_line(document, passage) if headings else _question_heading(document, passage))
    for context_span in passage.context_spans:
        if context_span not in headers:
            builder.add(context_span)
            builder.end_group("\n")
    _add_body(builder, document, passage, within or passage.span)
    return builder.build()


def readable_text(document: Document, passage: Passage, span: Span) -> str:
    """A span of a passage with pronouns replaced by antecedents and rows with their columns' names."""
    builder = _Builder(document.text)
    _add_body(builder, document, passage, span)
    return builder.build().text


def heading_line(document: Document, passage: Passage) -> str:
    """The title and headings above a passage, as ``title > heading > heading`` and a line break.

    Without a last heading that the passage itself begins with; cut at ``_MAX_HEADING_LINE`` code points.
    """
    parts = document.headings_at(passage.span.start)
    if len(parts) > 1 and passage.span.slice(document.text).startswith(parts[-1]):
        parts = parts[:-1]
    return " > ".join(parts)[:_MAX_HEADING_LINE] + "\n"


def _question_heading(document: Document, passage: Passage) -> str:
    """The line of the heading above a passage, if it is a question and not in the passage; else empty."""
    path = document.section_at(passage.span.start)
    heading = path[-1] if path else ""
    is_in_passage = passage.span.slice(document.text).startswith(heading)
    return f"{heading}\n" if heading.endswith(_QUESTION_MARKS) and not is_in_passage else ""


def _add_body(builder: _Builder, document: Document, passage: Passage, within: Span) -> None:
    headers = _headers(document, within)
    cursor = within.start
    for block in blocks_in(document, within):
        part = Span(max(block.span.start, within.start), min(block.span.end, within.end))
        builder.add_prose(Span(cursor, part.start), passage.mentions)
        builder.end_group()
        cells = named_cells(document.text, block) if part == block.span else None
        if cells is not None:
            builder.add_row(cells)
        elif block.span not in headers:
            builder.add_prose(part, passage.mentions)
        builder.end_group()
        cursor = part.end
    builder.add_prose(Span(cursor, within.end), passage.mentions)


def _headers(document: Document, within: Span) -> set[Span]:
    """The header rows that are left out, as the cells below them are written with their columns' names."""
    return {
        block.context_span
        for block in blocks_in(document, within)
        if block.context_span and named_cells(document.text, block) is not None
    }


class _Builder:
    """Builds a reader context, segment by segment."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._segments: list[Segment] = []
        self._parts: list[str] = []
        self._at = 0
        self._group = 0

    def add(self, source: Span, replacement: str | None = None, antecedent: Span | None = None) -> None:
        """Appends a span of the document, or its replacement."""
        text = source.slice(self._text) if replacement is None else replacement
        if text:
            self._segments.append(
                Segment(at=self._at, text=text, source=source, antecedent=antecedent, group=self._group)
            )
            self.add_label(text)

    def add_label(self, text: str) -> None:
        """Appends text that is no part of the document, nor of an answer."""
        self._parts.append(text)
        self._at += len(text)

    def end_group(self, separator: str = "") -> None:
        """Ends a group: no answer straddles this position."""
        self.add_label(separator)
        self._group += 1

    def add_prose(self, span: Span, mentions: Iterable[Mention]) -> None:
        """Appends a span with antecedents in the place of its pronouns."""
        cursor = span.start
        for mention in mentions:
            if not span.contains(mention.span):
                continue
            self.add(Span(cursor, mention.span.start))
            name = mention.antecedent.slice(self._text)
            is_possessive = mention.span.slice(self._text).casefold() in UNAMBIGUOUS_POSSESSIVES
            self.add(mention.span, f"{name}'s" if is_possessive else name, mention.antecedent)
            cursor = mention.span.end
        self.add(Span(cursor, span.end))

    def add_row(self, cells: Sequence[tuple[str, Span]]) -> None:
        """Appends a table row, each cell after its column's name."""
        for number, (column, cell) in enumerate(cells):
            self.end_group("; " if number else "")
            self.add_label(f"{column}: " if column else "")
            self.add(cell)
        self.end_group(".")

    def build(self) -> ReaderContext:
        return ReaderContext(text="".join(self._parts), segments=tuple(self._segments))
