"""A sheet of a workbook as it is shown: merged cells filled, hidden rows and columns left out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.formats.sheets import Grid
from ingest.formats.tables import COVERED
from rag.errors import DocumentTooLarge

_LISTED = 5  # ranges of hidden rows or columns that are named


@dataclass(frozen=True, slots=True)
class Area:
    """Cells from ``top``, ``left`` to ``bottom``, ``right``, all of them inside; counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class CellNote:
    """A note on a cell; ``row`` and ``column`` count from 0."""

    row: int
    column: int
    text: str


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A sheet's texts. ``rows`` maps the number of each row that has cells, in order, to its cells; hidden
    columns are ranges (first, last). All count from 0."""

    name: str
    rows: dict[int, list[str]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    notes: list[CellNote] = field(default_factory=list)

    def fill_merged(self, most_cells: int) -> None:
        """Gives the text of each merged cell to all cells that it covers; see ``COVERED``. A cell that stands
        alone in its rows, as a title does, keeps its text in one place.

        Raises:
            DocumentTooLarge: more than ``most_cells`` are covered.
        """
        numbers = list(self.rows)
        filled = {number for number, row in self.rows.items() if any(row)}
        for area in self.merged:
            text = _cell(self.rows.get(area.top, []), area.left)
            if not text:
                continue
            for at in range(bisect_left(numbers, area.top), len(numbers)):
                number = numbers[at]
                if number > area.bottom:
                    break
                row = self.rows[number]
                most_cells -= area.right - area.left + 1
                if most_cells < 0:
                    raise DocumentTooLarge(f"the sheet {self.name} merges more cells than the limit")
                if number not in filled or not _has_others(row, area):
                    continue
                row += [""] * (area.right + 1 - len(row))
                row[area.left : area.right + 1] = [text, *[COVERED + text] * (area.right - area.left)]

    def hide(self) -> str:
        """Empties what is hidden; what that was, in words, such as "column C, rows 4 to 6"."""
        parts = []
        width = max(map(len, self.rows.values()), default=0)
        columns = sorted(
            (first, min(last, width - 1)) for first, last in self.hidden_columns if first < width
        )
        if columns and any(
            any(row[first : last + 1]) for row in self.rows.values() for first, last in columns
        ):
            parts.append(_ranges("column", [(_letters(a), _letters(b)) for a, b in columns]))
        rows = [number for number in self.rows if number in self.hidden_rows and any(self.rows[number])]
        if rows:
            parts.append(_ranges("row", [(str(a + 1), str(b + 1)) for a, b in _runs(rows)]))
        for row in self.rows.values():
            for first, last in reversed(columns):
                del row[first : last + 1]
        for number in rows:
            del self.rows[number]
        return ", ".join(parts)

    def is_hidden(self, note: CellNote) -> bool:
        """Whether a note's cell is in a hidden row or column."""
        in_column = any(first <= note.column <= last for first, last in self.hidden_columns)
        return in_column or note.row in self.hidden_rows

    def grid(self) -> Grid:
        """The rows with one empty row where rows are missing."""
        grid: list[list[str]] = []
        last = -1
        for number, row in self.rows.items():
            if any(gap not in self.hidden_rows for gap in range(last + 1, number)):
                grid.append([])
            grid.append(row)
            last = number
        return grid


def column_number(reference: str) -> int:
    """The column of a cell's reference, from 0; -1 if it names none.

    >>> column_number("AB12")
    27
    """
    number = 0
    for letter in reference:
        if not ("A" <= letter <= "Z"):
            break
        number = number * 26 + ord(letter) - 64
    return number - 1


def area(reference: str) -> Area | None:
    """The area of a reference such as "B1:C1"; None if it is none."""
    first, _, last = reference.replace("$", "").partition(":")
    corners = []
    for corner in (first, last or first):
        letters = corner.rstrip("0123456789")
        digits = corner[len(letters) :]
        if not (letters.isascii() and letters.isalpha() and 0 < len(letters) <= 3 and 0 < len(digits) <= 7):
            return None
        corners.append((int(digits) - 1, column_number(letters.upper())))
    (top, left), (bottom, right) = corners
    return Area(top, left, bottom, right) if 0 <= top <= bottom and left <= right else None


def cell_name(row: int, column: int) -> str:
    """The reference of a cell.

    >>> cell_name(11, 27)
    'AB12'
    """
    return f"{_letters(column)}{row + 1}"


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].removeprefix(COVERED) if column < len(row) else ""


def _has_others(row: Sequence[str], covered: Area) -> bool:
    """Whether a row has text outside a merged cell."""
    return any(row[: covered.left]) or any(row[covered.right + 1 :])


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ranges of numbers that follow one another."""
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield numbers[start], numbers[at - 1]
            start = at


def _ranges(noun: str, ranges: Sequence[tuple[str, str]]) -> str:
    """Ranges in words: "rows 4 to 6, 9"."""
    names = [first if first == last else f"{first} to {last}" for first, last in ranges[:_LISTED]]
    more = len(ranges) - _LISTED
    is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    return f"{noun if is_one else noun + 's'} {', '.join(names)}{f' and {more} more' if more > 0 else ''}"
