"""A page of a PDF that has no text of its own: whether something is drawn on it, and the words recognised."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.formats.limits import Budget, Limits
from ingest.formats.pdf.garbled import is_garbled
from ingest.formats.pdf.text_run import TextRun
from ingest.formats.recognition.lines import confidence, is_sure, to_lines
from ingest.formats.recognition.tesseract import version
from ingest.formats.recognition.turned import UprightWords, upright_words
from rag.errors import UnreadableDocument

_DPI = 300
_MAX_PIXELS = 12_000_000
_POINTS = 72  # to the inch
_MOST_STAMPED = 60  # letters of a stamp or page number on a scan
_COVERED = 0.5  # of the page's area: a picture this big is a scan
_READABLE = 0.6  # mean confidence of all words: of less, they are no text


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedPage:
    """The words of a page, upright; ``scale`` is pixels a point."""

    found: UprightWords
    scale: float

    @property
    def confidence(self) -> float:
        return confidence(self.found.words)

    def placed_words(self) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
        """Each word with its left, top, right and bottom as shares of the page as it is drawn."""
        for word in self.found.words:
            yield word.text, self.found.shares(word)

    @property
    def is_turned(self) -> bool:
        """Whether its lines run down or up the page as it is drawn."""
        return self.found.turns % 2 == 1

    def text_runs(self) -> list[TextRun]:
        return [
            TextRun(
                text=line.text,
                left=line.left / self.scale,
                right=line.right / self.scale,
                baseline=line.baseline / self.scale,
                size=line.size / self.scale,
            )
            for line in to_lines(self.found.words)
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
    """The words of a ``pypdfium2.PdfPage``, however it was laid on the scanner.

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
    if found.found.words and found.confidence < _READABLE:
        raise UnreadableDocument(f"its text can't be recognised (confidence {found.confidence:.2f})")
    sure = tuple(word for word in found.found.words if is_sure(word))
    return replace(found, found=replace(found.found, words=sure))


def _recognise(page: Any, languages: str, seconds: float) -> RecognisedPage:
    width, height = page.get_size()
    scale = min(_DPI / _POINTS, math.sqrt(_MAX_PIXELS / max(1.0, width * height)))
    pixels = page.render(scale=scale, grayscale=True).to_numpy()
    grey = pixels.reshape(pixels.shape[:2])
    found = upright_words(grey, dpi=round(scale * _POINTS), languages=languages, seconds=seconds)
    return RecognisedPage(found=found, scale=scale)


def _picture_bounds(page: Any, raw: Any) -> list[tuple[float, float, float, float]]:
    return [
        picture.get_bounds() for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2)
    ]
