"""Text of a PDF's page that isn't drawn as text, and where it stands: recognised words, values, notes,
targets of links."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.formats.limits import Budget, Limits
from ingest.formats.pdf.annotations import typed_texts
from ingest.formats.pdf.links import linked_texts
from ingest.formats.pdf.scanned_page import is_scanned, recognised_page
from ingest.formats.pdf.text_runs import text_runs
from rag.errors import UnreadableDocument

_UNITS = 100_000  # of a side of the page, for PDFium's conversion to whole units

Edges = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of the upright page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """``one_line``: its characters stand side by side in the box; else each of them has the whole box."""

    text: str
    edges: Edges
    one_line: bool

    def characters(self) -> Iterator[tuple[str, Edges]]:
        """Each character with its edges."""
        left, top, right, bottom = self.edges
        step = (right - left) / max(1, len(self.text))
        for at, character in enumerate(self.text):
            if self.one_line:
                yield character, (left + at * step, top, left + (at + 1) * step, bottom)
            else:
                yield character, self.edges


def placed_texts(page: Any, raw: Any, form: Any, limits: Limits, budget: Budget) -> list[PlacedText]:
    """Those of a ``pypdfium2.PdfPage``; without recognised words where they can't be had."""
    placed = []
    if is_scanned(page, raw, text_runs(page, raw)[0]):
        try:
            recognised = recognised_page(page, limits, budget)
        except UnreadableDocument:
            recognised = None
        if recognised is not None:
            placed += [
                PlacedText(text=text, edges=edges, one_line=not recognised.is_turned)
                for text, edges in recognised.placed_words()
            ]
    placed += [
        PlacedText(text=typed.text, edges=_edges(page, raw, typed.box), one_line=typed.in_place)
        for typed in typed_texts(page, raw, form)
    ]
    return [*placed, *_targets(page, raw)]


def _targets(page: Any, raw: Any) -> Iterator[PlacedText]:
    """The targets of links, which stand where their words do."""
    text_page = page.get_textpage()
    try:
        for link in linked_texts(page, text_page, raw):
            yield PlacedText(text=link.target, edges=_edges(page, raw, link.box), one_line=False)
    finally:
        text_page.close()


def _edges(page: Any, raw: Any, box: tuple[float, float, float, float]) -> Edges:
    """Of a box in the page's own points (left, bottom, right, top)."""
    (x1, y1), (x2, y2) = on_page(page, raw, *box[:2]), on_page(page, raw, *box[2:])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def on_page(page: Any, raw: Any, x: float, y: float) -> tuple[float, float]:
    """A point of the page's own coordinates as shares of the upright page."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, _UNITS, _UNITS, 0, x, y, across, down)
    return across.value / _UNITS, down.value / _UNITS
