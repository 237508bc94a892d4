"""Builds a document block by block, for formats whose text is not their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.formats.limits import DEFAULT, Limits
from ingest.formats.outline import Heading, outline
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.text import sentences
from rag.types import Block, BlockKind, Document, Page, Span


class DocumentWriter:
    """Appends blocks and gives the span of each in the document's text.

    >>> writer = DocumentWriter()
    >>> writer.block("Better:", BlockKind.PARAGRAPH)
    Span(start=0, end=7)
    >>> writer.block("- faster", BlockKind.LIST_ITEM, indent=2)
    Span(start=11, end=19)
    """

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        self._text: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._headings: list[Heading] = []
        self._page_starts: list[tuple[int, int]] = []
        self._included_pages: list[Page] = []

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(self._headings)

    @property
    def top_headings(self) -> tuple[str, ...]:
        """The headings of level 1."""
        return tuple(heading.text for heading in self._headings if heading.level == 1)

    @property
    def last_sentence(self) -> Span | None:
        """The last sentence of the block just written."""
        if not self._blocks:
            return None
        block = self._text[-1]
        return sentences(block)[-1].shift(self._length - len(block))

    @property
    def ends_with_colon(self) -> bool:
        """Whether the block just written ends with a colon: the next block belongs to it."""
        return bool(self._text) and self._text[-1].endswith((":", "："))

    def heading(self, text: str, level: int) -> None:
        """Adds a heading line; one without text is left out."""
        line = " ".join(text.split())
        if line:
            span = self.block(line, BlockKind.HEADING)
            self._headings.append(Heading(span=span, text=line, level=level))

    def block(
        self,
        text: str,
        kind: BlockKind,
        *,
        context_span: Span | None = None,
        indent: int = 0,
        tight: bool = False,
    ) -> Span:
        """Adds text after an empty line (``tight``: a line break) and gives its span.

        Each of its lines is indented by ``indent`` spaces. Text of white space alone adds nothing:
        its span is empty.

        Raises:
            DocumentTooLarge: the text or the number of blocks outgrows the limit.
        """
        text = text.strip("\n").rstrip()
        if not text.strip():
            return Span(self._length, self._length)
        if self._length:
            self._append("\n" if tight else "\n\n")
        margin = " " * indent
        self._append(margin)
        start = self._length
        self._append(text.replace("\n", f"\n{margin}"))
        span = Span(start, self._length)
        self._add_block(Block(span=span, kind=kind, context_span=context_span))
        return span

    def page(self, number: int, at: int | None = None) -> None:
        """Begins a page: with the next block, or at an offset inside the block just written."""
        self._page_starts.append((self._length if at is None else at, number))

    def include(self, document: Document, name: str) -> int:
        """Adds a whole document under a heading ``name`` (empty: none), with its blocks, sections and pages.

        Returns:
            The offset of its text.
        """
        self.heading(name, 1)
        self._append("\n\n" if self._length else "")
        offset = self._length
        self._append(document.text)
        for block in document.blocks or (Block(span=Span(0, len(document.text)), kind=BlockKind.PARAGRAPH),):
            context_span = block.context_span.shift(offset) if block.context_span else None
            span = block.span.shift(offset)
            self._add_block(Block(span=span, kind=block.kind, context_span=context_span))
        for section in document.sections:
            path = section.path or (document.title,)
            span = Span(section.span.start + offset, section.span.start + offset)
            self._headings.append(Heading(span=span, text=path[-1], level=1 + len(path)))
        self._included_pages += [
            Page(span=page.span.shift(offset), number=page.number) for page in document.pages
        ]
        return offset

    def document(
        self, source: Source, *, title: str, media_type: str, metadata: Mapping[str, str]
    ) -> Document:
        """The finished document.

        Raises:
            UnreadableDocument: nothing was written.
        """
        if not self._blocks:
            raise UnreadableDocument(f"{source.name} is empty: it holds no text")
        return Document(
            id=source.document_id,
            uri=source.uri,
            title=title,
            text="".join(self._text),
            media_type=media_type,
            sections=outline(self._headings, self._length, title),
            pages=(*self._page_spans(), *self._included_pages),
            blocks=tuple(self._blocks),
            metadata=dict(metadata),
            collection=source.collection,
        )

    def _page_spans(self) -> Iterator[Page]:
        """Pages without gaps: each ends where the next begins."""
        ends = [*(start for start, _ in self._page_starts[1:]), self._length]
        for (start, number), end in zip(self._page_starts, ends, strict=False):
            yield Page(span=Span(start, max(start, end)), number=number)

    def _add_block(self, block: Block) -> None:
        self._blocks.append(block)
        self._limits.require_blocks(len(self._blocks))

    def _append(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)
        if self._length > self._limits.characters:
            raise DocumentTooLarge(
                f"it holds more than {self._limits.characters:,} characters of text; that is the limit"
            )
