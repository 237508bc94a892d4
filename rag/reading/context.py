"""What the reader is shown of a passage, and the way back to the document, offset by offset.

A view is the passage's leads (a table's header, a list's lead-in) and its own text, with pronouns
replaced by the names they were led back to, and a table's rows with their columns' names: asked
"who demanded an apology?", a reader that sees
"He called for an apology from Kristi Noem" can only say Noem. A heading that asks stands before what
answers it: below "How big may an attachment be?", "Up to 35 MB." alone says nothing. Every stretch of
the view keeps the place it is from, so that an answer is always a span of the document.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.english.pronouns import UNAMBIGUOUS_POSSESSIVES
from rag.types import Block, BlockKind, Candidate, Document, Mention, Passage, Span

_ASKING = ("?", "？", "؟")
_BAR = re.compile(r"(?:(?<=\s)|^)\|(?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a view. ``at`` is where it starts in the view, ``source`` where it is from.

    ``antecedent`` is set where ``text`` stands for a pronoun at ``source``: ``text`` then begins with
    the referent's slice. ``group`` tells apart stretches that no answer may straddle.
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
    """Where a stretch of a view is in the document, and how to say it."""

    span: Span
    text: str
    antecedents: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderContext:
    """The text a reader sees, and its pieces in order."""

    text: str
    segments: tuple[Segment, ...]

    def origin(self, at: int) -> tuple[int, int] | None:
        """Where the character at an offset is from, the same in every view of a passage.

        The document's offset and 0; within a name that stands for a pronoun, the pronoun's offset and the
        character's number in the name, from 1. None for text that is from nowhere.
        """
        number = bisect_right(self.segments, at, key=lambda segment: segment.at) - 1
        if number < 0 or at >= self.segments[number].end:
            return None
        segment = self.segments[number]
        inside = at - segment.at
        return (
            (segment.source.start, inside + 1) if segment.antecedent else (segment.source.start + inside, 0)
        )

    def place(self, start: int, end: int) -> SourceSpan | None:
        """The document's span for ``text[start:end]``.

        None where that is empty, or straddles two groups (a lead and the passage, say).
        """
        touched = [segment for segment in self.segments if segment.at < end and start < segment.end]
        if start >= end or not touched or touched[0].group != touched[-1].group:
            return None
        first, last = touched[0], touched[-1]
        begin = first.source.start if first.antecedent else first.source.start + max(0, start - first.at)
        finish = last.source.end if last.antecedent else last.source.start + min(end, last.end) - last.at
        antecedents = tuple(
            _cut(segment, start, end) for segment in touched if segment.antecedent and len(segment.antecedent)
        )
        return SourceSpan(
            span=Span(begin, finish), text=self.text[start:end].strip(), antecedents=antecedents
        )


def _cut(segment: Segment, start: int, end: int) -> Span:
    """The part of a piece's referent that lies in the view's ``[start, end)``."""
    assert segment.antecedent is not None  # noqa: S101 (for the type checker; callers have looked)
    low = max(0, start - segment.at)
    high = min(len(segment.antecedent), end - segment.at)
    return (
        Span(segment.antecedent.start + low, segment.antecedent.start + high)
        if low < high
        else segment.antecedent
    )


def reader_context(candidate: Candidate, within: Span | None = None) -> ReaderContext:
    """The view of a candidate's passage: leads, a line each, then the passage, or only the part ``within``.

    First a heading that is a question, which no answer is taken from. Pronouns read as their names; a
    table's row reads as "column: cell; column: cell". No answer straddles two blocks (paragraphs, list
    items) or two cells.
    """
    document, passage = candidate.document, candidate.passage
    headers = _headers(document, passage.span)
    view = _Builder(document.text)
    view.say(_question_above(document, passage))
    for context_span in passage.context_spans:
        if context_span not in headers:
            view.add(context_span)
            view.cut("\n")
    _body(view, document, passage, within or passage.span)
    return view.done()


def _question_above(document: Document, passage: Passage) -> str:
    """The line of the heading above a passage, where that asks something and the passage isn't it."""
    path = document.section_at(passage.span.start)
    heading = path[-1] if path else ""
    own = passage.span.slice(document.text).startswith(heading)
    return f"{heading}\n" if heading.endswith(_ASKING) and not own else ""


def readable_text(document: Document, passage: Passage, span: Span) -> str:
    """How a stretch of a passage reads: its pronouns as names, its rows with their columns' names."""
    view = _Builder(document.text)
    _body(view, document, passage, span)
    return view.done().text


def _body(view: _Builder, document: Document, passage: Passage, within: Span) -> None:
    headers = _headers(document, within)
    cursor = within.start
    for block in _blocks_in(document, within):
        part = Span(max(block.span.start, within.start), min(block.span.end, within.end))
        view.prose(Span(cursor, part.start), passage.mentions)
        view.cut()
        cells = _cells(document.text, block) if part == block.span else None
        if cells is not None:
            view.row(cells)
        elif block.span not in headers:
            view.prose(part, passage.mentions)
        view.cut()
        cursor = part.end
    view.prose(Span(cursor, within.end), passage.mentions)


def _headers(document: Document, within: Span) -> set[Span]:
    """The header lines whose names are read with the rows of a stretch, and so not once more."""
    blocks = _blocks_in(document, within)
    return {
        block.context_span
        for block in blocks
        if block.context_span and _cells(document.text, block) is not None
    }


class _Builder:
    """Puts a view together, piece by piece."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: list[Segment] = []
        self._parts: list[str] = []
        self._at = 0
        self._group = 0

    def add(self, source: Span, said: str | None = None, antecedent: Span | None = None) -> None:
        """A piece of the document, or what stands for it."""
        shown = source.slice(self._text) if said is None else said
        if shown:
            segment = Segment(
                at=self._at, text=shown, source=source, antecedent=antecedent, group=self._group
            )
            self._pieces.append(segment)
            self.say(shown)

    def say(self, text: str) -> None:
        """Text that is from nowhere and can't be part of an answer."""
        self._parts.append(text)
        self._at += len(text)

    def cut(self, between: str = "") -> None:
        """No answer straddles this place."""
        self.say(between)
        self._group += 1

    def prose(self, span: Span, mentions: Iterable[Mention]) -> None:
        """A stretch of text with its pronouns' names in their places."""
        cursor = span.start
        for mention in mentions:
            if not span.contains(mention.span):
                continue
            self.add(Span(cursor, mention.span.start))
            name = mention.antecedent.slice(self._text)
            possessive = mention.span.slice(self._text).casefold() in UNAMBIGUOUS_POSSESSIVES
            self.add(mention.span, f"{name}'s" if possessive else name, mention.antecedent)
            cursor = mention.span.end
        self.add(Span(cursor, span.end))

    def row(self, cells: Sequence[tuple[str, Span]]) -> None:
        """A table's row, each cell behind the name of its column."""
        for number, (column, cell) in enumerate(cells):
            self.cut("; " if number else "")
            self.say(f"{column}: " if column else "")
            self.add(cell)
        self.cut(".")

    def done(self) -> ReaderContext:
        return ReaderContext(text="".join(self._parts), segments=tuple(self._pieces))


def in_table(document: Document, span: Span) -> bool:
    """Whether a stretch is of a table's row."""
    return any(block.kind is BlockKind.TABLE_ROW for block in _blocks_in(document, span))


def _blocks_in(document: Document, span: Span) -> list[Block]:
    """The blocks that overlap a span, in order."""
    first = bisect_right(document.blocks, span.start, key=lambda block: block.span.end)
    found = []
    for block in document.blocks[first:]:
        if block.span.start >= span.end:
            break
        found.append(block)
    return found


def _cells(text: str, block: Block) -> list[tuple[str, Span]] | None:
    """A row's filled cells with their columns' names; None for what isn't a row under a header."""
    if block.kind is not BlockKind.TABLE_ROW or block.context_span is None:
        return None
    names, cells = split_cells(text, block.context_span), split_cells(text, block.span)
    if len(names) != len(cells):
        return None
    return [(name.slice(text), cell) for name, cell in zip(names, cells, strict=True) if len(cell)]


def split_cells(text: str, row: Span) -> list[Span]:
    """The cells of a line "a | b | c", trimmed; the first and last may be empty."""
    line = row.slice(text)
    cells, start = [], 0
    for bar in (*_BAR.finditer(line), None):
        part = line[start : bar.start() if bar else len(line)]
        begin = row.start + start + len(part) - len(part.lstrip())
        cells.append(Span(begin, max(begin, begin + len(part.strip()))))
        start = bar.end() if bar else 0
    return cells
