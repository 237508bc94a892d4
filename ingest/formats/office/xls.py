"""Old Excel workbooks (.xls, BIFF 2 to 8): their cells as shown, by xlrd, which reads number formats."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.formats.office.number_format import GENERAL, ISO_DATE, shown_number, shown_text
from ingest.formats.office.sheet import Area, CellNote, Sheet
from ingest.formats.office.sheet_document import LeftOut, require_cells
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from rag.errors import UnreadableDocument

_SYSTEM_DATES = {14: ("m/d/yy", ISO_DATE), 22: ("m/d/yy h:mm", f"{ISO_DATE} hh:mm")}
"""Formats whose order is the system's: as xlrd writes them where the file doesn't, and as they are shown."""


def opened(source: Source) -> Any | None:
    """The ``xlrd.Book`` of a source; None where xlrd can't read it.

    Raises:
        UnreadableDocument: it is encrypted.
    """
    import xlrd

    try:
        return xlrd.open_workbook(
            file_contents=source.data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001  # of damaged files it raises whatever its code runs into
        if isinstance(error, xlrd.XLRDError) and "encrypted" in str(error):
            raise UnreadableDocument(f"{source.name} is encrypted: it needs a password") from None
        return None


def sheets(book: Any, source: Source, left_out: LeftOut) -> Iterator[Sheet]:
    """The sheets of a book, one after the other; hidden ones are named instead.

    Raises:
        DocumentTooLarge: more cells than the limit.
    """
    formats = _Formats(book)
    count = 0
    for page in book.sheets():
        name = well_formed(page.name)
        if page.visibility and not source.hidden:
            left_out.hidden.append(f"the sheet {name}")
            continue
        sheet = Sheet(name=name)
        for number in range(page.nrows):
            row = [formats.text(cell) for cell in page.row(number)]
            while row and not row[-1]:
                row.pop()
            count += max(1, len(row))
            require_cells(count, source)
            if row:
                sheet.rows[number] = row
        _add_layout(page, sheet)
        yield sheet


def _add_layout(page: Any, sheet: Sheet) -> None:
    """Merged areas, what is hidden, also by having no height or width, and notes on cells."""
    for top, bottom, left, right in page.merged_cells:  # the last ones are outside
        if top < bottom and left < right:
            sheet.merged.append(Area(top, left, bottom - 1, right - 1))
    for number, row in page.rowinfo_map.items():
        if row.hidden or (row.height == 0 and not row.has_default_height):
            sheet.hidden_rows.add(number)
    for number, column in sorted(page.colinfo_map.items()):
        if column.hidden or column.width == 0:
            last = sheet.hidden_columns.pop() if _is_next(sheet.hidden_columns, number) else (number, number)
            sheet.hidden_columns.append((last[0], number))
    for (row_number, column_number), note in sorted(page.cell_note_map.items()):
        text = " ".join(well_formed(note.text or "").split())
        if text:
            sheet.notes.append(CellNote(row_number, column_number, text))


def _is_next(ranges: Sequence[tuple[int, int]], number: int) -> bool:
    """Whether a number follows the last of the ranges."""
    return bool(ranges) and ranges[-1][1] == number - 1


class _Formats:
    """The number formats of a book's cells."""

    def __init__(self, book: Any) -> None:
        self._from_1904 = bool(book.datemode)
        self._formats = [self._format(book, style.format_key) for style in book.xf_list]

    def text(self, cell: Any) -> str:
        """A cell's text as it is shown."""
        import xlrd

        style = cell.xf_index
        number_format = self._formats[style] if style is not None and style < len(self._formats) else GENERAL
        match cell.ctype:
            case xlrd.XL_CELL_TEXT:
                return shown_text(well_formed(cell.value), number_format)
            case xlrd.XL_CELL_NUMBER:
                return shown_number(cell.value, number_format, from_1904=self._from_1904)
            case xlrd.XL_CELL_DATE:
                shown = ISO_DATE if number_format == GENERAL else number_format
                return shown_number(cell.value, shown, from_1904=self._from_1904)
            case xlrd.XL_CELL_BOOLEAN:
                return "TRUE" if cell.value else "FALSE"
            case xlrd.XL_CELL_ERROR:
                return str(xlrd.error_text_from_code.get(cell.value, ""))
            case _:
                return ""

    @staticmethod
    def _format(book: Any, key: int) -> str:
        known = book.format_map.get(key)
        text = well_formed(known.format_str) if known is not None else GENERAL
        own, shown = _SYSTEM_DATES.get(key, ("", ""))
        return shown if text == own else text
