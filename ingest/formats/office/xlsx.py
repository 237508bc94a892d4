"""Excel workbooks (.xlsx) to a document: what their cells show."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.formats.container.archive import Archive
from ingest.formats.office.package import core_properties, main_part, open_package
from ingest.formats.office.results import Results
from ingest.formats.office.sheet import Sheet, cell_name
from ingest.formats.office.sheet_document import NOT_CALCULATED, LeftOut, require_cells, sheet_document
from ingest.formats.office.workbook import WORKBOOK, SheetLayout, SheetPart, Workbook
from ingest.formats.source import Source
from rag.types import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read(source: Source) -> Document:
    """The document of an Excel workbook: its values as shown, of formulas the results.

    Simple formulas without a stored result are calculated; others say that they aren't, and are named in the
    metadata as ``uncalculated``. Hidden sheets, rows and columns are named there as ``hidden``.

    Raises:
        UnreadableDocument: no Excel file, damaged or encrypted, or without values.
        DocumentTooLarge: more sheets or cells, or unpacked to more, than the limits.
    """
    archive = open_package(source, "Excel (.xlsx)", main_part(Archive(source), source, WORKBOOK))
    file_title, metadata = core_properties(archive, source)
    left_out = LeftOut()
    sheets = _sheets(archive, source, left_out)
    return sheet_document(
        source, sheets, left_out, media_type=MEDIA_TYPE, title=file_title, metadata=metadata
    )


def _sheets(archive: Archive, source: Source, left_out: LeftOut) -> Iterator[Sheet]:
    book = Workbook(archive, source)
    results = Results(book)
    cell_count = 0
    for part in book.sheets:
        if part.is_hidden and not source.hidden:
            left_out.hidden.append(f"the sheet {part.name}")
            continue
        sheet = _sheet(book, part, results, source, left_out, cell_count)
        cell_count += sum(max(1, len(row)) for row in sheet.rows.values())
        yield sheet


def _sheet(
    book: Workbook, part: SheetPart, results: Results, source: Source, left_out: LeftOut, cells_before: int
) -> Sheet:
    layout = SheetLayout()
    rows: dict[int, list[str]] = {}
    cell_count = cells_before
    for cell in book.cells(part, layout):
        row = rows.setdefault(cell.row, [])
        if results.is_pending(cell):
            text = results.text(part, cell)
            if text is None:
                left_out.uncalculated.append(f"{part.name}!{cell_name(cell.row, cell.column)}")
                text = NOT_CALCULATED
        else:
            text = book.text(cell)
        if text:
            missing = cell.column + 1 - len(row)
            cell_count += max(0, missing)
            require_cells(cell_count, source)
            row += [""] * missing
            row[cell.column] = text
    return Sheet(
        name=part.name,
        rows=dict(sorted(rows.items())),
        merged=layout.merged,
        hidden_rows=layout.hidden_rows,
        hidden_columns=layout.hidden_columns,
        notes=book.notes(part),
    )
