"""Old and binary Excel workbooks (.xls, .xlsb) to a document: their values, without number formats."""

from __future__ import annotations

import io
from collections.abc import Iterator

from ingest.formats.container.archive import Archive
from ingest.formats.office.sheet import Area, Sheet
from ingest.formats.office.sheet_document import LeftOut, require_cells, sheet_document
from ingest.formats.sheets import cell_text
from ingest.formats.source import Source
from rag.types import Document

MEDIA_TYPE = "application/vnd.ms-excel"


def read(source: Source) -> Document:
    """The document of an old (.xls) or binary (.xlsb) workbook. Hidden sheets are left out; hidden rows and
    columns can't be told.

    Raises:
        UnreadableDocument: no such file, damaged or encrypted, or without values.
        DocumentTooLarge: more sheets or cells, or unpacked to more, than the limits.
    """
    if source.data.startswith(b"PK"):
        Archive(source).check_size()
    left_out = LeftOut()
    return sheet_document(source, _sheets(source, left_out), left_out, media_type=MEDIA_TYPE)


def _sheets(source: Source, left_out: LeftOut) -> Iterator[Sheet]:
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
