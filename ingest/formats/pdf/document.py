"""PDF, or a picture, to a document: text in reading order, page by page, without running heads and feet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

from ingest.formats.flow import Flow
from ingest.formats.pdf.blocks import (
    HEADING_NUMBER,
    LIST_ITEM,
    PageBlock,
    PageBlockKind,
    body_size,
    join_lines,
    page_blocks,
)
from ingest.formats.pdf.line_numbers import without_line_numbers
from ingest.formats.pdf.link_signs import LinkSigns, without_signs
from ingest.formats.pdf.opening import opened
from ingest.formats.pdf.page_content import PageContent, page_content
from ingest.formats.pdf.page_tables import continues_table, rows_without_header
from ingest.formats.pdf.picture_pages import is_picture, media_type
from ingest.formats.pdf.reading_order import regions
from ingest.formats.pdf.recognition_metadata import recognition_metadata
from ingest.formats.pdf.rules import Rule
from ingest.formats.pdf.running_heads import without_running_heads
from ingest.formats.pdf.text_run import TextRun
from ingest.formats.pdf.text_runs import is_rtl, to_rows
from ingest.formats.pdf.watermarks import without_watermarks
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, NoTextRecognised, UnreadableDocument
from rag.types import Document, Span

MEDIA_TYPE = "application/pdf"
_METADATA = {"Author": "author", "Subject": "subject", "Keywords": "keywords"}
_DAMAGED = "it is damaged"
_TITLE_HEADINGS = 8  # the first headings of a document: one of them may be its title
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def read(source: Source) -> Document:
    """The document of a PDF, its pages spans of the text; a paragraph may run from one to the next.

    The text of scanned pages is recognised where Tesseract is installed. In the metadata,
    ``recognised_pages`` names them with the mean confidence of their words, ``doubtful_pages`` those of low
    confidence, ``pages_without_text`` those without any text, and ``unread`` says why pages with
    something drawn on them have none.

    Raises:
        UnreadableDocument: no PDF or picture, damaged, encrypted, or without any text (a scan).
        NoTextRecognised: a picture in which no text is recognised.
        DocumentTooLarge: more pages than the limit.
    """
    links = LinkSigns()
    contents, info = _extract(source, links)
    empty = [number for number, page in enumerate(contents, 1) if not page.runs and not page.notes]
    if len(empty) == len(contents):
        is_sound = is_picture(source.data) and not any(page.unread == _DAMAGED for page in contents)
        raise (NoTextRecognised if is_sound else UnreadableDocument)(_no_text(source, contents))
    runs = without_line_numbers([page.runs for page in contents])
    body = body_size(runs)
    pages = without_running_heads(
        [without_watermarks(page, body) for page in runs], [page.height for page in contents], body
    )
    writer = DocumentWriter(source.limits)
    _PageWriter(writer, body, _vocabulary(pages), links).write(pages, contents)
    metadata = {
        name: well_formed(" ".join(info[key].split()))
        for key, name in _METADATA.items()
        if info.get(key, "").strip()
    }
    if empty:
        metadata["pages_without_text"] = ", ".join(map(str, empty))
    metadata |= recognition_metadata(contents)
    first_page = pages[0] if pages else []
    title = _title(writer, info.get("Title", ""), first_page, source)
    kind = media_type(source.data) if is_picture(source.data) else MEDIA_TYPE
    return writer.document(source, title=title, media_type=kind, metadata=metadata)


def read_picture(source: Source) -> Document:
    """The document of a picture, as that of a scan.

    Raises:
        NoTextRecognised: no picture, an icon, or one in which no text is recognised.
        UnreadableDocument: damaged.
        DocumentTooLarge: more pages or pixels than the limits.
    """
    if not is_picture(source.data):
        raise NoTextRecognised(f"{source.name} is no picture of the formats that are read")
    return read(source)


def _no_text(source: Source, contents: Sequence[PageContent]) -> str:
    count = "1 page" if len(contents) == 1 else f"{len(contents)} pages"
    reasons = dict.fromkeys(page.unread for page in contents if page.unread)
    reason = next(iter(reasons), "no text was recognised")
    return f"{source.name} has no text on its {count}: it is a scan or picture; {reason}"


def _extract(source: Source, links: LinkSigns) -> tuple[list[PageContent], dict[str, str]]:
    """The content of each page, and the file's own metadata."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    with opened(source, forms=True) as pdf:
        if len(pdf) > source.limits.pages:
            raise DocumentTooLarge(
                f"{source.name} has {len(pdf):,} pages; the limit is {source.limits.pages:,}"
            )
        contents = [
            PageContent(unread=_DAMAGED)
            if page is None
            else page_content(page, raw, pdf.formenv, source.limits, source.budget, links)
            for page in _pages(pdf, pdfium)
        ]
        return contents, pdf.get_metadata_dict(skip_empty=True)


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


class _PageWriter:
    """Writes the blocks of all pages; joins the parts of a paragraph that a page or column breaks.

    A paragraph waits in ``_pending``, its blocks with their page numbers, until a block comes that
    doesn't continue it.

    Args:
        body: the type size of the running text, in points.
        vocabulary: the document's words, see ``join_lines``.
        links: tells the targets of links, which have signs in the lines.
    """

    def __init__(
        self, writer: DocumentWriter, body: float, vocabulary: Counter[str], links: LinkSigns
    ) -> None:
        self._links = links
        self._writer = writer
        self._flow = Flow(writer)
        self._body = body
        self._vocabulary = vocabulary
        self._pending: list[tuple[int, PageBlock]] = []
        self._last_page = 0
        self._heading_sizes: list[float] = []
        self._list_context: Span | None = None
        self._in_list = False

    def write(self, pages: Sequence[Sequence[TextRun]], contents: Sequence[PageContent]) -> None:
        blocks = [
            list(self._blocks(page, content.rules)) for page, content in zip(pages, contents, strict=True)
        ]
        headings = (block for page in blocks for block in page if block.kind is PageBlockKind.HEADING)
        self._heading_sizes = sorted({round(block.size, 0) for block in headings}, reverse=True)
        for number, (page, content) in enumerate(zip(blocks, contents, strict=True), 1):
            self._write_page(number, page)
            if content.notes:
                self._write_notes(number, content.notes)
        self._flush()
        self._begin_pages(len(pages))

    def _blocks(self, page: Sequence[TextRun], rules: Sequence[Rule]) -> Iterator[PageBlock]:
        upright = [run for run in page if not run.rotated]
        rotated = [[run] for run in page if run.rotated]
        for region in [*([upright] if is_rtl(upright) else regions(upright)), *rotated]:
            yield from page_blocks(region, self._body, rules)

    def _write_page(self, number: int, page: Sequence[PageBlock]) -> None:
        """Writes one page; footnotes in small type at its end don't break a paragraph that goes on."""
        footnotes: list[PageBlock] = []
        main = list(page)
        while len(main) > 1 and main[-1].kind is PageBlockKind.TEXT and main[-1].size < 0.92 * self._body:
            footnotes.insert(0, main.pop())
        for block in main:
            if self._continues(number, block):
                self._pending.append((number, block))
            else:
                self._flush()
                self._begin_pages(number)
                self._pending = [(number, block)]
        if footnotes and not (self._pending and self._pending[-1][1].unfinished):
            self._flush()
        for block in footnotes:
            self._begin_pages(number)
            self._write_paragraph([(number, block)])

    def _write_notes(self, number: int, notes: Sequence[str]) -> None:
        """What people noted on a page stands behind its text, in paragraphs of its own."""
        self._flush()
        self._begin_pages(number)
        self._list_context, self._in_list = None, False
        self._flow.end_context()
        for note in notes:
            self._flow.paragraph(" ".join(note.split()))

    def _continues(self, number: int, block: PageBlock) -> bool:
        if self._pending and block.kind is PageBlockKind.TABLE:
            return number > self._pending[-1][0] and continues_table(self._pending[0][1], block)
        if not self._pending or block.kind is not PageBlockKind.TEXT or not self._pending[-1][1].unfinished:
            return False
        before = self._pending[-1][1]
        if abs(block.size - before.size) > 0.12 * before.size or LIST_ITEM.match(block.lines[0]):
            return False
        return block.lines[0][:1].islower() or before.lines[-1].endswith(("-", "\xad", ","))

    def _flush(self) -> None:
        if self._pending:
            self._write_paragraph(self._pending)
            self._pending = []

    def _write_paragraph(self, blocks: Sequence[tuple[int, PageBlock]]) -> None:
        """Writes the blocks of one paragraph, heading or table, each with its page number."""
        first = blocks[0][1]
        if first.kind is not PageBlockKind.TEXT:
            self._list_context, self._in_list = None, False
        if first.kind is PageBlockKind.TABLE:
            self._write_table(blocks)
            return
        lines = [line for _, block in blocks for line in block.lines]
        text = join_lines(lines, self._vocabulary)
        if first.kind is PageBlockKind.HEADING:
            text = without_signs(text)
            self._flow.heading(text, self._heading_level(first, text))
            self._links.next_section()
            return
        breaks = list(self._breaks(blocks, lines))
        ends = [*(at for _, at in breaks), len(text)]
        parts = [self._links.told(text[start:end]) for start, end in pairwise([0, *ends])]
        text = "".join(parts)
        if LIST_ITEM.match(text):
            self._list_context = self._flow.list_context(None) or self._list_context
            span = self._flow.item(text, self._list_context, tight=self._in_list)
            self._in_list = True
        else:
            self._list_context, self._in_list = None, False
            span = self._flow.paragraph(text)
        for (number, _), at in zip(breaks, accumulate(map(len, parts)), strict=False):
            self._writer.page(number, span.start + at)
            self._last_page = number

    def _breaks(
        self, blocks: Sequence[tuple[int, PageBlock]], lines: Sequence[str]
    ) -> Iterator[tuple[int, int]]:
        """The pages that begin inside a paragraph of these lines, each with its offset in their text."""
        line_count, last_page = 0, self._last_page
        for (_, before), (number, block) in pairwise(blocks):
            line_count += len(before.lines)
            if number > last_page:
                up_to_break = join_lines([*lines[:line_count], block.lines[0]], self._vocabulary)
                yield number, max(0, len(up_to_break) - len(block.lines[0]))
                last_page = number

    def _write_table(self, blocks: Sequence[tuple[int, PageBlock]]) -> None:
        """Writes a table, which may run over several pages; a header that is repeated on each stands once."""
        first = blocks[0][1]
        parts = [first.cells, *(rows_without_header(first, block) for _, block in blocks[1:])]
        rows = [row for part in parts for row in part]
        head = [[without_signs(cell) for cell in row] for row in rows[: first.header_rows or 0]]
        body = [[self._links.told(cell) for cell in row] for row in rows[len(head) :]]
        spans = self._flow.table([*head, *body], header_rows=first.header_rows)
        starts = []
        left = len(spans)
        for (number, _), part in reversed(list(zip(blocks, parts, strict=True))[1:]):
            left -= len(part)
            starts.append((number, left))
        for number, at in reversed(starts):
            if number > self._last_page and 0 <= at < len(spans):
                self._writer.page(number, spans[at].start)
                self._last_page = number

    def _heading_level(self, block: PageBlock, text: str) -> int:
        number = HEADING_NUMBER.match(text)
        if number and block.size < 1.4 * self._body:
            return 2 + number[0].strip(" .").count(".")
        bigger = [size for size in self._heading_sizes if size > round(block.size, 0)]
        return min(1 + len(bigger), 6)

    def _begin_pages(self, number: int) -> None:
        """Marks the beginning of each page up to this one, those without blocks too."""
        for page in range(self._last_page + 1, number + 1):
            self._writer.page(page)
            self._last_page = page


def _vocabulary(pages: Sequence[Sequence[TextRun]]) -> Counter[str]:
    """Words inside lines, where no line's end can have broken them, in lower case."""
    vocabulary: Counter[str] = Counter()
    for page in pages:
        for row in to_rows(page):
            for run in row:
                vocabulary.update(word.lower() for word in _WORDS.findall(run.text)[:-1])
    return vocabulary


def _title(writer: DocumentWriter, file_title: str, first_page: Sequence[TextRun], source: Source) -> str:
    """The file's own title, unless a program made it up; else the heading in the biggest type on page one.

    A heading that recurs is a watermark, and may be bigger than the title.
    """
    counts = Counter(heading.text for heading in writer.headings)
    on_first = {" ".join(without_signs(run.text).split()) for run in first_page}
    headings = [
        heading
        for heading in writer.headings[:_TITLE_HEADINGS]
        if counts[heading.text] == 1 and any(text and text in heading.text for text in on_first)
    ]
    headings.sort(key=lambda heading: heading.level)
    return choose_title(source, [file_title, *(heading.text for heading in headings)])
