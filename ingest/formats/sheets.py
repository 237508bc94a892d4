"""Grids of cells (CSV, Excel, OpenDocument) to blocks: each row with the header of its own table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from math import isfinite

from ingest.formats.flow import Flow
from ingest.formats.tables import to_table
from ingest.formats.text.decode import well_formed

Grid = Sequence[Sequence[str]]


def write_grid(grid: Grid, flow: Flow) -> None:
    """Writes the tables of a sheet: an empty row ends one, if what follows has a header of its own."""
    for rows in _tables(grid):
        if max(map(len, rows)) == 1 or all(sum(map(bool, row)) < 2 for row in rows):
            for row in rows:
                flow.paragraph(" ".join(cell for cell in row if cell))
        else:
            flow.table(rows)
        flow.end_context()


def cell_text(value: object, number_format: str = "") -> str:
    """A cell's value as text: dates in ISO form, percentages and amounts as the sheet shows them.

    Args:
        number_format: an Excel number format, such as "0.0%".
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, int | float):
        return _number(value, number_format)
    return well_formed(str(value))


def _number(value: float, number_format: str) -> str:
    if not isfinite(value):
        return ""
    positive = number_format.split(";")[0]
    if "%" in positive:
        return f"{_digits(value * 100)}%"
    text = _digits(value)
    symbol = next((sign for sign in "€$£¥" if sign in positive), "")
    if not symbol:
        return text
    text = f"{value:,.2f}" if "0.00" in positive else text
    return f"{text} {symbol}" if positive.find(symbol) > positive.find("0") else f"{symbol}{text}"


def _digits(value: float) -> str:
    """No exponent, no ``.0``, no digits that only binary arithmetic put there."""
    text = f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.0f}"
    return text if text not in ("-0", "") else "0"


def _tables(grid: Grid) -> Iterator[list[list[str]]]:
    current: list[list[str]] = []
    after_gap = False
    rows = [list(row) for row in grid]
    for at, row in enumerate(rows):
        if not any(cell.strip() for cell in row):
            after_gap = True
            continue
        if after_gap and current and _begins_table(rows, at):
            yield current
            current = []
        current.append(row)
        after_gap = False
    if current:
        yield current


def _begins_table(rows: Sequence[list[str]], at: int) -> bool:
    """Whether the rows from here to the next empty one have a title or header of their own."""
    end = at
    while end < len(rows) and end < at + 20 and any(cell.strip() for cell in rows[end]):
        end += 1
    table = to_table(rows[at:end])
    return bool(table.header or table.titles)
