"""A workbook's sheets to a document: each a section, with the notes on its cells below its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.formats.flow import Flow
from ingest.formats.office.sheet import Sheet, cell_name
from ingest.formats.sheets import write_grid
from ingest.formats.source import Source
from ingest.formats.tables import COVERED
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, SaywhereError, UnreadableDocument
from rag.types import Document

NOT_CALCULATED = "(not calculated)"
"""The text of a formula's cell without a result."""
_LISTED = 20


@dataclass(slots=True)
class LeftOut:
    """What a document doesn't have of its workbook, in words: hidden parts, and formulas without results."""

    hidden: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)

    @property
    def metadata(self) -> dict[str, str]:
        named = {"hidden": self.hidden, "uncalculated": self.uncalculated}
        return {name: _listed(parts) for name, parts in named.items() if parts}


def sheet_document(
    source: Source,
    sheets: Iterable[Sheet],
    left_out: LeftOut,
    *,
    media_type: str,
    title: str = "",
    metadata: dict[str, str] | None = None,
) -> Document:
    """The document of visible sheets; hidden rows and columns are left out unless the source asks for them.

    Args:
        sheets: read one after the other, so that one only is in memory.
        left_out: is added to meanwhile, and is in the document's metadata.

    Raises:
        UnreadableDocument: damaged, or nothing is shown.
        DocumentTooLarge: more sheets or cells than the limits.
    """
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    written = 0
    try:
        for number, sheet in enumerate(sheets, 1):
            if number > source.limits.pages:
                raise DocumentTooLarge(
                    f"{source.name} has over {source.limits.pages:,} sheets; that is the limit"
                )
            written += _write_sheet(sheet, flow, source, left_out)
    except (SaywhereError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # the libraries raise what their parts raise
        raise UnreadableDocument(f"{source.name} is damaged: {type(error).__name__}: {error}") from None
    if not written and left_out.hidden:
        raise UnreadableDocument(f"{source.name} shows no text; hidden are: {left_out.metadata['hidden']}")
    return writer.document(
        source,
        title=choose_title(source, [title]),
        media_type=media_type,
        metadata={**(metadata or {}), **left_out.metadata},
    )


def require_cells(count: int, source: Source) -> None:
    """Raises DocumentTooLarge for a workbook with more cells than the limit."""
    if count > source.limits.cells:
        raise DocumentTooLarge(f"{source.name} has over {source.limits.cells:,} cells; that is the limit")


def _write_sheet(sheet: Sheet, flow: Flow, source: Source, left_out: LeftOut) -> bool:
    """False: nothing of the sheet is shown."""
    sheet.fill_merged(source.limits.cells)
    notes = [
        (note, f"Note on {_names(sheet, note.row, note.column)}: {note.text}")
        for note in sorted(sheet.notes, key=lambda note: (note.row, note.column))
    ]
    if not source.hidden:
        hidden = sheet.hide()
        notes = [(note, text) for note, text in notes if not sheet.is_hidden(note)]
        left_out.hidden += [f"{hidden} of the sheet {sheet.name}"] if hidden else []
    grid = sheet.grid()
    if not any(any(row) for row in grid) and not notes:
        return False
    flow.heading(sheet.name, 1)
    write_grid(grid, flow)
    for _, text in notes:
        flow.paragraph(text)
    flow.end_context()
    return True


def _names(sheet: Sheet, row: int, column: int) -> str:
    """A cell by what a reader sees: the first text of its row, its own text, its reference."""
    cells = sheet.rows.get(row, [])
    own = cells[column] if column < len(cells) else ""
    first = next((cell for cell in cells[:column] if cell), "")
    names = [" ".join(name.removeprefix(COVERED).split())[:100] for name in (first, own) if name]
    reference = cell_name(row, column)
    return f"{', '.join(names)} ({reference})" if names else reference


def _listed(parts: list[str]) -> str:
    more = len(parts) - _LISTED
    return "; ".join([*parts[:_LISTED], *([f"and {more} more"] if more > 0 else [])])
