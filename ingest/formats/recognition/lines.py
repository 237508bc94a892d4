"""Recognised words as lines of a page: their type size and baseline, told by the shapes of the letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from ingest.formats.recognition.tesseract import Word

_TALL = frozenset("bdfhklt|()[]{}/\\!?&%$#@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZßÄÖÜ")
_DEEP = frozenset("gjpqy,;()[]{}|Q/\\")
_X_HEIGHT, _ABOVE, _BELOW = 0.5, 0.22, 0.21  # of the type size: of Times, Helvetica and their kin
_BOX = 1.15  # times the type size: the height of a character's box as PDFium gives it
_SAME_SIZE = 0.2  # lines whose size differs less from the usual one are of that size
_GAP = 1.2  # of the type size: wider white space divides cells or columns
_LEAST_CONFIDENCE = 0.3  # of a word: less is taken for a picture's pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words on a line without a wide gap, in pixels; ``baseline`` and ``size`` as those of drawn text."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


def is_sure(word: Word) -> bool:
    """Whether a word is taken for one at all."""
    return word.confidence >= _LEAST_CONFIDENCE


def confidence(words: Sequence[Word]) -> float:
    """The mean confidence of the letters (0 to 1); 0 where there is none."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def to_lines(words: Sequence[Word]) -> list[Line]:
    """The lines of a page in the recognised order, those of about the usual size in one size."""
    rows = [list(row) for _, row in groupby(words, key=lambda word: word.line)]
    sizes = [median(map(_size, row)) for row in rows]
    if not sizes:
        return []
    weights = [size for size, row in zip(sizes, rows, strict=True) for _ in row]
    usual = median(weights)
    lines = []
    for row, size in zip(rows, sizes, strict=True):
        snapped = usual if abs(size - usual) < _SAME_SIZE * usual else size
        lines += [_line(piece, snapped) for piece in _pieces(row, snapped)]
    return lines


def _pieces(row: Sequence[Word], size: float) -> Iterator[list[Word]]:
    ordered = sorted(row, key=lambda word: word.left)
    piece = [ordered[0]]
    for before, word in pairwise(ordered):
        if word.left - before.right > _GAP * size:
            yield piece
            piece = []
        piece.append(word)
    yield piece


def _line(words: Sequence[Word], size: float) -> Line:
    return Line(
        text=" ".join(word.text for word in words),
        left=words[0].left,
        right=max(word.right for word in words),
        baseline=median(word.bottom - _depth(word) * size for word in words),
        size=_BOX * size,
    )


def _size(word: Word) -> float:
    """The type size in pixels by the height of the word's box and which letters it has."""
    share = _X_HEIGHT + (_ABOVE if _TALL & set(word.text) else 0.0) + _depth(word)
    return (word.bottom - word.top) / share


def _depth(word: Word) -> float:
    return _BELOW if _DEEP & set(word.text) else 0.0
