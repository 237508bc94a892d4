"""Sections and blocks of a text that is kept exactly as it is: no character is changed or left out.

The format readers (``ingest.formats``) write a document's text anew as plain prose. A text that somebody
else has offsets into, as a llama-index document's, must stay; here its structure is only recognised.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from ingest.formats.outline import Heading, outline
from ingest.formats.source import Source
from ingest.formats.text import plain
from ingest.formats.text.front_matter import split_front_matter
from ingest.formats.text.markdown_inline import inline_text
from rag.errors import UnreadableDocument
from rag.types import Block, BlockKind, Document, Section, Span

if TYPE_CHECKING:
    from markdown_it.token import Token

VERSION = "text-structure/1"  # rises when the same text gets another structure
MARKDOWN = "text/markdown"
_MARKDOWN_NAMES = (".md", ".markdown", ".mdown", ".mkd")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStructure:
    """What is recognised in a text; ``title`` is its own, or made of its name."""

    title: str
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]


def with_structure(document: Document, name: str) -> Document:
    """The document with its text's sections and blocks, and with a title if it has none.

    Markdown (by media type or name) is read by CommonMark's block rules with tables, anything else as
    plain text.

    Args:
        name: a file name, for the title of a text without one.
    """
    text = _normalised(document.text)
    structure = _plain(text, name)
    if document.media_type == MARKDOWN or name.lower().endswith(_MARKDOWN_NAMES):
        structure = _markdown(text, structure)
    title = document.title or structure.title
    return replace(document, title=title, sections=structure.sections, blocks=structure.blocks)


def _normalised(text: str) -> str:
    """The text with all line ends as ``\\n`` and without a byte order mark, of the same length."""
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    return f" {text[1:]}" if text.startswith("\ufeff") else text


def _plain(text: str, name: str) -> TextStructure:
    """As the reader of plain text files sees it; without structure where it takes the text for binary."""
    source = Source(data=text.encode(), name=name, uri="", document_id="")
    try:
        document = plain.read(source)
    except UnreadableDocument:
        return TextStructure(title=source.stem_title, sections=(), blocks=())
    if document.text != text:
        return TextStructure(title=document.title, sections=(), blocks=())
    return TextStructure(title=document.title, sections=document.sections, blocks=document.blocks)


def _markdown(text: str, plain_structure: TextStructure) -> TextStructure:
    """Headings, tables and code by CommonMark; between them the paragraphs and lists of plain text."""
    front_matter, body = split_front_matter(text)
    offset = len(text) - len(body)
    lines = _line_spans(body, offset)
    tokens = _parse(body)
    headings = list(_headings(tokens, lines, text))
    marked = [Block(span=heading.span, kind=BlockKind.HEADING) for heading in headings]
    marked += [Block(span=span, kind=BlockKind.CODE) for span in _code(tokens, lines, text)]
    marked += _table_rows(tokens, lines, text)
    marked.sort(key=lambda block: block.span.start)
    others = (_as_text(block) for block in plain_structure.blocks if block.span.start >= offset)
    free = [block for block in others if not _overlaps(block.span, marked)]
    top = next((heading.text for heading in headings if heading.level == 1), "")
    title = " ".join(front_matter.get("title", "").split()) or top or plain_structure.title
    return TextStructure(
        title=title,
        sections=outline(headings, len(text), title),
        blocks=tuple(sorted([*marked, *free], key=lambda block: block.span.start)),
    )


def _as_text(block: Block) -> Block:
    """A line that looks like a heading in plain text is none in Markdown."""
    return replace(block, kind=BlockKind.PARAGRAPH) if block.kind is BlockKind.HEADING else block


def _overlaps(span: Span, blocks: Sequence[Block]) -> bool:
    """Whether a span overlaps one of the blocks, which are in order and apart."""
    first = bisect_right(blocks, span.start, key=lambda block: block.span.end)
    return first < len(blocks) and blocks[first].span.start < span.end


def _parse(text: str) -> list[Token]:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").parse(text)


def _headings(tokens: Sequence[Token], lines: Sequence[Span], text: str) -> Iterator[Heading]:
    """Headings outside lists and quotations."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            words = " ".join(inline_text(inline.children or []).split())
            if words:
                span = _trimmed(text, lines, *token.map)
                yield Heading(span=span, text=words, level=int(token.tag[1]))


def _code(tokens: Sequence[Token], lines: Sequence[Span], text: str) -> Iterator[Span]:
    """Code blocks outside lists and quotations, with their fences."""
    for token in tokens:
        if token.type in ("fence", "code_block") and token.level == 0 and token.map:
            yield _trimmed(text, lines, *token.map)


def _table_rows(tokens: Sequence[Token], lines: Sequence[Span], text: str) -> Iterator[Block]:
    """Each table's header line, with the delimiter line below it, and its rows, which need the header."""
    for table in tokens:
        if table.type != "table_open" or table.level or not table.map:
            continue
        first, end = table.map
        header = _trimmed(text, lines, first, first + 1)
        yield Block(span=_trimmed(text, lines, first, first + 2), kind=BlockKind.TABLE_HEADER)
        for line in range(first + 2, end):
            row = _trimmed(text, lines, line, line + 1)
            yield Block(span=row, kind=BlockKind.TABLE_ROW, context_span=header)


def _line_spans(body: str, offset: int) -> list[Span]:
    """Where each line of the body is in the text; ``offset`` is where the body begins."""
    ends = list(accumulate((len(line[0]) for line in _LINE.finditer(body)), initial=offset))
    return [Span(start, end) for start, end in pairwise(ends)]


def _trimmed(text: str, lines: Sequence[Span], first: int, end: int) -> Span:
    """Lines ``[first, end)`` without white space around them."""
    start, stop = lines[first].start, lines[min(end, len(lines)) - 1].end
    part = text[start:stop]
    return Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
