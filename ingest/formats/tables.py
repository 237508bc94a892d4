"""Rows of cells as a format gives them to a table: its titles, its header and its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Row = Sequence[str]

COVERED = "\0"
"""Begins a cell that repeats the one on its left, which spans it."""

_BAR = re.compile(r"(?:(?<=\s)|^)\|(?=\s|$)")
_NUMBER = re.compile(r"[\s(+\-−–~≈<>≤≥$€£¥]*\d[\d\s.,:/'’–-]*(?:%|‰|[kKmMbB]n?|[^\W\d_]{1,3})?[\s)*]*")
_YEAR = re.compile(r"(?:[A-Z]{1,2}\s?)?(?:19|20)\d\d(?:[/–-]\d{2,4})?")
_HEADER_CHARACTERS = 100
_MOST_HEADER_ROWS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``titles`` stand above the ``header`` (empty: it has none) in rows of their own; all rows are
    of one width and no cell holds a line break."""

    titles: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def to_table(rows: Sequence[Row], header_rows: int | None = None) -> Table:
    """Cleans the cells, leaves empty rows and columns out, and tells titles and header from the rows.

    Args:
        header_rows: how many of the rows are known to be the header; several are merged into one, top
            to bottom. None: the first row is the header if it looks like names of columns, or the first
            rows if names stand in groups ("2025" over "Plan" and "Actual").

    What a cell that spans columns says is in each of them (see ``COVERED``) where columns have names, and in
    the first of them where they don't.
    """
    cleaned = [tuple(_clean_cell(cell) for cell in row) for row in rows]
    width = max((len(row) for row in cleaned), default=0)
    padded = [_without_repeats(row) + ("",) * (width - len(row)) for row in cleaned]
    header_count = len([row for row in padded[: header_rows or 0] if any(row)])
    filled = [row for row in padded if any(row)]
    originals = [cells for cells, row in zip(rows, padded, strict=True) if any(row)]
    covered = [any(cell.startswith(COVERED) for cell in cells) for cells in originals]
    is_used = [False] * width  # by a cell of its own, in any row
    for cells, row in zip(originals, filled, strict=True):
        for column, cell in enumerate(cells):
            is_used[column] = is_used[column] or bool(row[column] and not cell.startswith(COVERED))
    used = [column for column in range(width) if is_used[column]]
    tidy = [tuple(row[column] for column in used) for row in filled]
    title_count = _count_titles(tidy)
    body, header_count = tidy[title_count:], max(0, header_count - title_count)
    header: Sequence[Row] = body[:header_count]
    if not header_count and header_rows != 0:
        header = _header(body, is_grouped=any(covered[title_count : title_count + 1]))
        header_count = len(header)
    if not header and any(covered):
        return to_table([_without_covered(row) for row in rows], header_rows)
    return Table(
        titles=tuple(next(cell for cell in row if cell) for row in tidy[:title_count]),
        header=_merge_header(header),
        rows=tuple(body[header_count:]),
    )


def _without_covered(row: Row) -> Row:
    return ["" if cell.startswith(COVERED) else cell for cell in row]


def row_line(cells: Row) -> str:
    """The line of a row, "cell | cell"; ``rag.reading.context.split_cells`` splits it again."""
    return " | ".join(cells).strip()


def is_number(cell: str) -> bool:
    """Whether a cell is an amount, a date in digits or a time, with its unit, rather than words."""
    return _NUMBER.fullmatch(cell) is not None


def _clean_cell(text: str) -> str:
    return _BAR.sub("¦", " ".join(text.removeprefix(COVERED).split()))


def _without_repeats(row: Row) -> tuple[str, ...]:
    """A text that fills a whole row stands in its first cell only."""
    same = len(row) > 1 and len(set(row)) == 1
    return (row[0], *("" for _ in row[1:])) if same else tuple(row)


def _count_titles(rows: Sequence[Row]) -> int:
    """How many rows at the top hold one cell only, while rows below hold several."""
    count = 0
    while count < len(rows) and sum(map(bool, rows[count])) == 1:
        count += 1
    wide = count < len(rows) and len(rows[count]) > 1 and count < 5
    return count if wide else 0


def _begins_with_header(rows: Sequence[Row]) -> bool:
    """Whether the first row holds names of columns: short, different, all there (except perhaps the
    first), no amounts, no "Name:"."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    first, *rest = rows[0]
    names = [name for name in (first, *rest) if name]
    if not all(rest) or len(set(names)) < len(names):
        return False
    return all(map(_is_name, names)) and not is_number(first)


def _header(rows: Sequence[Row], *, is_grouped: bool) -> Sequence[Row]:
    """The rows at the top that name the columns; ``is_grouped``: a cell of the first spans columns."""
    if is_grouped:
        return _grouped_header(rows, is_known=True) or (rows[:1] if all(map(_is_name, rows[0])) else [])
    return rows[:1] if _begins_with_header(rows) else _grouped_header(rows, is_known=False)


def _grouped_header(rows: Sequence[Row], *, is_known: bool) -> list[Row]:
    """The first rows, if names of columns stand in groups: each column has a path of its own, such as
    "2025 Plan". A group that is written once, over the first of its columns, is repeated over the others.

    Where no cell is known to span columns, groups are believed if the names below them repeat, if a name
    stands in both rows, or if every row of the table holds a figure.
    """
    if len(rows) < 3 or len(rows[0]) < 3:
        return []
    first = rows[0]
    if not is_known and not all(first[1:]):
        names = [name for name in rows[1] if name]
        is_tall = any(name and name == below for name, below in zip(first, rows[1], strict=True))
        if len(set(names)) == len(names) and not is_tall:
            return []
        first = _repeat_groups(first, rows[1])
    if not is_known and not any(a and a == b for a, b in pairwise(first)):
        return []
    header: list[Row] = [first]
    for row in rows[1:_MOST_HEADER_ROWS]:
        header.append(row)
        if not all(_is_name(cell) for line in header for cell in line if cell):
            return []
        paths, body = _merge_header(header), rows[len(header) :]
        if all(paths[1:]) and len(set(paths)) == len(paths):
            figures = all(any(is_number(cell) for cell in line[1:]) for line in body)
            return header if body and (is_known or figures or first != rows[0]) else []
    return []


def _repeat_groups(groups: Row, names: Row) -> tuple[str, ...]:
    filled: list[str] = []
    for group, name in zip(groups, names, strict=True):
        filled.append(group or (filled[-1] if filled and name else ""))
    return tuple(filled)


def _is_name(cell: str) -> bool:
    """Whether a cell may name a column: short, no amount (a year may be one), no "Name:"."""
    if len(cell) > _HEADER_CHARACTERS or cell.endswith(":"):
        return False
    return _YEAR.fullmatch(cell) is not None or not is_number(cell)


def _merge_header(rows: Sequence[Row]) -> tuple[str, ...]:
    """Header rows as one: "Leave" over "paid" is "Leave paid"."""
    if not rows:
        return ()
    return tuple(
        " ".join(dict.fromkeys(cell for cell in column if cell)) for column in zip(*rows, strict=True)
    )
