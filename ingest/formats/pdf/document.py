"""PDF to a document: text in reading order, page by page, without running heads and feet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from ingest.formats.flow import Flow
from ingest.formats.pdf.blocks import ITEM, NUMBERED, Kind, Part, Type, joined, parts
from ingest.formats.pdf.lines import Piece, is_rtl, pieces, rows
from ingest.formats.pdf.margins import without_running
from ingest.formats.pdf.reading_order import regions
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document, Span

MEDIA_TYPE = "application/pdf"
_JUNK_TITLE = re.compile(
    r"(?:untitled|microsoft \w+ - .*|.*\.(?:docx?|pptx?|xlsx?|indd|tex|dvi|od[tps]|pdf))", re.I
)
_METADATA = {"Author": "author", "Subject": "subject", "Keywords": "keywords"}
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def read(source: Source) -> Document:
    """The document of a PDF, its pages spans of the text; a paragraph may run from one to the next.

    Pages without text (scans) are named in the metadata as ``pages_without_text``.

    Raises:
        UnreadableDocument: no PDF, damaged, encrypted, or without any text (a scan).
        DocumentTooLarge: more pages than the limit.
    """
    pages, heights, info = _extracted(source)
    empty = [str(number) for number, page in enumerate(pages, 1) if not page]
    if len(empty) == len(pages):
        count = "1 page" if len(pages) == 1 else f"{len(pages)} pages"
        raise UnreadableDocument(
            f"{source.name} has no text on its {count}: it is a scan or picture; run text"
            " recognition (OCR) on it first"
        )
    kept = without_running(pages, heights)
    writer = DocumentWriter(source.limits)
    _Writing(writer, Type.of(kept), _vocabulary(kept)).write(kept)
    metadata = {
        name: well_formed(" ".join(info[key].split()))
        for key, name in _METADATA.items()
        if info.get(key, "").strip()
    }
    if empty:
        metadata["pages_without_text"] = ", ".join(empty)
    return writer.document(
        source, title=_title(writer, info.get("Title", ""), source), media_type=MEDIA_TYPE, metadata=metadata
    )


def _extracted(source: Source) -> tuple[list[list[Piece]], list[float], dict[str, str]]:
    """Pieces of each page, the pages' heights in points, and what the file says of itself."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        pdf = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableDocument(f"{source.name} is encrypted: it needs a password") from None
        raise UnreadableDocument(f"{source.name} is no PDF, or damaged") from None
    try:
        if len(pdf) > source.limits.pages:
            raise DocumentTooLarge(
                f"{source.name} has {len(pdf):,} pages; the limit is {source.limits.pages:,}"
            )
        found, heights = [], []
        for page in _pages(pdf, pdfium):
            found.append(pieces(page, raw) if page is not None else [])
            heights.append(_height(page, found[-1]))
        return found, heights, pdf.get_metadata_dict(skip_empty=True)
    finally:
        pdf.close()


def _pages(pdf: Any, pdfium: Any) -> Iterator[Any]:
    """Each page, or None for one that is damaged."""
    for index in range(len(pdf)):
        try:
            page = pdf[index]
        except pdfium.PdfiumError:
            yield None
            continue
        yield page
        page.close()


def _height(page: Any, found: Sequence[Piece]) -> float:
    if page is None:
        return 1.0
    width, height = page.get_size()
    lowest = max((piece.bottom for piece in found), default=0.0)
    return float(height if lowest <= height else max(width, height))


class _Writing:
    """Writes the parts of all pages; a paragraph that a page or column breaks is made one again."""

    def __init__(self, writer: DocumentWriter, body: Type, known: Counter[str]) -> None:
        self._writer = writer
        self._flow = Flow(writer)
        self._body = body
        self._known = known
        self._held: list[tuple[int, Part]] = []
        self._marked = 0
        self._sizes: list[float] = []
        self._list_lead: Span | None = None
        self._in_list = False

    def write(self, pages: Sequence[Sequence[Piece]]) -> None:
        done = [list(self._parts(page)) for page in pages]
        sizes = {round(part.size, 0) for page in done for part in page if part.kind is Kind.HEADING}
        self._sizes = sorted(sizes, reverse=True)
        for number, page in enumerate(done, 1):
            self._page(number, page)
        self._release()
        self._mark(len(pages))

    def _parts(self, page: Sequence[Piece]) -> Iterator[Part]:
        upright = [piece for piece in page if not piece.aside]
        aside = [[piece] for piece in page if piece.aside]
        for region in [*([upright] if is_rtl(upright) else regions(upright)), *aside]:
            yield from parts(region, self._body)

    def _page(self, number: int, page: Sequence[Part]) -> None:
        """Parts of one page; notes in small type at its end don't come between a paragraph's halves."""
        notes: list[Part] = []
        main = list(page)
        while len(main) > 1 and main[-1].kind is Kind.TEXT and main[-1].size < 0.92 * self._body.size:
            notes.insert(0, main.pop())
        for part in main:
            if self._continues(part):
                self._held.append((number, part))
            else:
                self._release()
                self._mark(number)
                self._held = [(number, part)]
        if notes and not (self._held and self._held[-1][1].open_end):
            self._release()
        for part in notes:
            self._mark(number)
            self._put([(number, part)])

    def _continues(self, part: Part) -> bool:
        if not self._held or part.kind is not Kind.TEXT or not self._held[-1][1].open_end:
            return False
        before = self._held[-1][1]
        if abs(part.size - before.size) > 0.12 * before.size or ITEM.match(part.lines[0]):
            return False
        return part.lines[0][:1].islower() or before.lines[-1].endswith(("-", "\xad", ","))

    def _release(self) -> None:
        if self._held:
            self._put(self._held)
            self._held = []

    def _put(self, held: Sequence[tuple[int, Part]]) -> None:
        first = held[0][1]
        if first.kind is not Kind.TEXT:
            self._list_lead, self._in_list = None, False
        if first.kind is Kind.TABLE:
            self._flow.table(first.cells)
            return
        lines = [line for _, part in held for line in part.lines]
        text = joined(lines, self._known)
        if first.kind is Kind.HEADING:
            self._flow.heading(text, self._level(first, text))
            return
        if ITEM.match(text):
            self._list_lead = self._flow.context_span(None) or self._list_lead
            span = self._flow.item(text, self._list_lead, tight=self._in_list)
            self._in_list = True
        else:
            self._list_lead, self._in_list = None, False
            span = self._flow.paragraph(text)
        done = 0
        for (_, before), (number, part) in pairwise(held):
            done += len(before.lines)
            if number > self._marked:
                at = len(joined([*lines[:done], part.lines[0]], self._known)) - len(part.lines[0])
                self._writer.page(number, span.start + max(0, at))
                self._marked = number

    def _level(self, part: Part, text: str) -> int:
        numbered = NUMBERED.match(text)
        if numbered and part.size < 1.4 * self._body.size:
            return 2 + numbered[0].strip(" .").count(".")
        above = [size for size in self._sizes if size > round(part.size, 0)]
        return min(1 + len(above), 6)

    def _mark(self, number: int) -> None:
        for page in range(self._marked + 1, number + 1):
            self._writer.page(page)
            self._marked = page


def _vocabulary(pages: Sequence[Sequence[Piece]]) -> Counter[str]:
    """Words inside lines, where no line's end can have broken them."""
    known: Counter[str] = Counter()
    for page in pages:
        for row in rows(page):
            for piece in row:
                known.update(word.lower() for word in _WORDS.findall(piece.text)[:-1])
    return known


def _title(writer: DocumentWriter, named: str, source: Source) -> str:
    """What the file calls itself, unless that is a program's doing; else the biggest first heading."""
    given = " ".join(well_formed(named).split())
    if given and not _JUNK_TITLE.fullmatch(given):
        return given
    tops = [heading for heading in writer.headings[:5] if heading.level == 1]
    return tops[0].text if tops else source.stem_title
