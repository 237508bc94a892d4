"""Headers of tables in two rows, whose upper names stand over the middle of several columns each."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.formats.pdf.text_run import TextRun
from ingest.formats.tables import is_number

_STUBS = (1, 0, 2)  # columns before the groups, with the names of the rows
_OFF_MIDDLE = 0.3  # of a group's width


def spread_header(
    rows: Sequence[Sequence[TextRun]], table: list[list[str]], columns: Sequence[tuple[float, float]]
) -> int | None:
    """Writes each name of the first row into all columns that it stands over, if these are groups of one
    size with names of their own below; how many rows the header then has, else None.

    Args:
        rows: the text runs of each line; the first line is the first row.
        table: its cells by row and column; the first row is changed.
    """
    if len(table) < 3:
        return None
    names = rows[0]
    for stub in _STUBS:
        size, rest = divmod(len(columns) - stub, max(1, len(names)))
        if rest or size < 2 or len(names) < 2:
            continue
        groups = [range(stub + at * size, stub + (at + 1) * size) for at in range(len(names))]
        over_groups = all(
            _is_over(name, columns[group[0]][0], columns[group[-1]][1])
            for name, group in zip(names, groups, strict=True)
        )
        below = table[1][stub:]
        if over_groups and all(below) and not any(is_number(cell) for cell in (*below, *table[0])):
            for name, group in zip(names, groups, strict=True):
                for column in group:
                    table[0][column] = name.text
            return 2
    return None


def _is_over(name: TextRun, left: float, right: float) -> bool:
    middle = (name.left + name.right) / 2
    return abs(middle - (left + right) / 2) < _OFF_MIDDLE * (right - left)
