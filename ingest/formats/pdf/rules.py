"""Horizontal rules drawn on a page: they divide the rows of tables."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

_MOST_OBJECTS = 5_000
_MOST_SEGMENTS = 400  # of a path: one with more is a picture
_THIN = 2.5  # points
_LEAST_WIDTH = 12.0  # points

Rule = tuple[float, float, float]
"""Left, right and the distance from the page's top, in points."""


def horizontal_rules(page: Any, raw: Any) -> list[Rule]:
    """The horizontal lines, and the upper and lower edges of boxes, of an upright ``pypdfium2.PdfPage``."""
    height = page.get_size()[1]
    rules = []
    for at, path in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2)):
        if at == _MOST_OBJECTS:
            break
        for left, right, y in _of_path(path, raw):
            if right - left >= _LEAST_WIDTH:
                rules.append((left, right, height - y))
    return sorted(rules, key=lambda rule: rule[2])


def _of_path(path: Any, raw: Any) -> Iterator[tuple[float, float, float]]:
    left, bottom, right, top = path.get_bounds()
    if top - bottom < _THIN:
        yield left, right, (top + bottom) / 2
        return
    count = raw.FPDFPath_CountSegments(path)
    if not 1 < count <= _MOST_SEGMENTS:
        return
    points = [_point(path, at, raw) for at in range(count)]
    matrix = path.get_matrix()
    placed = [(*matrix.on_point(x, y), kind) for x, y, kind in points]
    for (x1, y1, _), (x2, y2, kind) in pairwise(placed):
        if kind == raw.FPDF_SEGMENT_LINETO and abs(y1 - y2) < 0.5:
            yield min(x1, x2), max(x1, x2), (y1 + y2) / 2


def _point(path: Any, at: int, raw: Any) -> tuple[float, float, int]:
    segment = raw.FPDFPath_GetPathSegment(path, at)
    x, y = ctypes.c_float(), ctypes.c_float()
    raw.FPDFPathSegment_GetPoint(segment, x, y)
    return x.value, y.value, raw.FPDFPathSegment_GetType(segment)
