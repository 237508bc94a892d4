"""Table rows: the cells of a line "a | b | c", each with its column's name."""

from __future__ import annotations

import re
from bisect import bisect_right

from rag.types import Block, BlockKind, Document, Span

_BAR = re.compile(r"(?:(?<=\s)|^)\|(?=\s|$)")
_MAX_HEADER = 2_000  # code points of a header row; a longer one, split again for each row, names no columns


def blocks_in(document: Document, span: Span) -> list[Block]:
    """The blocks that overlap a span, in order. O(log blocks + result)."""
    first = bisect_right(document.blocks, span.start, key=lambda block: block.span.end)
    blocks = []
    for number in range(first, len(document.blocks)):
        block = document.blocks[number]
        if block.span.start >= span.end:
            break
        blocks.append(block)
    return blocks


def in_table(document: Document, span: Span) -> bool:
    """Whether a span touches a table's row."""
    return any(block.kind is BlockKind.TABLE_ROW for block in blocks_in(document, span))


def column_names(document: Document, span: Span) -> tuple[str, ...]:
    """The header cells of the first table that a span has a row or the header of; empty where it has none."""
    for block in blocks_in(document, span):
        header = block.span if block.kind is BlockKind.TABLE_HEADER else block.context_span
        is_table = block.kind in (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW)
        if is_table and header is not None and len(header) <= _MAX_HEADER:
            return tuple(cell.slice(document.text) for cell in split_cells(document.text, header))
    return ()


def named_cells(text: str, block: Block) -> list[tuple[str, Span]] | None:
    """A row's non-empty cells, each with its column's name; None for what isn't a row under a header."""
    if block.kind is not BlockKind.TABLE_ROW or block.context_span is None:
        return None
    if len(block.context_span) > _MAX_HEADER:
        return None
    names, cells = split_cells(text, block.context_span), split_cells(text, block.span)
    if len(names) != len(cells):
        return None
    return [(name.slice(text), cell) for name, cell in zip(names, cells, strict=True) if len(cell)]


def split_cells(text: str, row: Span) -> list[Span]:
    """The cells of a row, trimmed; any may be empty.

    >>> [cell.slice("ORM | Django | ") for cell in split_cells("ORM | Django | ", Span(0, 15))]
    ['ORM', 'Django', '']
    """
    line = row.slice(text)
    cells, start = [], 0
    for bar in (*_BAR.finditer(line), None):
        cell = line[start : bar.start() if bar else len(line)]
        begin = row.start + start + len(cell) - len(cell.lstrip())
        cells.append(Span(begin, max(begin, begin + len(cell.strip()))))
        start = bar.end() if bar else 0
    return cells
