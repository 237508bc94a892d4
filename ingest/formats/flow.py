"""A document's flow of blocks, each with the context span that it can't be understood without.

Every format with paragraphs, lists and tables is written through here, so that a table's row or a
list's item is the same whatever format it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ingest.formats.tables import Row, row_line, to_table
from ingest.formats.writer import DocumentWriter
from rag.types import BlockKind, Span


class Flow:
    """Writes blocks in order. ``owner`` is the span of the list item or quotation that holds a block.

    >>> flow = Flow(DocumentWriter())
    >>> flow.paragraph("Bring:")
    Span(start=0, end=6)
    >>> flow.item("- a pen", flow.list_context(None))
    Span(start=8, end=15)
    """

    def __init__(self, writer: DocumentWriter) -> None:
        self.writer = writer
        self._last_sentence: Span | None = None
        self._depth = 0

    @property
    def depth(self) -> int:
        """How many lists the next block stands in."""
        return self._depth

    def heading(self, text: str, level: int) -> None:
        self.writer.heading(text, level)
        self._last_sentence = None

    def paragraph(self, text: str, owner: Span | None = None) -> Span:
        span = self._write(text, BlockKind.PARAGRAPH, owner)
        self._last_sentence = self.writer.last_sentence if len(span) else None
        return span

    def quote(self, text: str, context_span: Span | None) -> Span:
        return self._write(text, BlockKind.QUOTE, context_span)

    def code(self, text: str, owner: Span | None = None) -> Span:
        return self._write(text, BlockKind.CODE, owner or self.announcement())

    def item(self, text: str, context_span: Span | None, *, tight: bool = False) -> Span:
        """A list's item with its mark, as "- text"."""
        return self._write(text, BlockKind.LIST_ITEM, context_span, tight=tight)

    def facts(self, lines: Sequence[str], subject: str) -> None:
        """Lines "name: value" about a subject, which is named before them: read alone, none says of what
        it tells. An empty subject is left out."""
        lines = [line for line in lines if line.strip()]
        if not lines:
            return
        lead = self.paragraph(f"{subject}:") if subject.strip() else None
        for line in lines:
            self.item(f"- {line}", lead, tight=line is not lines[0] or lead is not None)
        self.end_context()

    def table(
        self, rows: Sequence[Row], owner: Span | None = None, header_rows: int | None = None
    ) -> list[Span]:
        """A table's rows, each with the header as its context; see ``ingest.formats.tables.to_table``.

        Returns the spans of the rows below the header.
        """
        table = to_table(rows, header_rows)
        context_span = owner or self.announcement()
        for title in table.titles:
            context_span = self._write(title, BlockKind.PARAGRAPH, context_span)
        tight = False
        if any(table.header):
            context_span = self._write(row_line(table.header), BlockKind.TABLE_HEADER, context_span)
            tight = True
        spans = []
        for row in table.rows:
            spans.append(self._write(row_line(row), BlockKind.TABLE_ROW, context_span, tight=tight))
            tight = True
        return spans

    def list_context(self, owner: Span | None) -> Span | None:
        """The context of the items of a list that begins here: its owner or the sentence before it."""
        return owner or self._last_sentence

    def announcement(self) -> Span | None:
        """The sentence before, if it ends with a colon."""
        return self._last_sentence if self.writer.ends_with_colon else None

    def end_context(self) -> None:
        """What is written next has no context in what was written before."""
        self._last_sentence = None

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Blocks inside an item of a list."""
        self._depth += 1
        yield
        self._depth -= 1

    def _write(self, text: str, kind: BlockKind, context_span: Span | None, *, tight: bool = False) -> Span:
        self._last_sentence = None
        return self.writer.block(text, kind, context_span=context_span, indent=2 * self._depth, tight=tight)
