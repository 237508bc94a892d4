"""Excel and OpenDocument sheets to a document: each sheet a section, each row a line with its header."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

from ingest.formats.container.archive import Archive
from ingest.formats.flow import Flow
from ingest.formats.office.package import core_properties, open_package
from ingest.formats.sheets import Grid, cell_text, write_grid
from ingest.formats.source import Source
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, SaywhereError, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLD_MEDIA_TYPE = "application/vnd.ms-excel"
OPEN_MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_OPEN_CONTENT = "content.xml"


def read(source: Source) -> Document:
    """The document of an Excel workbook: its values as shown, of formulas the last results.

    Hidden sheets are left out.

    Raises:
        UnreadableDocument: no Excel file, damaged or encrypted, or without values.
        DocumentTooLarge: more sheets or cells, or unpacked to more, than the limits.
    """
    archive = open_package(source, "Excel (.xlsx)", "xl/workbook.xml")
    file_title, metadata = core_properties(archive, source)
    return _document(source, _openpyxl_sheets(source), MEDIA_TYPE, file_title, metadata)


def read_other(source: Source) -> Document:
    """The document of an old Excel (.xls), binary Excel (.xlsb) or OpenDocument (.ods) workbook.

    Raises:
        UnreadableDocument: no such file, damaged or encrypted, or without values.
        DocumentTooLarge: more sheets or cells, or unpacked to more, than the limits.
    """
    if source.data.startswith(b"PK"):
        archive = Archive(source)
        archive.check_size()
        _require_sound_xml(archive, source)
    media_type = OPEN_MEDIA_TYPE if source.name.lower().endswith(".ods") else OLD_MEDIA_TYPE
    return _document(source, _calamine_sheets(source), media_type, "", {})


def _require_sound_xml(archive: Archive, source: Source) -> None:
    """Raises UnreadableDocument for OpenDocument content whose tags don't match: calamine never ends then."""
    from lxml import etree

    if _OPEN_CONTENT not in archive.names:
        return
    try:
        for _, element in etree.iterparse(io.BytesIO(archive.read(_OPEN_CONTENT)), resolve_entities=False):
            element.clear()
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument(f"{source.name} is damaged: {error}") from None


def _document(
    source: Source,
    sheets: Iterator[tuple[str, Grid]],
    media_type: str,
    file_title: str,
    metadata: dict[str, str],
) -> Document:
    """The document of sheets, each a name and a grid."""
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    try:
        for number, (name, grid) in enumerate(sheets, 1):
            if number > source.limits.pages:
                raise DocumentTooLarge(
                    f"{source.name} has over {source.limits.pages:,} sheets; that is the limit"
                )
            if any(any(row) for row in grid):
                flow.heading(name, 1)
                write_grid(grid, flow)
    except (SaywhereError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # the libraries raise what their parts raise
        raise UnreadableDocument(f"{source.name} is damaged: {type(error).__name__}: {error}") from None
    title = choose_title(source, [file_title])
    return writer.document(source, title=title, media_type=media_type, metadata=metadata)


def _openpyxl_sheets(source: Source) -> Iterator[tuple[str, Grid]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extensions it doesn't know
        book = load_workbook(io.BytesIO(source.data), read_only=True, data_only=True, keep_links=False)
        try:
            cells_left = source.limits.cells
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                sheet.reset_dimensions()
                grid = []
                for row in sheet.iter_rows():
                    cells_left -= max(1, len(row))
                    if cells_left < 0:
                        raise DocumentTooLarge(
                            f"{source.name} has over {source.limits.cells:,} cells; that is the limit"
                        )
                    grid.append(_trimmed([_openpyxl_text(cell) for cell in row]))
                yield sheet.title, grid
        finally:
            book.close()


def _openpyxl_text(cell: Any) -> str:
    if cell.value is None or cell.data_type == "e":  # empty, or a formula's error
        return ""
    return cell_text(cell.value, cell.number_format or "")


def _calamine_sheets(source: Source) -> Iterator[tuple[str, Grid]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
    cells_left = source.limits.cells
    for name in book.sheet_names:
        grid = []
        for row in book.get_sheet_by_name(name).iter_rows():
            cells_left -= max(1, len(row))
            if cells_left < 0:
                raise DocumentTooLarge(
                    f"{source.name} has over {source.limits.cells:,} cells; that is the limit"
                )
            grid.append(_trimmed([cell_text(value) for value in row]))
        yield name, grid


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row
