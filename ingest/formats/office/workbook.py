"""The parts of an Excel workbook (SpreadsheetML): its sheets, shared texts, number formats and cells."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.formats.container.archive import Archive
from ingest.formats.markup.tree import Element, local_name, xml_tree
from ingest.formats.office.number_format import GENERAL, ISO_DATE, shown_number, shown_text
from ingest.formats.office.package import main_part
from ingest.formats.office.sheet import Area, CellNote, area, cell_name, column_number
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from rag.errors import UnreadableDocument

WORKBOOK = "xl/workbook.xml"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LARGEST_COLUMN = 16_384
_ISO_TIME = f"{ISO_DATE} hh:mm"
_BUILT_IN = {14: ISO_DATE, 22: _ISO_TIME} | dict.fromkeys((*range(27, 32), 36, *range(50, 59)), ISO_DATE)
"""Formats whose order of day and month is the system's, which the file doesn't tell."""
_THREADED = "[Threaded comment]"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """A sheet of the workbook: its name, the name of its part in the package, and whether it is hidden."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell with a value or formula. ``row`` and ``column`` count from 0.

    ``kind`` and ``value`` are as stored (ECMA-376, 18.18.11): "n" a number, "b" a boolean, "e" an error,
    "s", "str", "inlineStr" a text, here already resolved, "d" a date in ISO form. ``formula`` is empty for
    a plain value.
    """

    row: int
    column: int
    kind: str
    value: str
    style: int
    formula: str = ""


@dataclass(slots=True)
class SheetLayout:
    """What a sheet says beside its cells: merged areas, and hidden rows and columns, from 0."""

    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


class Workbook:
    """A workbook in its package.

    ``recalculates``: programs are told to calculate all formulas when they open it, so that stored results
    may be missing or old.

    Raises:
        UnreadableDocument: damaged.
    """

    def __init__(self, archive: Archive, source: Source) -> None:
        self._archive = archive
        self._source = source
        self._names = {name.lower(): name for name in archive.names}  # some programs mix the letters' cases
        part = main_part(archive, source, WORKBOOK)
        root = self._tree(part)
        targets = self._relationships(part)
        self.sheets = tuple(
            SheetPart(
                name=well_formed(sheet.get("name") or ""),
                part=target,
                is_hidden=sheet.get("state", "visible") != "visible",
            )
            for sheet in root.iter("{*}sheet")
            if (target := _sheet_target(sheet, targets)) is not None
        )
        properties = next(root.iter("{*}workbookPr"), None)
        self.from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        calculation = next(root.iter("{*}calcPr"), None)
        self.recalculates = calculation is not None and calculation.get("fullCalcOnLoad") in ("1", "true")
        kinds = dict(targets.values())
        self._strings = self._shared_strings(kinds.get("sharedStrings"))
        self._formats = self._number_formats(kinds.get("styles"))

    def cells(self, sheet: SheetPart, layout: SheetLayout | None = None) -> Iterator[Cell]:
        """The cells of a sheet with a value or a formula, row by row; ``layout`` is filled meanwhile.

        Raises:
            UnreadableDocument: damaged.
        """
        from lxml import etree

        data = io.BytesIO(self._archive.read(sheet.part))
        shared: dict[str, tuple[str, str]] = {}
        row_number = -1
        try:
            for _, element in etree.iterparse(
                data, tag=("{*}row", "{*}col", "{*}mergeCell"), resolve_entities=False, remove_comments=True
            ):
                if local_name(element) == "row":
                    row_number = _number(element.get("r"), row_number + 2) - 1
                    if layout is not None and _is_hidden(element, "ht"):
                        layout.hidden_rows.add(row_number)
                    yield from self._row_cells(element, row_number, shared)
                    _forget(element)
                elif layout is not None:
                    _add_to_layout(layout, element)
        except etree.XMLSyntaxError as error:
            raise UnreadableDocument(f"{self._source.name} is damaged: {sheet.part}: {error}") from None

    def text(self, cell: Cell) -> str:
        """A cell's text as it is shown; of a formula, its stored result."""
        match cell.kind:
            case "n":
                return self.shown(float(cell.value), cell.style) if _is_number(cell.value) else ""
            case "b":
                return "TRUE" if cell.value in ("1", "true") else "FALSE"
            case "d":
                return cell.value.replace("T", " ").removesuffix(" 00:00:00")
            case "e":
                return cell.value
            case _:
                return shown_text(cell.value, self._format(cell.style))

    def shown(self, value: float, style: int) -> str:
        """A number as a cell of this style shows it."""
        return shown_number(value, self._format(style), from_1904=self.from_1904)

    def notes(self, sheet: SheetPart) -> list[CellNote]:
        """The notes and comments on a sheet's cells; an empty list if they can't be read."""
        notes: list[CellNote] = []
        try:
            parts = list(self._relationships(sheet.part).values())
            for kind, part in parts:
                if kind == "threadedComment":
                    notes += _cell_notes(self._tree(part), "threadedComment")
            for kind, part in parts:
                if kind == "comments":
                    old = _cell_notes(self._tree(part), "comment")
                    notes += [note for note in old if not note.text.startswith(_THREADED)]
        except UnreadableDocument:
            return []
        return notes

    def _row_cells(self, row: Element, row_number: int, shared: dict[str, tuple[str, str]]) -> Iterator[Cell]:
        column = -1
        for element in row:
            if local_name(element) != "c":
                continue
            named = column_number(element.get("r") or "")
            column = named if named >= 0 else column + 1
            if column >= _LARGEST_COLUMN:
                raise UnreadableDocument(f"{self._source.name} is damaged: a cell has column {column + 1:,}")
            kind, value, formula = element.get("t") or "n", None, ""
            for child in element:
                name = local_name(child)
                if name == "v":
                    value = child.text
                elif name == "is":
                    value = _rich_text(child)
                elif name == "f":
                    formula = _formula(child, row_number, column, shared)
            if value is None and not formula:
                continue
            if kind == "s":
                value = self._string(value or "")
            elif kind in ("str", "inlineStr"):
                value = _unescaped(value or "")
            yield Cell(
                row=row_number,
                column=column,
                kind=kind,
                value=well_formed(value or ""),
                style=_number(element.get("s"), 0),
                formula=formula,
            )

    def _string(self, index: str) -> str:
        number = _number(index.strip(), -1)
        return self._strings[number] if 0 <= number < len(self._strings) else ""

    def _format(self, style: int) -> str:
        return self._formats[style] if 0 <= style < len(self._formats) else GENERAL

    def _tree(self, part: str) -> Element:
        return xml_tree(self._archive.read(part), self._source)

    def _relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part refers to, by id: the last word of the kind of each, and its name."""
        folder, _, name = part.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self._archive:
            return {}
        targets = {}
        for element in self._tree(path):
            target = element.get("Target") or ""
            joined = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            kind = (element.get("Type") or "").rpartition("/")[2]
            name = posixpath.normpath(joined)
            targets[element.get("Id") or ""] = (kind, self._names.get(name.lower(), name))
        return targets

    def _shared_strings(self, part: str | None) -> list[str]:
        """The texts that cells refer to by number."""
        from lxml import etree

        if part is None or part not in self._archive:
            return []
        strings = []
        try:
            for _, element in etree.iterparse(
                io.BytesIO(self._archive.read(part)),
                tag="{*}si",
                resolve_entities=False,
                remove_comments=True,
            ):
                strings.append(well_formed(_unescaped(_rich_text(element))))
                _forget(element)
        except etree.XMLSyntaxError as error:
            raise UnreadableDocument(f"{self._source.name} is damaged: {part}: {error}") from None
        return strings

    def _number_formats(self, part: str | None) -> list[str]:
        """The number format of each style that cells have."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        if part is None or part not in self._archive:
            return []
        root = self._tree(part)
        codes = {**BUILTIN_FORMATS, **_BUILT_IN}
        for element in root.iter("{*}numFmt"):
            if local_name(element.getparent()) == "numFmts":
                codes[_number(element.get("numFmtId"), 0)] = element.get("formatCode") or GENERAL
        styles = next(root.iter("{*}cellXfs"), ())
        return [codes.get(_number(style.get("numFmtId"), 0), GENERAL) for style in styles]


def _sheet_target(sheet: Element, targets: dict[str, tuple[str, str]]) -> str | None:
    """The part of a sheet; None for a chart or dialog in a sheet's place."""
    identifier = next((str(v) for k, v in sheet.attrib.items() if k.endswith("}id")), "")
    kind, part = targets.get(identifier, ("", ""))
    return part if kind == "worksheet" else None


def _rich_text(element: Element) -> str:
    """The text of its runs, without the phonetic readings of Japanese."""
    parts: list[Element] = list(element.iter("{*}t"))
    if next(element.iter("{*}rPh"), None) is not None:
        parts = [part for part in parts if next(part.iterancestors("{*}rPh"), None) is None]
    return "".join(part.text or "" for part in parts)


def _unescaped(text: str) -> str:
    """Characters that XML can't hold are written as ``_x000D_``."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)).strip("\0"), text) if "_x" in text else text


def _formula(element: Element, row: int, column: int, shared: dict[str, tuple[str, str]]) -> str:
    """A cell's formula with its "="; one that is shared is moved to this cell. "=?" is one that can't be
    written so: an array's or a data table's."""
    from openpyxl.formula.translate import Translator, TranslatorError

    text = (element.text or "").strip()
    match element.get("t"):
        case "shared":
            index = element.get("si") or ""
            if text:
                shared.setdefault(index, (f"={text}", cell_name(row, column)))
                return f"={text}"
            formula, origin = shared.get(index, ("", ""))
            try:
                return (
                    Translator(formula, origin).translate_formula(cell_name(row, column)) if formula else "=?"
                )
            except (TranslatorError, ValueError, IndexError):
                return "=?"
        case "array" | "dataTable":
            return "=?"
        case _:
            return f"={text}" if text else ""


def _add_to_layout(layout: SheetLayout, element: Element) -> None:
    if local_name(element) == "mergeCell":
        merged = area(element.get("ref") or "")
        if merged is not None:
            layout.merged.append(merged)
    elif _is_hidden(element, "width"):
        first, last = _number(element.get("min"), 1), _number(element.get("max"), 1)
        layout.hidden_columns.append((first - 1, last - 1))


def _is_hidden(element: Element, size: str) -> bool:
    """Whether a row or column is hidden, or of no height or width."""
    if element.get("hidden") in ("1", "true"):
        return True
    extent = element.get(size)
    return extent is not None and _is_number(extent) and float(extent) == 0


def _cell_notes(root: Element, tag: str) -> list[CellNote]:
    notes = []
    for element in root.iter(f"{{*}}{tag}"):
        place = area(element.get("ref") or "")
        text = " ".join(well_formed("".join(e.text or "" for e in element.iter("{*}t", "{*}text"))).split())
        if place is not None and text:
            notes.append(CellNote(place.top, place.left, text))
    return notes


def _forget(element: Element) -> None:
    """Frees an element that was read, and those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
