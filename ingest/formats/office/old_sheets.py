"""Old and binary Excel workbooks (.xls, .xlsb) to a document: the cells of the former as shown."""

from __future__ import annotations

import io
from collections.abc import Iterator

from ingest.formats.container.archive import Archive
from ingest.formats.office import xls
from ingest.formats.office.sheet import Area, Sheet
from ingest.formats.office.sheet_document import LeftOut, require_cells, sheet_document
from ingest.formats.sheets import cell_text
from ingest.formats.source import Source
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.ms-excel"


def read(source: Source) -> Document:
    """The document of an old (.xls) or binary (.xlsb) workbook. What is hidden is left out.

    Of a binary workbook, and of an old one that xlrd can't read, values are known without number formats, and
    hidden sheets without hidden rows and columns.

    Raises:
        UnreadableDocument: no such file, damaged or encrypted, or without values.
        DocumentTooLarge: more sheets or cells, or unpacked to more, than the limits.
    """
    left_out = LeftOut()
    if source.data.startswith(b"PK"):
        Archive(source).check_size()
        sheets = _sheets(source, left_out)
    else:
        book = xls.opened(source)
        sheets = _sheets(source, left_out) if book is None else xls.sheets(book, source, left_out)
    return sheet_document(source, sheets, left_out, media_type=MEDIA_TYPE)


def _sheets(source: Source, left_out: LeftOut) -> Iterator[Sheet]:
    try:
        yield from _values(source, left_out)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Rust's code ends with, which is no Exception
            raise
        raise UnreadableDocument(f"{source.name} is damaged: its parser gave it up") from None


def _values(source: Source, left_out: LeftOut) -> Iterator[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
    cell_count = 0
    for properties in book.sheets_metadata:
        if properties.typ != SheetTypeEnum.WorkSheet:
            continue
        if properties.visible != SheetVisibleEnum.Visible and not source.hidden:
            left_out.hidden.append(f"the sheet {properties.name}")
            continue
        sheet = book.get_sheet_by_name(properties.name)
        rows: dict[int, list[str]] = {}
        left = sheet.start[1] if sheet.start else 0  # its rows begin at the top, its cells at the first used
        for number, values in enumerate(sheet.iter_rows()):
            row = [cell_text(value) for value in values]
            while row and not row[-1]:
                row.pop()
            row = [*[""] * left, *row] if row else row
            cell_count += max(1, len(row))
            require_cells(cell_count, source)
            if row:
                rows[number] = row
        merged = [Area(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
        yield Sheet(name=properties.name, rows=rows, merged=merged)
