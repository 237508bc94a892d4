"""Text runs of a page in the order in which people read them: column by column, tables row by row.

A column is recognised by its gutter: a strip that few runs cross, with running text on both sides
beside each other. Runs that cross it (a title, a wide figure's caption) divide the page into bands; in
each band the left side is read first. After Nagy & Seth (1984, recursive X-Y cuts), with the cuts
chosen by what is beside a gutter rather than by white space alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.formats.pdf.text_run import TextRun
from ingest.formats.pdf.text_runs import to_rows

_LEAST_RUNS = 4
_LEAST_WORDS = 4.0
_LEAST_GUTTER = 3.0  # points
_DEPTH = 4


def regions(runs: Sequence[TextRun], depth: int = 0) -> list[list[TextRun]]:
    """Groups of text runs in reading order; each is a stretch of one column, or of the whole width."""
    if not runs:
        return []
    gutter = _gutter(runs) if depth < _DEPTH else None
    if gutter is None:
        return [list(runs)]
    ordered: list[list[TextRun]] = []
    for band in _bands(runs, gutter):
        left = [run for run in band if run.right <= gutter]
        right = [run for run in band if run.left >= gutter]
        if left and right:
            ordered += [*regions(left, depth + 1), *regions(right, depth + 1)]
        else:
            ordered += regions(band, depth + 1) if left or right else [list(band)]
    return ordered


def _bands(runs: Sequence[TextRun], gutter: float) -> list[list[TextRun]]:
    """Stretches from top to bottom that either all cross the gutter or all don't."""
    bands: list[list[TextRun]] = []
    crossing: bool | None = None
    for row in to_rows(runs):
        crosses = any(run.left < gutter < run.right for run in row)
        if crosses != crossing:
            bands.append([])
        bands[-1] += row
        crossing = crosses
    return bands


def _gutter(runs: Sequence[TextRun]) -> float | None:
    """Where the page (or column) is divided, in points from the left, or None."""
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    width = right - left
    edges = sorted({run.right for run in runs} | {run.left for run in runs})
    best: tuple[float, float] | None = None
    for a, b in pairwise(edges):
        middle = (a + b) / 2
        if b - a < _LEAST_GUTTER or not left + 0.15 * width < middle < right - 0.15 * width:
            continue
        score = _gutter_score(runs, middle)
        if score is not None and (best is None or score + (b - a) / 1000 > best[0]):
            best = score + (b - a) / 1000, middle
    return best[1] if best else None


def _gutter_score(runs: Sequence[TextRun], middle: float) -> float | None:
    """How much running text stands beside each other at both sides; None: too little."""
    lefts = [run for run in runs if run.right <= middle]
    rights = [run for run in runs if run.left >= middle]
    if min(len(lefts), len(rights)) < _LEAST_RUNS:
        return None
    top = max(min(run.top for run in lefts), min(run.top for run in rights))
    bottom = min(max(run.bottom for run in lefts), max(run.bottom for run in rights))
    beside = [
        [run for run in side if top <= (run.top + run.bottom) / 2 <= bottom] for side in (lefts, rights)
    ]
    if min(map(len, beside)) < _LEAST_RUNS or not all(map(_is_prose, beside)):
        return None
    crossing = sum(1 for run in runs if run.left < middle < run.right and top < run.top < bottom)
    characters = min(sum(len(run.text) for run in side) for side in beside)
    return characters / (1 + crossing)


def _is_prose(side: Sequence[TextRun]) -> bool:
    """Lines that mostly fill their columns and hold several words, as no table's cells do."""
    width = max(run.right for run in side) - min(run.left for run in side)
    full = median(sum(run.width for run in row) for row in to_rows(side)) > 0.55 * width
    return full and median(_word_count(run.text) for run in side) >= _LEAST_WORDS


def _word_count(text: str) -> float:
    """Words, or a third of the letters of scripts that have no spaces."""
    wide = sum(1 for c in text if "\u2e80" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af")
    return max(float(len(text.split())), wide / 3)
