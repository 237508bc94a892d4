"""Running heads and feet: lines at the edge of page after page, which are no part of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.formats.pdf.text_runs import TextRun, to_rows

_EDGE_ROWS = 3  # from the top or bottom: these may be a running head or foot
_MARGIN = 0.12  # of the page's height
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b")
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:(?:page|p\.|seite|page no\.?)\s*)?(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?:\s*(?:/|of|von)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)


def without_running_heads(
    pages: Sequence[Sequence[TextRun]], heights: Sequence[float]
) -> list[list[TextRun]]:
    """Pages without lines that recur at their edges, digits aside, turned ones anywhere (watermarks), and
    without page numbers.

    A line recurs if it is on at least three pages (or on both of two) and on a quarter of all pages, as
    left and right pages may have different heads. Where nothing else is on any page, the recurring lines
    are the text and stay.

    Args:
        heights: of the pages, in points.
    """
    edges = [_edge_rows(page, height, _MARGIN) for page, height in zip(pages, heights, strict=True)]
    pages_with = Counter(key for page_edges in edges for key in {key for key, _ in page_edges})
    stamps = Counter(text for page in pages for text in {run.text for run in page if run.rotated})
    least = max(min(3, len(pages)), len(pages) // 4, 2)
    without_numbers, without_heads = [], []
    for page, height, page_edges in zip(pages, heights, edges, strict=True):
        numbers = {id(run) for row in _page_numbers(page, height, len(pages)) for run in row}
        recurring = {id(run) for key, row in page_edges if pages_with[key] >= least for run in row}
        recurring |= {id(run) for run in page if run.rotated and stamps[run.text] >= least}
        without_numbers.append([run for run in page if id(run) not in numbers])
        without_heads.append([run for run in without_numbers[-1] if id(run) not in recurring])
    return without_heads if any(without_heads) else without_numbers


def _page_numbers(page: Sequence[TextRun], height: float, page_count: int) -> Iterator[list[TextRun]]:
    """The outermost rows that are nothing but a page's number."""
    for (side, _), row in _edge_rows(page, height, 2 * _MARGIN, most=1):
        text = " ".join(run.text for run in row)
        if _PAGE_NUMBER.fullmatch(text) and (
            page_count > 1 or (side == "bottom" and not text.strip().isdigit())
        ):
            yield row


def _edge_rows(
    page: Sequence[TextRun], height: float, margin: float, most: int = _EDGE_ROWS
) -> list[tuple[tuple[str, str], list[TextRun]]]:
    """The rows in the outer margins, each with its side and its text without digits."""
    rows = to_rows(run for run in page if not run.rotated)
    edge_rows = []
    for side, outer in (("top", rows[:most]), ("bottom", rows[-most:])):
        for row in outer:
            top, bottom = min(run.top for run in row), max(run.bottom for run in row)
            in_margin = bottom < margin * height if side == "top" else top > (1 - margin) * height
            text = " ".join(run.text for run in row)
            if in_margin:
                edge_rows.append(((side, _DIGITS.sub("#", text.lower())), row))
    return edge_rows
