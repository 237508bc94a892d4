"""The results of a workbook's formulas: stored ones, and calculated ones where none is stored."""

from __future__ import annotations

from ingest.formats.office.formulas import Calculator, NoResult, Value
from ingest.formats.office.sheet import Area
from ingest.formats.office.workbook import Cell, SheetPart, Workbook

_MOST_CELLS = 500_000  # of all sheets that formulas refer to; a workbook with more isn't calculated


class Results:
    """Results of formulas, calculated when they are asked for.

    A formula is calculated where the workbook has no result of it, and where it says that all results
    have to be calculated anew. A stored result of 0 in the latter is a program's placeholder.
    """

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._sheets = {sheet.name.casefold(): sheet for sheet in book.sheets}
        self._cells: dict[str, dict[tuple[int, int], Cell]] = {}
        self._extents: dict[str, Area] = {}
        self._values: dict[tuple[str, int, int], Value | NoResult] = {}
        self._calculator = Calculator(self)
        self._cells_left = _MOST_CELLS

    def is_pending(self, cell: Cell) -> bool:
        """Whether a cell's stored result is missing or may be old."""
        return bool(cell.formula) and (self._book.recalculates or _is_missing(cell))

    def text(self, sheet: SheetPart, cell: Cell) -> str | None:
        """The text of a pending formula as its cell shows it; None: it has no result."""
        try:
            value = self.value(sheet.name, cell.row, cell.column)
        except NoResult:
            placeholder = cell.kind == "n" and cell.value.strip() in ("0", "")
            return None if _is_missing(cell) or placeholder else self._book.text(cell)
        if value is None:
            return self._book.shown(0.0, cell.style)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return self._book.shown(value, cell.style) if isinstance(value, float) else value

    def value(self, sheet: str, row: int, column: int) -> Value:
        """The value of a cell, of a formula its result. Raises NoResult."""
        sheet = sheet.casefold()
        key = (sheet, row, column)
        if key not in self._values:
            cell = self._load(sheet).get((row, column))
            if cell is not None and self.is_pending(cell):
                self._values[key] = NoResult()  # for as long as it is being calculated: it may need itself
                try:
                    self._values[key] = self._calculator.result(cell.formula, sheet)
                except NoResult as none:
                    self._values[key] = none
            else:
                self._values[key] = None if cell is None else _value(cell)
        value = self._values[key]
        if isinstance(value, NoResult):
            raise NoResult
        return value

    def extent(self, sheet: str) -> Area:
        """The part of a sheet that has cells. Raises NoResult: there is no such sheet."""
        self._load(sheet.casefold())
        return self._extents[sheet.casefold()]

    def _load(self, name: str) -> dict[tuple[int, int], Cell]:
        if name in self._cells:
            return self._cells[name]
        if name not in self._sheets or self._cells_left < 0:
            raise NoResult
        cells: dict[tuple[int, int], Cell] = {}
        for cell in self._book.cells(self._sheets[name]):
            self._cells_left -= 1
            if self._cells_left < 0:
                raise NoResult
            cells[cell.row, cell.column] = cell
        self._cells[name] = cells
        bottom = max((row for row, _ in cells), default=0)
        self._extents[name] = Area(0, 0, bottom, max((column for _, column in cells), default=0))
        return cells


def _is_missing(cell: Cell) -> bool:
    return cell.kind == "n" and not cell.value.strip()


def _value(cell: Cell) -> Value | NoResult:
    match cell.kind:
        case "n":
            try:
                return float(cell.value) if cell.value.strip() else None
            except ValueError:
                return NoResult()
        case "b":
            return cell.value in ("1", "true")
        case "e" | "d":
            return NoResult()
        case _:
            return cell.value
