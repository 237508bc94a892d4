"""Grids of cells (CSV, Excel, OpenDocument) to blocks: each row with the header of its own table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import isfinite

from ingest.formats.flow import Flow
from ingest.formats.tables import Row, is_number, to_table
from ingest.formats.text.decode import well_formed

Grid = Sequence[Sequence[str]]


def write_grid(grid: Grid, flow: Flow) -> None:
    """Writes the tables of a sheet: an empty row ends one, if what follows has a header of its own; so does
    an empty column.
    """
    for table in _tables(grid):
        for rows in _side_by_side(table):
            if max(map(len, rows)) == 1 or all(sum(map(bool, row)) < 2 for row in rows):
                for row in rows:
                    flow.paragraph(" ".join(cell for cell in row if cell))
            else:
                flow.table(rows)
            flow.end_context()


def cell_text(value: object) -> str:
    """A cell's value as text where no number format is known: dates in ISO form, no needless digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, int | float):
        return general(value) if isfinite(value) else ""
    return well_formed(str(value))


def general(value: float) -> str:
    """A number as a cell without a format shows it: no exponent, no ``.0``, no digits that only binary
    arithmetic put there.

    >>> general(0.1 + 0.2)
    '0.3'
    """
    if value and abs(value) < 1e-9:
        return f"{value:.6g}"
    text = f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.0f}"
    return text if text not in ("-0", "") else "0"


def _tables(grid: Grid) -> Iterator[list[Row]]:
    current: list[Row] = []
    after_gap = False
    for at, row in enumerate(grid):
        if not any(cell.strip() for cell in row):
            after_gap = True
            continue
        if after_gap and current and _begins_table(grid, at):
            yield current
            current = []
        current.append(row)
        after_gap = False
    if current:
        yield current


def _side_by_side(rows: list[Row]) -> list[list[Row]]:
    """The tables of these rows: those between empty columns, if each has a header and names of rows of its
    own."""
    width = max(map(len, rows))
    used = [False] * width
    for row in rows:
        for at, cell in enumerate(row):
            used[at] = used[at] or bool(cell.strip())
    edges = [at for at in range(width) if used[at] and not (at and used[at - 1])]
    if len(edges) < 2:
        return [rows]
    parts = [[row[start:end] for row in rows] for start, end in pairwise([*edges, width])]
    tables = [[row for row in part if any(cell.strip() for cell in row)] for part in parts]
    return tables if all(map(_is_table, tables)) else [rows]


def _is_table(rows: Sequence[Row]) -> bool:
    """Whether a part of a sheet is a table by itself: a header, and rows that begin with names."""
    table = to_table(rows)
    wide = [row for row in table.rows if sum(map(bool, row)) > 1]
    figures_first = sum(is_number(row[0]) for row in wide)
    return len(table.header) > 1 and figures_first * 2 < len(wide)


def _begins_table(rows: Grid, at: int) -> bool:
    """Whether the rows from here to the next empty one have a title or header of their own."""
    end = at
    while end < len(rows) and end < at + 20 and any(cell.strip() for cell in rows[end]):
        end += 1
    table = to_table(rows[at:end])
    return bool(table.header or table.titles)
