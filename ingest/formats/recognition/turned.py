"""Words of a page that may have been scanned sideways or upside down."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.formats.recognition.lines import confidence
from ingest.formats.recognition.tesseract import Word, clockwise_turns, recognise
from rag.errors import UnreadableDocument

_SURE = 0.75  # mean confidence: with less, the page may be turned
_LEAST_LETTERS = 3  # of a word whose shape tells how it is turned
_AS_MUCH = 0.8  # of what was found before must be found on the page as it is turned


@dataclass(frozen=True, slots=True, kw_only=True)
class UprightWords:
    """Words on an upright image of ``width`` by ``height`` pixels, which is the given one turned back by
    ``turns`` quarter turns, against the clock."""

    words: tuple[Word, ...]
    width: int
    height: int
    turns: int = 0

    def shares(self, word: Word) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a word as shares of the image as it was given."""
        left, right = word.left / self.width, word.right / self.width
        top, bottom = word.top / self.height, word.bottom / self.height
        match self.turns:
            case 1:
                return 1 - bottom, left, 1 - top, right
            case 2:
                return 1 - right, 1 - bottom, 1 - left, 1 - top
            case 3:
                return top, 1 - right, bottom, 1 - left
            case _:
                return left, top, right, bottom


def upright_words(pixels: Any, *, dpi: int, languages: str, seconds: float) -> UprightWords:
    """The words of a grey image (array of height by width bytes), turned where it is read surely only so.

    Args:
        dpi, languages: as of ``tesseract.recognise``.
        seconds: of all tries together.

    Raises:
        UnreadableDocument: Tesseract or a language isn't installed, or it took too long.
    """
    end = time.monotonic() + seconds
    best = _words(pixels, 0, dpi, languages, seconds)
    if not best.words or _is_upright(best):
        return best
    for turns in _likely_turns(pixels, dpi):
        left = end - time.monotonic()
        if left < 1:
            break
        try:
            found = _words(pixels, turns, dpi, languages, left)
        except UnreadableDocument:
            break  # no time is left
        if _is_upright(found) and _amount(found.words) >= _AS_MUCH * _amount(best.words):
            return found
    return best


def _words(pixels: Any, turns: int, dpi: int, languages: str, seconds: float) -> UprightWords:
    import numpy as np

    turned = np.ascontiguousarray(np.rot90(pixels, turns))
    height, width = turned.shape
    words = recognise(turned.tobytes(), width, height, dpi=dpi, languages=languages, seconds=seconds)
    return UprightWords(words=words, width=width, height=height, turns=turns)


def _likely_turns(pixels: Any, dpi: int) -> Iterator[int]:
    """As Tesseract tells it; all, where its data for that isn't installed."""
    height, width = pixels.shape
    try:
        turns = clockwise_turns(pixels.tobytes(), width, height, dpi=dpi)
    except UnreadableDocument:
        yield from (1, 3, 2)
        return
    if turns:
        yield turns


def _is_upright(found: UprightWords) -> bool:
    """Whether there are words, surely read, whose boxes are wider than high."""
    long = [word for word in found.words if len(word.text) >= _LEAST_LETTERS]
    tall = sum(word.bottom - word.top > word.right - word.left for word in long)
    return bool(long) and tall * 2 <= len(long) and confidence(found.words) >= _SURE


def _amount(words: Sequence[Word]) -> float:
    """Letters, weighted by the confidence in them."""
    return sum(word.confidence * len(word.text) for word in words)
