"""Pieces of a page in the order in which people read them: column by column, tables row by row.

A column is found by its gutter: a strip that few pieces cross, with running text on both sides
beside each other. Pieces that cross it (a title, a wide figure's caption) divide the page into
bands; in each band the left side is read first. After Nagy & Seth (1984, recursive X-Y cuts), with
the cuts chosen by what is beside a gutter rather than by white space alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.formats.pdf.lines import Piece, rows

_LEAST_PIECES = 4
_LEAST_WORDS = 4.0
_LEAST_GUTTER = 3.0  # points
_DEPTH = 4


def regions(found: Sequence[Piece], depth: int = 0) -> list[list[Piece]]:
    """Groups of pieces in reading order; each is one column's stretch, or a part across columns."""
    if not found:
        return []
    gutter = _gutter(found) if depth < _DEPTH else None
    if gutter is None:
        return [list(found)]
    done: list[list[Piece]] = []
    for band in _bands(found, gutter):
        left = [piece for piece in band if piece.right <= gutter]
        right = [piece for piece in band if piece.left >= gutter]
        if left and right:
            done += [*regions(left, depth + 1), *regions(right, depth + 1)]
        else:
            done += regions(band, depth + 1) if left or right else [list(band)]
    return done


def _bands(found: Sequence[Piece], gutter: float) -> list[list[Piece]]:
    """Stretches from top to bottom that either all cross the gutter or all don't."""
    done: list[list[Piece]] = []
    crossing: bool | None = None
    for row in rows(found):
        crosses = any(piece.left < gutter < piece.right for piece in row)
        if crosses != crossing:
            done.append([])
        done[-1] += row
        crossing = crosses
    return done


def _gutter(found: Sequence[Piece]) -> float | None:
    """Where the page (or column) is divided, or None."""
    left, right = min(p.left for p in found), max(p.right for p in found)
    width = right - left
    edges = sorted({p.right for p in found} | {p.left for p in found})
    best: tuple[float, float] | None = None
    for a, b in pairwise(edges):
        middle = (a + b) / 2
        if b - a < _LEAST_GUTTER or not left + 0.15 * width < middle < right - 0.15 * width:
            continue
        score = _score(found, middle)
        if score is not None and (best is None or score + (b - a) / 1000 > best[0]):
            best = score + (b - a) / 1000, middle
    return best[1] if best else None


def _score(found: Sequence[Piece], middle: float) -> float | None:
    """How much running text stands beside each other at both sides; None: too little."""
    lefts = [p for p in found if p.right <= middle]
    rights = [p for p in found if p.left >= middle]
    if min(len(lefts), len(rights)) < _LEAST_PIECES:
        return None
    top = max(min(p.top for p in lefts), min(p.top for p in rights))
    bottom = min(max(p.bottom for p in lefts), max(p.bottom for p in rights))
    beside = [[p for p in side if top <= (p.top + p.bottom) / 2 <= bottom] for side in (lefts, rights)]
    if min(map(len, beside)) < _LEAST_PIECES or not all(map(_is_prose, beside)):
        return None
    crossing = sum(1 for p in found if p.left < middle < p.right and top < p.top < bottom)
    held = min(sum(len(p.text) for p in side) for side in beside)
    return held / (1 + crossing)


def _is_prose(side: Sequence[Piece]) -> bool:
    """Lines that mostly fill their columns and hold several words, as no table's cells do."""
    width = max(p.right for p in side) - min(p.left for p in side)
    full = median(sum(p.width for p in row) for row in rows(side)) > 0.55 * width
    return full and median(_words(p.text) for p in side) >= _LEAST_WORDS


def _words(text: str) -> float:
    """Words, or a third of the letters of scripts that have no spaces."""
    wide = sum(1 for c in text if "\u2e80" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af")
    return max(float(len(text.split())), wide / 3)
