"""OpenDocument sheets (.ods) to a document: the texts that their cells show."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress

from ingest.formats.container.archive import Archive
from ingest.formats.link_targets import LinkTargets
from ingest.formats.markup.tree import Element, local_name
from ingest.formats.office.odt import properties, require_unencrypted
from ingest.formats.office.sheet import Area, CellNote, Sheet, cell_name
from ingest.formats.office.sheet_document import NOT_CALCULATED, LeftOut, require_cells, sheet_document
from ingest.formats.sheets import general
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_TAGS = tuple(f"{{*}}{name}" for name in ("spreadsheet", "style", "table", "table-column", "table-row"))


def read(source: Source) -> Document:
    """The document of an OpenDocument workbook. Hidden sheets, rows and columns are named in the metadata as
    ``hidden``, formulas without a stored result as ``uncalculated``.

    Raises:
        UnreadableDocument: no such file, damaged or encrypted, or without values.
        DocumentTooLarge: more sheets or cells, or unpacked to more, than the limits.
    """
    archive = Archive(source)
    archive.check_size()
    require_unencrypted(archive, source)
    title, metadata = properties(archive, source)
    left_out = LeftOut()
    sheets = _Reader(source, left_out).sheets(archive.read("content.xml"))
    return sheet_document(source, sheets, left_out, media_type=MEDIA_TYPE, title=title, metadata=metadata)


class _Reader:
    """Reads the sheets one after the other; ``_row`` is the number of the next row."""

    def __init__(self, source: Source, left_out: LeftOut) -> None:
        self._source = source
        self._left_out = left_out
        self._hidden_styles: set[str] = set()
        self._targets = LinkTargets()
        self._cells = 0
        self._row = 0
        self._column = 0

    def sheets(self, content: bytes) -> Iterator[Sheet]:
        from lxml import etree

        sheet: Sheet | None = None
        is_hidden = has_sheets = False
        parser = etree.iterparse(
            io.BytesIO(content),
            events=("start", "end"),
            tag=_TAGS,
            resolve_entities=False,
            remove_comments=True,
        )
        try:
            for event, element in parser:
                name = local_name(element)
                if event == "start":
                    has_sheets = has_sheets or name == "spreadsheet"
                    if name == "table" and sheet is None:
                        self._row = self._column = 0
                        self._targets.next_section()
                        sheet = Sheet(name=well_formed(_get(element, "name") or "Sheet"))
                        is_hidden = _get(element, "style-name") in self._hidden_styles
                elif name == "style":
                    self._add_style(element)
                elif name == "table-column" and sheet is not None:
                    self._add_column(element, sheet)
                elif name == "table-row" and sheet is not None:
                    if not is_hidden or self._source.hidden:
                        self._add_row(element, sheet)
                    element.clear()
                elif name == "table" and sheet is not None:
                    if is_hidden and not self._source.hidden:
                        self._left_out.hidden.append(f"the sheet {sheet.name}")
                    else:
                        yield sheet
                    sheet = None
                    element.clear()
        except etree.XMLSyntaxError as error:
            raise UnreadableDocument(f"{self._source.name} is damaged: {error}") from None
        if not has_sheets:
            raise UnreadableDocument(f"{self._source.name} is no OpenDocument sheet")

    def _add_style(self, style: Element) -> None:
        if any(_get(child, "display") == "false" for child in style.iter("{*}table-properties")):
            self._hidden_styles.add(_get(style, "name"))

    def _add_column(self, element: Element, sheet: Sheet) -> None:
        count = _count(element, "number-columns-repeated")
        if _get(element, "visibility") in ("collapse", "filter"):
            sheet.hidden_columns.append((self._column, self._column + count - 1))
        self._column += count

    def _add_row(self, element: Element, sheet: Sheet) -> None:
        """Adds a row as often as it is repeated; its notes and merged cells are those of the first."""
        first, count = self._row, _count(element, "number-rows-repeated")
        self._row += count
        row: list[str] = []
        gap = 0
        for cell in element:
            repeated = _count(cell, "number-columns-repeated")
            text = "" if local_name(cell) != "table-cell" else self._text(cell, sheet, first, len(row) + gap)
            if not text:
                gap += repeated
                continue
            self._cells += (gap + repeated) * count
            require_cells(self._cells, self._source)
            row += [""] * gap
            self._merge(cell, sheet, first, len(row))
            row += [text] * repeated
            gap = 0
        hidden = _get(element, "visibility") in ("collapse", "filter")
        if row:
            for number in range(first, first + count):
                sheet.rows[number] = list(row)
                if hidden:
                    sheet.hidden_rows.add(number)
        elif hidden and count < 10_000:
            sheet.hidden_rows.update(range(first, first + count))

    def _merge(self, cell: Element, sheet: Sheet, row: int, column: int) -> None:
        rows, columns = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if rows > 1 or columns > 1:
            sheet.merged.append(Area(row, column, row + rows - 1, column + columns - 1))

    def _text(self, cell: Element, sheet: Sheet, row: int, column: int) -> str:
        """What a cell shows; where a program wrote its value only, that value."""
        paragraphs = [_inline(child, self._targets) for child in cell if local_name(child) == "p"]
        for note in (child for child in cell if local_name(child) == "annotation"):
            words = " ".join(_inline(child, self._targets) for child in note if local_name(child) == "p")
            if words.strip():
                sheet.notes.append(CellNote(row, column, " ".join(well_formed(words).split())))
        text = well_formed("\n".join(paragraphs)).strip()
        if text or not cell.attrib:
            return text
        value, kind = _get(cell, "value"), _get(cell, "value-type")
        if kind in ("float", "currency", "percentage"):
            with suppress(ValueError):
                number = float(value)
                shown = f"{general(number * 100)}%" if kind == "percentage" else general(number)
                return f"{shown} {_get(cell, 'currency')}".strip()
        stored = _get(cell, "date-value") or _get(cell, "string-value") or _get(cell, "boolean-value").upper()
        if stored or not _get(cell, "formula") or kind:
            return well_formed(stored)
        self._left_out.uncalculated.append(f"{sheet.name}!{cell_name(row, column)}")
        return NOT_CALCULATED


def _inline(element: Element, targets: LinkTargets) -> str:
    """The text of an element, with the targets of its links."""
    parts = [element.text or ""]
    for child in element:
        name = local_name(child)
        if name == "s":
            parts.append(" " * min(_count(child, "c"), 100))
        elif name in ("tab", "line-break"):
            parts.append(" ")
        elif name == "a":
            text = _inline(child, targets)
            told = targets.of(text, _get(child, "href"))
            parts.append(text.rstrip() + told if told else text)
        elif name != "annotation":
            parts.append(_inline(child, targets))
        parts.append(child.tail or "")
    return "".join(parts)


def _get(element: Element, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _count(element: Element, name: str) -> int:
    text = _get(element, name)
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1
