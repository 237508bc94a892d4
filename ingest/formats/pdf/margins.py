"""Running heads and feet: what stands at the edge of page after page is no part of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.formats.pdf.lines import Piece, rows

_EDGE = 3  # rows from the top or bottom that may be a running head or foot
_MARGIN = 0.12  # of the page's height
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b")
_NUMBER = re.compile(
    r"[-–—|\s]*(?:(?:page|p\.|seite|page no\.?)\s*)?(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?:\s*(?:/|of|von)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)


def without_running(pages: Sequence[Sequence[Piece]], heights: Sequence[float]) -> list[list[Piece]]:
    """Pages without lines that recur at their edges, digits aside, and without page numbers.

    A line recurs if it is on at least three pages (or on both of two) and on a third of all pages of
    its side, as left and right pages may have different heads. Where nothing else is on any page, what
    recurs is the text.
    """
    edges = [_edges(page, height, _MARGIN) for page, height in zip(pages, heights, strict=True)]
    seen = Counter(key for page in edges for key in {key for key, _ in page})
    least = max(min(3, len(pages)), len(pages) // 4, 2)
    unnumbered, done = [], []
    for page, height, marked in zip(pages, heights, edges, strict=True):
        numbers = {id(piece) for row in _numbers(page, height, len(pages)) for piece in row}
        recurring = {id(piece) for key, row in marked if seen[key] >= least for piece in row}
        unnumbered.append([piece for piece in page if id(piece) not in numbers])
        done.append([piece for piece in unnumbered[-1] if id(piece) not in recurring])
    return done if any(done) else unnumbered


def _numbers(page: Sequence[Piece], height: float, count: int) -> Iterator[list[Piece]]:
    """The outermost rows that are nothing but a page's number."""
    for (side, _), row in _edges(page, height, 2 * _MARGIN, rows_at_edge=1):
        text = " ".join(piece.text for piece in row)
        if _NUMBER.fullmatch(text) and (count > 1 or (side == "bottom" and not text.strip().isdigit())):
            yield row


def _edges(
    page: Sequence[Piece], height: float, margin: float, rows_at_edge: int = _EDGE
) -> list[tuple[tuple[str, str], list[Piece]]]:
    """The rows in the outer margins, each with its side and its text without digits."""
    ordered = rows(piece for piece in page if not piece.aside)
    found = []
    for side, edge in (("top", ordered[:rows_at_edge]), ("bottom", ordered[-rows_at_edge:])):
        for row in edge:
            low, high = min(p.top for p in row), max(p.bottom for p in row)
            inside = high < margin * height if side == "top" else low > (1 - margin) * height
            text = " ".join(piece.text for piece in row)
            if inside:
                found.append(((side, _DIGITS.sub("#", text.lower())), row))
    return found
