"""Running heads and feet: lines at the edge of page after page, which are no part of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.formats.pdf.text_run import TextRun
from ingest.formats.pdf.text_runs import to_rows

_EDGE_ROWS = 3  # from the top or bottom: these may be a running head or foot
_MARGIN = 0.12  # of the page's height
_NEAR = 2.5  # type sizes: a line so near to the next one belongs to it
_TITLE = 1.12  # times the body's type size
_REPEATED = 2.0  # pages on which the heads of a chapter stand, on average
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b")
_PAGE_WORD = re.compile(r"\b(?:page|pages|seite|página|pagina|p\.|pg\.?)\s*#|#\s*(?:/|of|von|de)\s*#")
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:(?:page|p\.|seite|page no\.?)\s*)?(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?:\s*(?:/|of|von)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _EdgeRow:
    """A row in the outer margin of a page. ``gap``: type sizes from it to the next row inwards."""

    page: int
    side: str
    text: str
    row: list[TextRun]
    gap: float
    heads_table: bool

    @property
    def key(self) -> tuple[str, str]:
        """Its side and its text without digits."""
        return self.side, _DIGITS.sub("#", self.text.lower())

    @property
    def numbers(self) -> list[int]:
        return [int(number) for number in re.findall(r"\d{1,9}", self.text)]

    def is_name(self, body: float) -> bool:
        """Whether it may name what follows: in big type, or close to it. ``body`` is the usual type size."""
        is_big = max(run.size for run in self.row) > _TITLE * body
        return self.side == "top" and (is_big or self.gap < _NEAR)


def without_running_heads(
    pages: Sequence[Sequence[TextRun]], heights: Sequence[float], body: float
) -> list[list[TextRun]]:
    """Pages without lines that recur at their edges, turned ones anywhere, and without page numbers.

    A line recurs if it is on at least three pages (or on both of two) and on a quarter of all pages, as
    left and right pages may have different heads. Its digits may differ where they count the pages or
    chapters; names of records ("Plot 17", "Plot 23"), and headers of tables, are no running heads. A
    title that recurs, or a head close to the text, stays on its first page. Where nothing else is on any
    page, the recurring lines are the text and stay.

    Args:
        heights: of the pages, in points.
        body: the type size of the running text, in points.
    """
    edges = [
        _edge_rows(number, page, height, _MARGIN)
        for number, (page, height) in enumerate(zip(pages, heights, strict=True))
    ]
    stamps = Counter(text for page in pages for text in {run.text for run in page if run.rotated})
    least = max(min(3, len(pages)), len(pages) // 4, 2)
    heads = {id(run) for row in _running(edges, least, body) for run in row.row}
    without_numbers, without_heads = [], []
    for page, height in zip(pages, heights, strict=True):
        numbers = {id(run) for row in _page_numbers(page, height, len(pages)) for run in row}
        recurring = {id(run) for run in page if run.rotated and stamps[run.text] >= least}
        without_numbers.append([run for run in page if id(run) not in numbers])
        without_heads.append(
            [run for run in without_numbers[-1] if id(run) not in heads and id(run) not in recurring]
        )
    return without_heads if any(without_heads) else without_numbers


def _running(edges: Sequence[Sequence[_EdgeRow]], least: int, body: float) -> Iterator[_EdgeRow]:
    """The rows that are running heads or feet."""
    groups: defaultdict[tuple[str, str], list[_EdgeRow]] = defaultdict(list)
    for page in edges:
        for row in page:
            groups[row.key].append(row)
    for rows in groups.values():
        if len({row.page for row in rows}) < least or sum(row.heads_table for row in rows) * 2 > len(rows):
            continue
        texts = Counter(row.text for row in rows)
        if len(texts) == 1 or len(rows) / len(texts) >= _REPEATED:
            first_pages = {text: min(row.page for row in rows if row.text == text) for text in texts}
            yield from (row for row in rows if row.page != first_pages[row.text] or not row.is_name(body))
        elif _counts_pages(rows, body):
            yield from rows


def _counts_pages(rows: Sequence[_EdgeRow], body: float) -> bool:
    """Whether rows that differ by their digits are a head with the page's number, rather than names of what
    is on the pages."""
    if any(_PAGE_WORD.search(row.key[1]) for row in rows):
        return True
    first = rows[0].numbers
    if any(len(row.numbers) != len(first) for row in rows):
        return any(not row.numbers for row in rows)  # Roman numbers
    changing = [at for at in range(len(first)) if len({row.numbers[at] for row in rows}) > 1]
    counted = all(len({row.numbers[at] - row.page for row in rows}) == 1 for at in changing)
    return counted and sum(row.is_name(body) for row in rows) * 2 <= len(rows)


def _page_numbers(page: Sequence[TextRun], height: float, page_count: int) -> Iterator[list[TextRun]]:
    """The outermost rows that are nothing but a page's number."""
    for edge in _edge_rows(0, page, height, 2 * _MARGIN, most=1):
        if _PAGE_NUMBER.fullmatch(edge.text) and (
            page_count > 1 or (edge.side == "bottom" and not edge.text.strip().isdigit())
        ):
            yield edge.row


def _edge_rows(
    number: int, page: Sequence[TextRun], height: float, margin: float, most: int = _EDGE_ROWS
) -> list[_EdgeRow]:
    """The rows in the outer margins of a page, from the top and from the bottom."""
    rows = to_rows(run for run in page if not run.rotated)
    edge_rows = []
    ends = {"top": range(min(most, len(rows))), "bottom": range(max(0, len(rows) - most), len(rows))}
    for side, outer in ends.items():
        for at in outer:
            row = rows[at]
            top, bottom = min(run.top for run in row), max(run.bottom for run in row)
            in_margin = bottom < margin * height if side == "top" else top > (1 - margin) * height
            if not in_margin:
                continue
            inner = at + 1 if side == "top" else at - 1
            gap = abs(rows[inner][0].baseline - row[0].baseline) if 0 <= inner < len(rows) else height
            edge_rows.append(
                _EdgeRow(
                    page=number,
                    side=side,
                    text=" ".join(run.text for run in row),
                    row=row,
                    gap=gap / max(run.size for run in row),
                    heads_table=side == "top" and _heads_table(rows, at),
                )
            )
    return edge_rows


def _heads_table(rows: Sequence[Sequence[TextRun]], at: int) -> bool:
    """Whether a row is the header of the table below it, perhaps with a second line between."""
    row = rows[at]
    for below in rows[at + 1 : at + 3]:
        near = below[0].baseline - row[0].baseline < 2 * _NEAR * row[0].size
        if len(row) > 1 and len(below) > 1 and near and _is_aligned(row, below):
            return True
    return False


def _is_aligned(row: Sequence[TextRun], below: Sequence[TextRun]) -> bool:
    """Whether most runs of both rows stand over one another, each over one."""
    over = [
        sum(min(run.right, other.right) - max(run.left, other.left) > 0 for other in below) for run in row
    ]
    return sum(count == 1 for count in over) >= max(2, 0.6 * len(row)) and len(below) >= 0.6 * len(row)
