"""The cells of a table's row, from the text of a statement with the role ``row``."""

from __future__ import annotations

Cells = tuple[tuple[str, str], ...]
"""Column and cell each; a column without a name is empty text."""


def row_cells(text: str) -> Cells:
    """The cells of "column: cell; column: cell."; a part without a colon belongs to the cell before it.

    >>> row_cells("Room: 7; Opens: at nine; on Mondays at ten.")
    (('Room', '7'), ('Opens', 'at nine; on Mondays at ten'))
    """
    cells: list[tuple[str, str]] = []
    for part in text.removesuffix(".").split("; "):
        name, colon, value = part.partition(": ")
        if colon:
            cells.append((name, value))
        elif cells:
            cells[-1] = (cells[-1][0], f"{cells[-1][1]}; {part}")
        else:
            cells.append(("", part))
    return tuple(cells)


def common_columns(rows: list[Cells]) -> tuple[str, ...] | None:
    """The columns of all rows; None where they differ, so that the rows are no table."""
    columns = {tuple(name for name, _ in row) for row in rows}
    return columns.pop() if len(columns) == 1 else None
