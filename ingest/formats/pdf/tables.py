"""Rows of a PDF page that make a table: text runs that stand under one another in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.formats.pdf.rules import Rule
from ingest.formats.pdf.spanning_headers import spread_header
from ingest.formats.pdf.text_run import TextRun
from ingest.formats.pdf.text_runs import merged, to_rows
from ingest.formats.pdf.wrapped_cells import row_groups

Cells = tuple[tuple[str, ...], ...]
Row = Sequence[TextRun]

_BULLET = re.compile(r"[•‣▪●○◦■]\s*")
_LEADERS = re.compile(r"(?:\s?\.){4,}\s*\Z")  # dots that lead from a row's name to its figures
_FILLED = 0.5  # of a table's cells
_NARROW = 20  # characters: a shorter line breaks no sentence
_WORDS = 8  # of the usual cell at most
_WRAPPED_WORDS = 14  # the same, where cells run over several lines


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table's cells by row and column, and the left and right edges of its columns in points."""

    cells: Cells
    columns: tuple[tuple[float, float], ...]
    header_rows: int | None = None
    """How many rows are known to be the header."""


def page_table(rows: Sequence[Row], rules: Sequence[Rule] = ()) -> PageTable | None:
    """The table that these rows make; None if they are none.

    Text runs that overlap from left to right are of one column. Lines of cells that run over several
    lines are joined, see ``ingest.formats.pdf.wrapped_cells``.
    """
    if len(rows) < 2 or sum(len(row) > 1 for row in rows) < 2:
        return None
    columns = _columns([run for row in rows for run in row])
    if len(columns) < 2:
        return None
    lines = [_cells(row, columns) for row in rows]
    groups = row_groups(rows, lines, rules)
    table = [_joined([lines[at] for at in group]) for group in groups]
    _merge_stray_columns(table, columns)
    if not _is_table(rows, table, wrapped=len(groups) < len(rows)):
        return None
    header_rows = spread_header(rows, table, columns)
    return PageTable(tuple(map(tuple, table)), tuple(columns), header_rows)


def _joined(lines: Sequence[Sequence[str]]) -> list[str]:
    return [_LEADERS.sub("", " ".join(filter(None, cells))) for cells in zip(*lines, strict=True)]


def _merge_stray_columns(table: list[list[str]], columns: list[tuple[float, float]]) -> None:
    """A column with one cell, to the right of a filled one, is that one's end."""
    for column in range(len(table[0]) - 1, 0, -1):
        filled = [row for row in table if row[column]]
        if len(filled) == 1 and filled[0][column - 1]:
            filled[0][column - 1] += f" {filled[0][column]}"
            for row in table:
                del row[column]
            columns[column - 1] = columns[column - 1][0], columns.pop(column)[1]


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


def _is_table(rows: Sequence[Row], table: Sequence[Sequence[str]], *, wrapped: bool) -> bool:
    """Whether the cells are mostly filled and short, at least two columns are mostly filled, the runs
    of a row share a baseline, and few sentences run on from a cell to the one below."""
    filled = [cell for row in table for cell in row if cell]
    full = sum(sum(map(bool, column)) > 0.6 * len(table) for column in zip(*table, strict=True))
    if len(table) < 2 or full < 2 or len(filled) < _FILLED * len(table) * len(table[0]):
        return False
    offsets = [abs(run.baseline - row[0].baseline) / run.size for row in rows for run in row[1:]]
    most_words = _WRAPPED_WORDS if wrapped else _WORDS
    if median(offsets) > 0.12 or median(len(cell.split()) for cell in filled) > most_words:
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
