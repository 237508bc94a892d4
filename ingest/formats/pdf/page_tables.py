"""Tables that run over several pages."""

from __future__ import annotations

from itertools import takewhile

from ingest.formats.pdf.blocks import PageBlock
from ingest.formats.tables import is_number

_NEAR = 6.0  # points: how far the edges of one column may be from page to page


def continues_table(first: PageBlock, block: PageBlock) -> bool:
    """Whether a table at a page's begin goes on with the one that began on an earlier page: it has the same
    header, or no header of its own and the same columns."""
    if len(first.columns) != len(block.columns):
        return False
    if _common_rows(first, block):
        return True
    same = sum(
        abs(a[0] - b[0]) < _NEAR or abs(a[1] - b[1]) < _NEAR or abs(sum(a) - sum(b)) < 2 * _NEAR
        for a, b in zip(first.columns, block.columns, strict=True)
    )
    return same == len(first.columns)


def rows_without_header(first: PageBlock, block: PageBlock) -> tuple[tuple[str, ...], ...]:
    """The rows of a later part, without those that repeat the header of the first."""
    return block.cells[_common_rows(first, block) :]


def _common_rows(first: PageBlock, block: PageBlock) -> int:
    """How many rows of the header both begin with."""
    header = first.cells[: first.header_rows or 1]
    pairs = zip(header, block.cells, strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1] and not any(map(is_number, pair[0])), pairs)))
