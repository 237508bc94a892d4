"""Files of many formats, written for the tests by the formats' own libraries."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.formats import read
from rag.types import BlockKind, Document

Grid = Sequence[Sequence[Any]]

LEAVE: Grid = (
    ("Years of service", "Days off", "Notice"),
    ("less than 2", "20", "one week"),
    ("2 to 5", "25", "two weeks"),
    ("more than 5", "30", "two weeks"),
)


def read_document(data: bytes | str, name: str, **options: Any) -> Document:
    """The document of a file; ``options`` as of ``ingest.formats.read``."""
    content = data.encode() if isinstance(data, str) else data
    return read(content, name, uri=name, document_id="d", **options)


def blocks(document: Document) -> list[tuple[str, str, str | None]]:
    """Kind, text and context of each block."""
    text = document.text
    return [
        (b.kind.value, b.span.slice(text), b.context_span.slice(text) if b.context_span else None)
        for b in document.blocks
    ]


def check_document(document: Document) -> None:
    """Asserts what is true of every document: blocks in order, context spans before them, pages without
    gaps, sections inside the text, and texts that UTF-8 can hold."""
    end = 0
    for block in document.blocks:
        assert end <= block.span.start < block.span.end <= len(document.text)
        assert block.context_span is None or block.context_span.end <= block.span.start
        text = block.span.slice(document.text)
        assert text.strip()
        assert block.kind is BlockKind.CODE or text == text.strip()
        end = block.span.end
    for one, other in zip(document.pages, document.pages[1:], strict=False):
        assert one.span.end == other.span.start
        assert one.number < other.number
    if document.pages:
        assert document.pages[-1].span.end == len(document.text)
        assert all(document.page_at(block.span.start) for block in document.blocks)
    assert all(s.span.end <= len(document.text) for s in document.sections)
    for text in (document.text, document.title, *document.metadata.values()):
        assert text.encode().decode() == text


def docx(*parts: str | Grid | tuple[str, str]) -> bytes:
    """A Word file: a string is a paragraph, a pair a paragraph with its style, a grid a table."""
    from docx import Document as Word

    file = Word()
    for part in parts:
        if isinstance(part, str):
            file.add_paragraph(part)
        elif len(part) == 2 and all(isinstance(text, str) for text in part):
            file.add_paragraph(str(part[0]), style=str(part[1]))
        else:
            table = file.add_table(rows=0, cols=len(part[0]))
            for row in part:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = str(text)
    return saved_bytes(file)


def saved_bytes(file: Any) -> bytes:
    """The bytes that an Office library's object saves."""
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def html_table(grid: Grid) -> str:
    """An HTML table whose first row has ``th`` cells."""
    tags = ("th", *["td"] * (len(grid) - 1))
    rows = ["".join(f"<{tag}>{cell}</{tag}>" for cell in row) for tag, row in zip(tags, grid, strict=True)]
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def zipped(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these members, by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def pdf(*pages: Sequence[tuple[Any, ...]], size: tuple[float, float] = (595, 842), **info: str) -> bytes:
    """A PDF of pages, each of (x, y from the top, text[, type size[, bold]]), drawn in this order."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size)
    if "title" in info:
        canvas.setTitle(info["title"])
    for page in pages:
        for x, y, text, *style in page:
            points, bold = (*style, 10, False)[:2] if len(style) == 1 else (style or [10, False])
            canvas.setFont("Helvetica-Bold" if bold else "Helvetica", points)
            canvas.drawString(x, size[1] - y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture(kind: str, text: str = "Ada wrote the plan.") -> bytes:
    """A small picture of a line of text; ``kind`` as Pillow names it. A TIFF has it twice."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (320, 80), "white")
    ImageDraw.Draw(image).text((20, 20), text, fill="black", font_size=24)
    out = io.BytesIO()
    image.save(out, kind, **({"save_all": True, "append_images": [image]} if kind == "TIFF" else {}))
    return out.getvalue()


def typeset(
    text: str, x: float = 72, y: float = 100, width: int = 80, points: float = 10
) -> list[tuple[Any, ...]]:
    """A paragraph in lines of at most ``width`` characters, as ``pdf`` takes them."""
    from textwrap import wrap

    return [(x, y + 1.2 * points * at, line, points) for at, line in enumerate(wrap(text, width))]


def pptx(*slides: tuple[str, Sequence[str], Grid | None, str]) -> bytes:
    """A PowerPoint file of slides, each (title, bullets, table, notes)."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for title, bullets, grid, notes in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(bullets)
        if grid is not None:
            shape = slide.shapes.add_table(
                len(grid), len(grid[0]), Inches(1), Inches(3), Inches(8), Inches(2)
            )
            for row, cells in enumerate(grid):
                for column, text in enumerate(cells):
                    shape.table.cell(row, column).text = str(text)
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    return saved_bytes(deck)


def xlsx(**sheets: Grid) -> bytes:
    """An Excel file; a cell may be (value, number format)."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, grid in sheets.items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(grid, 1):
            for column, value in enumerate(cells, 1):
                cell = sheet.cell(row, column)
                cell.value, *style = value if isinstance(value, tuple) else (value,)
                if style:
                    cell.number_format = style[0]
    return saved_bytes(book)


def xls(*rows: Sequence[Any]) -> bytes:
    """An old Excel file with one sheet "S"; a cell is a value, or (value, number format)."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            value, number_format = cell if isinstance(cell, tuple) else (cell, "General")
            sheet.write(number, column, value, xlwt.easyxf(num_format_str=number_format))
    return saved_bytes(book)


def epub(*chapters: str, extra: Mapping[str, str] | None = None) -> bytes:
    """An EPUB of chapters with these bodies."""
    items = "".join(
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>The book</dc:title><dc:creator>Ada</dc:creator></metadata><manifest>{items}</manifest>"
        f"<spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    )
    files = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OPS/book.opf": package}
    files |= {
        f"OPS/c{n}.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
        for n, body in enumerate(chapters)
    }
    return zipped({**files, **(extra or {})})


def opendocument(body: str, kind: str = "text") -> bytes:
    """An OpenDocument file with this content; ``kind`` is "text" or "presentation"."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "drawing", "presentation")
    ).replace("xmlns:drawing", "xmlns:draw")
    spaces += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    content = (
        f"<office:document-content {spaces}><office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>"
    )
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content})


SHEET = {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": (
        "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>"
        "<manifest:file-entry manifest:full-path='/'"
        " manifest:media-type='application/vnd.oasis.opendocument.spreadsheet'/></manifest:manifest>"
    ),
    "content.xml": (
        "<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'"
        " xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0'"
        " xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'"
        " xmlns:xlink='http://www.w3.org/1999/xlink'><office:body><office:spreadsheet>"
        "<table:table table:name='Leave'><table:table-row><table:table-cell office:value-type='string'>"
        "<text:p>Ada</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"
        "</office:body></office:document-content>"
    ),
}
"""The files of an OpenDocument sheet, by name."""
