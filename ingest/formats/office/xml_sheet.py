"""Workbooks in Excel's XML of 2003 (SpreadsheetML 2003), which many programs write as ``.xls``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ingest.formats.markup.tree import Element, local_name, xml_tree
from ingest.formats.office.number_format import GENERAL, ISO_DATE, shown_number, shown_text
from ingest.formats.office.sheet import Area, CellNote, Sheet, cell_name
from ingest.formats.office.sheet_document import NOT_CALCULATED, LeftOut, require_cells, sheet_document
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from rag.types import Document

MEDIA_TYPE = "application/vnd.ms-excel"
NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_NAMED = {
    "General Number": GENERAL,
    "General Date": f"{ISO_DATE} hh:mm",
    "Short Date": ISO_DATE,
    "Medium Date": "dd-mmm-yy",
    "Long Date": "d mmmm yyyy",
    "Short Time": "h:mm",
    "Medium Time": "h:mm AM/PM",
    "Long Time": "h:mm:ss",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
    "Currency": "#,##0.00",
}


def read(source: Source) -> Document:
    """The document of such a workbook; what is hidden is left out and named in the metadata.

    Raises:
        UnreadableDocument: damaged, or without values.
        DocumentTooLarge: more sheets or cells than the limits.
    """
    left_out = LeftOut()
    sheets = _sheets(xml_tree(source.data, source), source, left_out)
    return sheet_document(source, sheets, left_out, media_type=MEDIA_TYPE)


def _sheets(root: Element, source: Source, left_out: LeftOut) -> Iterator[Sheet]:
    formats = {
        _get(style, "ID"): _NAMED.get(_get(element, "Format"), _get(element, "Format"))
        for style in root.iter(f"{{{NAMESPACE}}}Style")
        for element in style
        if local_name(element) == "NumberFormat" and _get(element, "Format")
    }
    cells = 0
    for worksheet in root.iter(f"{{{NAMESPACE}}}Worksheet"):
        name = well_formed(_get(worksheet, "Name"))
        visible = next((e.text or "" for e in worksheet.iter("{*}Visible")), "")
        if visible.startswith(("SheetHidden", "SheetVeryHidden")) and not source.hidden:
            left_out.hidden.append(f"the sheet {name}")
            continue
        sheet = Sheet(name=name)
        for table in worksheet.iter(f"{{{NAMESPACE}}}Table"):
            row_number = column_number = 0
            for element in table:
                if local_name(element) == "Column":
                    column_number = _index(element, column_number)
                    last = column_number + _whole(element, "Span")
                    if _get(element, "Hidden") == "1":
                        sheet.hidden_columns.append((column_number, last))
                    column_number = last + 1
                elif local_name(element) == "Row":
                    row_number = _index(element, row_number)
                    if _get(element, "Hidden") == "1":
                        sheet.hidden_rows.add(row_number)
                    row = _row(element, row_number, sheet, formats, left_out)
                    cells += max(1, len(row))
                    require_cells(cells, source)
                    sheet.rows[row_number] = row
                    row_number += 1 + _whole(element, "Span")
        sheet.rows = dict(sorted(sheet.rows.items()))
        yield sheet


def _row(
    element: Element, number: int, sheet: Sheet, formats: dict[str, str], left_out: LeftOut
) -> list[str]:
    row: list[str] = []
    column = 0
    for cell in element:
        if local_name(cell) != "Cell":
            continue
        column = min(_index(cell, column), 16_383)
        across, down = _whole(cell, "MergeAcross"), _whole(cell, "MergeDown")
        if across or down:
            sheet.merged.append(Area(number, column, number + down, column + across))
        text = ""
        for child in cell:
            if local_name(child) == "Data":
                text = _shown(child, formats.get(_get(cell, "StyleID"), GENERAL))
            elif local_name(child) == "Comment":
                words = " ".join(well_formed("".join(child.itertext())).split())
                sheet.notes += [CellNote(number, column, words)] if words else []
        if not text and _get(cell, "Formula") and not any(local_name(child) == "Data" for child in cell):
            left_out.uncalculated.append(f"{sheet.name}!{cell_name(number, column)}")
            text = NOT_CALCULATED
        if text:
            row += [""] * (column + 1 - len(row))
            row[column] = text
        column += 1 + across
    return row


def _shown(data: Element, number_format: str) -> str:
    text = well_formed("".join(data.itertext()))
    try:
        match _get(data, "Type"):
            case "Number":
                return shown_number(float(text), number_format)
            case "DateTime":
                since = datetime.fromisoformat(text) - datetime(1899, 12, 30)
                days = since.days + since.seconds / 86_400
                return shown_number(days, number_format if number_format != GENERAL else ISO_DATE)
            case "Boolean":
                return "TRUE" if text.strip() == "1" else "FALSE"
    except (ValueError, TypeError):
        return text
    return shown_text(text, number_format)


def _index(element: Element, following: int) -> int:
    """The place that an element names, from 0; else the one after the last."""
    return max(_whole(element, "Index") - 1, 0) if _get(element, "Index") else following


def _whole(element: Element, name: str) -> int:
    text = _get(element, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _get(element: Element, name: str) -> str:
    return str(element.get(f"{{{NAMESPACE}}}{name}") or "")
