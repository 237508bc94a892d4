"""Grids of cells (CSV, Excel, OpenDocument) to blocks: each row with the header of its own table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import isfinite

from ingest.formats.flow import Flow
from ingest.formats.tables import Row, is_number, to_table
from ingest.formats.text.decode import well_formed

Grid = Sequence[Sequence[str]]


def write_grid(grid: Grid, flow: Flow, grouped_rows: Collection[int] = ()) -> None:
    """Writes the tables of a sheet: an empty row ends one, if what follows has a header of its own; so does
    an empty column.

    Args:
        grouped_rows: the rows in which a cell is known to span columns; its text is in each of them.
    """
    for numbers in _tables(grid):
        for table in _side_by_side({number: grid[number] for number in numbers}):
            rows = list(table.values())
            if max(map(len, rows)) == 1 or all(sum(map(bool, row)) < 2 for row in rows):
                for row in rows:
                    flow.paragraph(" ".join(cell for cell in row if cell))
            else:
                grouped = [at for at, number in enumerate(table) if number in grouped_rows]
                flow.table(rows, grouped_rows=grouped)
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


def _tables(grid: Grid) -> Iterator[list[int]]:
    """The rows of each table, by their numbers in the grid."""
    current: list[int] = []
    after_gap = False
    for at, row in enumerate(grid):
        if not any(cell.strip() for cell in row):
            after_gap = True
            continue
        if after_gap and current and _begins_table(grid, at):
            yield current
            current = []
        current.append(at)
        after_gap = False
    if current:
        yield current


def _side_by_side(rows: Mapping[int, Row]) -> list[Mapping[int, Row]]:
    """The tables of these rows, each by the rows' numbers: those between empty columns, if each has a
    header and names of rows of its own."""
    width = max(map(len, rows.values()))
    used = [False] * width
    for row in rows.values():
        for at, cell in enumerate(row):
            used[at] = used[at] or bool(cell.strip())
    edges = [at for at in range(width) if used[at] and not (at and used[at - 1])]
    if len(edges) < 2:
        return [rows]
    tables: list[Mapping[int, Row]] = []
    for start, end in pairwise([*edges, width]):
        part = {number: row[start:end] for number, row in rows.items()}
        tables.append({number: row for number, row in part.items() if any(cell.strip() for cell in row)})
    return tables if all(_is_table(list(table.values())) for table in tables) else [rows]


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
