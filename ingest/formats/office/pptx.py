"""PowerPoint to a document: each slide a page, its title a heading, with its tables and notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.formats.flow import Flow
from ingest.formats.office.package import core_properties, open_package
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def read(source: Source) -> Document:
    """The document of a presentation; shapes are read from top to bottom, then the speaker's notes.

    Raises:
        UnreadableDocument: no PowerPoint file, damaged or encrypted, or without text.
        DocumentTooLarge: more slides, or unpacked to more, than the limits.
    """
    from pptx import Presentation

    archive = open_package(source, "PowerPoint (.pptx)", "ppt/presentation.xml")
    file_title, metadata = core_properties(archive, source)
    writer = DocumentWriter(source.limits)
    try:
        slides = list(Presentation(io.BytesIO(source.data)).slides)
        if len(slides) > source.limits.pages:
            raise DocumentTooLarge(
                f"{source.name} has {len(slides):,} slides; the limit is {source.limits.pages:,}"
            )
        flow = Flow(writer)
        for number, slide in enumerate(slides, 1):
            writer.page(number)
            _write_slide(slide, flow)
    except (DocumentTooLarge, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # python-pptx raises what its parts raise
        raise UnreadableDocument(f"{source.name} is damaged: {type(error).__name__}: {error}") from None
    title = choose_title(source, [file_title, *(heading.text for heading in writer.headings)])
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=metadata)


def _write_slide(slide: Any, flow: Flow) -> None:
    title = slide.shapes.title
    if title is not None and title.has_text_frame:
        flow.heading(_clean(title.text_frame.text), 1)
    for shape in _top_to_bottom(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            _write_shape(shape, flow)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = _clean(slide.notes_slide.notes_text_frame.text).strip()
        flow.paragraph(f"Notes: {notes}" if notes else "")
    flow.end_context()


def _top_to_bottom(shapes: Iterable[Any]) -> Iterator[Any]:
    """Shapes from top to bottom, those of a group together."""
    for shape in sorted(shapes, key=lambda s: ((s.top or 0) // 100_000, s.left or 0)):
        if shape.shape_type is not None and shape.shape_type == 6:  # a group
            yield from _top_to_bottom(shape.shapes)
        else:
            yield shape


def _write_shape(shape: Any, flow: Flow) -> None:
    if getattr(shape, "has_table", False) and shape.has_table:
        rows = [[_clean(cell.text) for cell in row.cells] for row in shape.table.rows]
        flow.table(rows, header_rows=1 if shape.table.first_row else None)
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        _write_chart(shape.chart, flow)
    elif shape.has_text_frame:
        _write_text(shape, flow)


def _write_text(shape: Any, flow: Flow) -> None:
    """A text box's paragraphs; several in a placeholder, and indented ones, are a list."""
    paragraphs = [(p.level, _clean(p.text).strip()) for p in shape.text_frame.paragraphs]
    filled = [(level, text) for level, text in paragraphs if text]
    is_list = shape.is_placeholder and len(filled) > 1
    context_span = flow.list_context(None)
    parents: dict[int, Any] = {}
    for level, text in filled:
        if not is_list and not level:
            context_span = flow.paragraph(text)
            continue
        owner = next((parents[up] for up in range(level - 1, -1, -1) if up in parents), context_span)
        parents = {up: span for up, span in parents.items() if up < level}
        parents[level] = flow.item(f"{'  ' * level}- {text}".strip(), owner, tight=bool(parents))
    flow.end_context()


def _write_chart(chart: Any, flow: Flow) -> None:
    """A chart's figures as a table: a row for each category."""
    if chart.has_title and chart.chart_title.has_text_frame:
        flow.paragraph(_clean(chart.chart_title.text_frame.text))
    for plot in chart.plots:
        series = list(plot.series)
        rows: list[list[str]] = [["", *(str(each.name) for each in series)]]
        for at, category in enumerate(plot.categories):
            values = [each.values[at] if at < len(each.values) else None for each in series]
            rows.append([str(category), *("" if v is None else f"{v:g}" for v in values)])
        flow.table(rows, header_rows=1)


def _clean(text: str) -> str:
    return well_formed(text.replace("\v", "\n").replace("\xad", ""))
