"""A page of a PDF that has no text of its own: whether something is drawn on it, and the words recognised."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.formats.limits import Budget, Limits
from ingest.formats.pdf.garbled import is_garbled
from ingest.formats.pdf.text_run import TextRun
from ingest.formats.recognition.lines import confidence, is_sure, to_lines
from ingest.formats.recognition.tesseract import Word, recognise, version
from rag.errors import UnreadableDocument

_DPI = 300
_MAX_PIXELS = 12_000_000
_POINTS = 72  # to the inch
_MOST_STAMPED = 60  # letters of a stamp or page number on a scan
_COVERED = 0.5  # of the page's area: a picture this big is a scan
_READABLE = 0.6  # mean confidence of all words: of less, they are no text


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedPage:
    """The words of a page with their boxes in pixels; ``scale`` is pixels a point."""

    words: tuple[Word, ...]
    scale: float
    width: int
    height: int

    @property
    def confidence(self) -> float:
        return confidence(self.words)

    def text_runs(self) -> list[TextRun]:
        return [
            TextRun(
                text=line.text,
                left=line.left / self.scale,
                right=line.right / self.scale,
                baseline=line.baseline / self.scale,
                size=line.size / self.scale,
            )
            for line in to_lines(self.words)
        ]


def is_scanned(page: Any, raw: Any, runs: Sequence[TextRun]) -> bool:
    """Whether a page is read as a picture: something is drawn on it, and it has no text; or a picture that
    covers most of it and hardly any text; or its text is garbled."""
    if is_garbled(runs):
        return True
    letters = sum(len(run.text) for run in runs)
    if letters > _MOST_STAMPED:
        return False
    if not letters:
        return bool(raw.FPDFPage_CountObjects(page) > 0)
    width, height = page.get_size()
    return any(
        (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) > _COVERED * width * height
        for bounds in _picture_bounds(page, raw)
    )


def recognised_page(page: Any, limits: Limits, budget: Budget) -> RecognisedPage:
    """The words of a ``pypdfium2.PdfPage`` as it is drawn.

    Raises:
        UnreadableDocument: with the reason: recognition is off or not installed, its time is over, or
            what it found is no text.
    """
    rules = limits.recognition
    if not rules.languages:
        raise UnreadableDocument("text recognition is switched off")
    if version() is None:
        raise UnreadableDocument("text recognition (Tesseract) isn't installed")
    seconds = min(rules.page_seconds, budget.recognition_seconds)
    if seconds < 1:
        raise UnreadableDocument(f"the {rules.seconds:g} seconds for recognition of its file are over")
    budget.on_recognition(seconds)
    started = time.monotonic()
    try:
        found = _recognise(page, rules.languages, seconds)
    finally:
        budget.recognition_seconds -= time.monotonic() - started
    certainty = confidence(found.words)
    if found.words and certainty < _READABLE:
        raise UnreadableDocument(f"its text can't be recognised (confidence {certainty:.2f})")
    return replace(found, words=tuple(word for word in found.words if is_sure(word)))


def _recognise(page: Any, languages: str, seconds: float) -> RecognisedPage:
    width, height = page.get_size()
    scale = min(_DPI / _POINTS, math.sqrt(_MAX_PIXELS / max(1.0, width * height)))
    pixels = page.render(scale=scale, grayscale=True).to_numpy()
    rows, columns = pixels.shape[:2]
    words = recognise(
        pixels.tobytes(), columns, rows, dpi=round(scale * _POINTS), languages=languages, seconds=seconds
    )
    return RecognisedPage(words=words, scale=scale, width=columns, height=rows)


def _picture_bounds(page: Any, raw: Any) -> list[tuple[float, float, float, float]]:
    return [
        picture.get_bounds() for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2)
    ]
