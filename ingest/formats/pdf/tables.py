"""Rows of a PDF page that make a table: text runs that stand under one another in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.formats.pdf.text_runs import TextRun, merged, to_rows
from ingest.formats.tables import is_number

Cells = tuple[tuple[str, ...], ...]
Row = Sequence[TextRun]

_BULLET = re.compile(r"[•‣▪●○◦■]\s*")
_FILLED = 0.5  # of a table's cells
_NARROW = 20  # characters: a shorter line breaks no sentence
_WORDS = 8  # of the usual cell at most


def table_cells(rows: Sequence[Row]) -> Cells:
    """The cells by row and column; empty if these rows are no table.

    Text runs that overlap from left to right are of one column. A row without a first cell, close
    below another, holds the second lines of that row's cells.
    """
    if len(rows) < 2 or sum(len(row) > 1 for row in rows) < 2:
        return ()
    columns = _columns([run for row in rows for run in row])
    if len(columns) < 2:
        return ()
    table: list[list[str]] = []
    above: Row | None = None
    for row in rows:
        cells = _cells(row, columns)
        if above is not None and not cells[0] and table[-1][0] and _is_wrapped(above, row):
            table[-1] = [f"{a} {b}".strip() for a, b in zip(table[-1], cells, strict=True)]
        else:
            table.append(cells)
        above = row
    _merge_stray_columns(table)
    return tuple(map(tuple, table)) if _is_table(rows, table) else ()


def _merge_stray_columns(table: list[list[str]]) -> None:
    """A column with one cell, to the right of a filled one, is that one's end."""
    for column in range(len(table[0]) - 1, 0, -1):
        filled = [row for row in table if row[column]]
        if len(filled) == 1 and filled[0][column - 1]:
            filled[0][column - 1] += f" {filled[0][column]}"
            for row in table:
                del row[column]


def _columns(runs: Sequence[TextRun]) -> list[tuple[float, float]]:
    """Left and right edges of the columns, from left to right; columns never overlap."""
    columns: list[tuple[float, float]] = []
    for run in sorted(runs, key=lambda run: run.left):
        if columns and run.left < columns[-1][1] - 0.1 * run.size:
            columns[-1] = columns[-1][0], max(columns[-1][1], run.right)
        else:
            columns.append((run.left, run.right))
    return columns


def _cells(row: Row, columns: Sequence[tuple[float, float]]) -> list[str]:
    cells = [""] * len(columns)
    for run in row:
        column = max(i for i, (left, _) in enumerate(columns) if left <= run.left + 0.01)
        cells[column] = f"{cells[column]} {_BULLET.sub('', run.text)}".strip()
    return cells


def _is_wrapped(above: Row, row: Row) -> bool:
    near = row[0].baseline - above[0].baseline < 1.25 * row[0].size
    return near and not any(is_number(run.text) for run in row)


def _is_table(rows: Sequence[Row], table: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are mostly filled and short, at least two columns are mostly filled, the runs
    of a row share a baseline, and few sentences run on from a cell to the one below."""
    filled = [cell for row in table for cell in row if cell]
    full = sum(sum(map(bool, column)) > 0.6 * len(table) for column in zip(*table, strict=True))
    if len(table) < 2 or full < 2 or len(filled) < _FILLED * len(table) * len(table[0]):
        return False
    offsets = [abs(run.baseline - row[0].baseline) / run.size for row in rows for run in row[1:]]
    if median(offsets) > 0.12 or median(len(cell.split()) for cell in filled) > _WORDS:
        return False
    return _continued_sentences(table) < 0.25 * len(filled)


def _continued_sentences(table: Sequence[Sequence[str]]) -> int:
    """How many cells go on with the sentence of the cell above, as lines of running text do."""
    count = 0
    for column in zip(*table, strict=True):
        widest = max(map(len, column))
        for above, below in pairwise(column):
            full = len(above) > max(0.7 * widest, _NARROW)
            count += full and below[:1].islower()
    return count


def narrow_columns(rows: Sequence[Row]) -> list[list[TextRun]]:
    """Columns of running text beside each other in these rows, as lines; empty if there are none."""
    runs = [run for row in rows for run in row]
    columns = _columns(runs)
    sides = [
        [run for run in runs if left <= run.left + 0.01 and run.right <= right + 0.01]
        for left, right in columns
    ]
    wordy = [side for side in sides if len(side) > 2 and median(len(r.text.split()) for r in side) >= 2]
    if len(wordy) < 2 or sum(map(len, sides)) < len(runs):
        return []
    return [[merged(row) for row in to_rows(side)] for side in sides]
