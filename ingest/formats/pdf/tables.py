"""Rows of a PDF page that make a table: pieces that stand under one another in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.formats.pdf.lines import Piece, line
from ingest.formats.pdf.lines import rows as lines_of
from ingest.formats.tables import is_number

Cells = tuple[tuple[str, ...], ...]

_BULLET = re.compile(r"[•‣▪●○◦■]\s*")
_FILLED = 0.5  # of a table's cells
_NARROW = 20  # characters: a shorter line breaks no sentence
_WORDS = 8  # of the usual cell at most


def columns(rows: Sequence[Sequence[Piece]]) -> Cells:
    """The cells by row and column, or nothing if these rows are no table.

    Pieces that overlap from left to right are of one column. A row without a first cell, close
    below another, is the rest of its wrapped cells.
    """
    if len(rows) < 2 or sum(len(row) > 1 for row in rows) < 2:
        return ()
    spans = _spans([piece for row in rows for piece in row])
    if len(spans) < 2:
        return ()
    table: list[list[str]] = []
    above: Sequence[Piece] | None = None
    for row in rows:
        cells = _cells(row, spans)
        if above is not None and not cells[0] and table[-1][0] and _is_wrapped(above, row):
            table[-1] = [f"{a} {b}".strip() for a, b in zip(table[-1], cells, strict=True)]
        else:
            table.append(cells)
        above = row
    _without_strays(table)
    return tuple(map(tuple, table)) if _is_table(rows, table) else ()


def _without_strays(table: list[list[str]]) -> None:
    """A column with one cell, to the right of a filled one, is that one's end."""
    for column in range(len(table[0]) - 1, 0, -1):
        filled = [row for row in table if row[column]]
        if len(filled) == 1 and filled[0][column - 1]:
            filled[0][column - 1] += f" {filled[0][column]}"
            for row in table:
                del row[column]


def _spans(found: Sequence[Piece]) -> list[tuple[float, float]]:
    """The columns, from left to right, as stretches that no two pieces of different columns share."""
    spans: list[tuple[float, float]] = []
    for piece in sorted(found, key=lambda p: p.left):
        if spans and piece.left < spans[-1][1] - 0.1 * piece.size:
            spans[-1] = spans[-1][0], max(spans[-1][1], piece.right)
        else:
            spans.append((piece.left, piece.right))
    return spans


def _cells(row: Sequence[Piece], spans: Sequence[tuple[float, float]]) -> list[str]:
    cells = [""] * len(spans)
    for piece in row:
        column = max(i for i, (left, _) in enumerate(spans) if left <= piece.left + 0.01)
        cells[column] = f"{cells[column]} {_BULLET.sub('', piece.text)}".strip()
    return cells


def _is_wrapped(above: Sequence[Piece], row: Sequence[Piece]) -> bool:
    near = row[0].base - above[0].base < 1.25 * row[0].size
    return near and not any(is_number(piece.text) for piece in row)


def _is_table(rows: Sequence[Sequence[Piece]], table: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are mostly filled and short, two columns at least are, they stand on common
    lines, and no sentence runs on from one to the next below."""
    filled = [cell for row in table for cell in row if cell]
    full = sum(sum(map(bool, column)) > 0.6 * len(table) for column in zip(*table, strict=True))
    if len(table) < 2 or full < 2 or len(filled) < _FILLED * len(table) * len(table[0]):
        return False
    off = [abs(piece.base - row[0].base) / piece.size for row in rows for piece in row[1:]]
    if median(off) > 0.12 or median(len(cell.split()) for cell in filled) > _WORDS:
        return False
    return _running_on(table) < 0.25 * len(filled)


def _running_on(table: Sequence[Sequence[str]]) -> int:
    """How many cells go on with the sentence of the cell above, as lines of running text do."""
    count = 0
    for column in zip(*table, strict=True):
        widest = max(map(len, column))
        for above, below in pairwise(column):
            full = len(above) > max(0.7 * widest, _NARROW)
            count += full and below[:1].islower()
    return count


def texts(rows: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
    """Narrow columns of running text that lie beside each other; empty if there are none."""
    found = [piece for row in rows for piece in row]
    spans = _spans(found)
    sides = [[p for p in found if left <= p.left + 0.01 and p.right <= right + 0.01] for left, right in spans]
    wordy = [s for s in sides if len(s) > 2 and median(len(p.text.split()) for p in s) >= 2]
    if len(wordy) < 2 or sum(map(len, sides)) < len(found):
        return []
    return [[line(row) for row in lines_of(side)] for side in sides]
