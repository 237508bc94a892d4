"""Pieces of a line that a file draws apart, or twice, as one text run: letters drawn one by one, letters
drawn twice to look bold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from ingest.formats.pdf.link_signs import without_signs
from ingest.formats.pdf.text_run import TextRun, is_rtl_char

_SAME_LINE = 0.12  # of the type size
_SAME_SIZE = 0.85
_MOST_GAP = 0.3  # of the type size between words
_SPACE = 0.12  # of the type size: more divides words
_SAME_PLACE = 0.15  # of the type size: what is drawn twice
_CELL = 8.0  # points: neighbours are looked for in a grid of such squares
_MOST_NEIGHBOURS = 20  # looked at in each square


def joined_pieces(runs: Sequence[TextRun]) -> list[TextRun]:
    """The runs with pieces put together; each stands where its leftmost piece stood in the order."""
    joined: dict[int, TextRun] = {}
    ends, begins = _Grid({}), _Grid({})
    for at in sorted(range(len(runs)), key=lambda at: (runs[at].left, runs[at].baseline)):
        run = runs[at]
        if any(_is_twice(joined[other], run) for other in begins.near(run.left, run.baseline)):
            continue
        for other in ends.near(run.left, run.baseline):
            whole = _whole(joined[other], run)
            if whole is not None:
                joined[other] = whole
                ends.add(whole.right, whole.baseline, other)
                break
        else:
            joined[at] = run
            ends.add(run.right, run.baseline, at)
            begins.add(run.left, run.baseline, at)
    return [joined[at] for at in sorted(joined)]


@dataclass(slots=True)
class _Grid:
    """Runs by a point of each."""

    cells: dict[tuple[int, int], list[int]]

    def add(self, x: float, y: float, run: int) -> None:
        self.cells.setdefault(_cell(x, y), []).append(run)

    def near(self, x: float, y: float) -> Iterator[int]:
        """Those in the square of a point and in those around it."""
        column, row = _cell(x, y)
        for dx, dy in product((0, -1, 1), repeat=2):
            yield from self.cells.get((column + dx, row + dy), [])[-_MOST_NEIGHBOURS:]


def _cell(x: float, y: float) -> tuple[int, int]:
    return int(x // _CELL), int(y // _CELL)


def _is_twice(one: TextRun, other: TextRun) -> bool:
    near = _SAME_PLACE * one.size
    return (
        without_signs(one.text) == without_signs(other.text)
        and abs(one.left - other.left) < near
        and abs(one.right - other.right) < near
        and abs(one.baseline - other.baseline) < near
    )


def _whole(before: TextRun, run: TextRun) -> TextRun | None:
    """Two runs as one; None where the second doesn't go on with the first."""
    if before.rotated != run.rotated or is_rtl_char(before.text[-1]) or is_rtl_char(run.text[0]):
        return None
    size = before.size
    gap = run.left - before.right
    same_line = abs(run.baseline - before.baseline) < _SAME_LINE * size
    same_size = _SAME_SIZE < run.size / size < 1 / _SAME_SIZE
    if not same_line or not same_size or not -_SAME_PLACE * size < gap < _MOST_GAP * size:
        return None
    space = " " if gap > _SPACE * size else ""
    return replace(before, text=f"{before.text}{space}{run.text}", right=max(before.right, run.right))
