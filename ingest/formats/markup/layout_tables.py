"""Whether an HTML table holds data or only arranges the page."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.formats.markup.tree import Element

_HEADINGS = tuple(f"h{level}" for level in range(1, 7))
_BLOCKS_IN_CELL = 20
_CELL_CHARACTERS = 1_000  # of a cell with a heading in a table that nothing marks as data


def is_layout(table: Element, rows: Sequence[Element]) -> bool:
    """Whether a table's cells are parts of a page, to be read one after the other.

    Header cells, a caption or scopes mark data, whatever the cells hold. Without them, tables in cells and
    headings above long texts mean layout, and so do single columns and cells of many paragraphs.
    """
    if table.get("role") in ("presentation", "none") or max(map(len, rows), default=0) < 2:
        return True
    if _is_marked(table, rows):
        return False
    if next(table.iterdescendants("table"), None) is not None:
        return True
    if any(sum(1 for _ in cell.iter("p", "div", "li")) > _BLOCKS_IN_CELL for row in rows for cell in row):
        return True
    has_headings = next(table.iterdescendants(*_HEADINGS), None) is not None
    return has_headings and not _is_even(rows)


def _is_marked(table: Element, rows: Sequence[Element]) -> bool:
    if any(part.tag in ("caption", "thead") and _characters(part) for part in table):
        return True
    return any(cell.tag == "th" or cell.get("scope") for row in rows for cell in row)


def _is_even(rows: Sequence[Element]) -> bool:
    """Whether rows are of one width and hold headings alone in their cells, or short texts."""
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:
        return False
    for cell in (cell for row in rows for cell in row):
        headings = list(cell.iter(*_HEADINGS))
        length = _characters(cell)
        if headings and (length > _CELL_CHARACTERS or sum(map(_characters, headings)) < length):
            return False
    return True


def _characters(element: Element) -> int:
    return sum(len("".join(text.split())) for text in element.itertext())
