"""Numbers in the margin that count the lines of a page, as those of transcripts and drafts do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import mean

from ingest.formats.pdf.text_run import TextRun
from ingest.formats.pdf.text_runs import to_rows

_NUMBER = re.compile(r"(?P<number>\d{1,4})(?:\s+|\Z)")
_LEAST_NUMBERED = 5  # lines of a page
_STEPS = (1, 2, 5, 10)
_COVERED = 0.7  # as many rows as the numbers count, about
_ALIGNED = 3.0  # points
_MOST_DIVIDED = 0.4  # of the lines may hold wide gaps, as the rows of a table do
_GOING_ON = 0.06  # of lines begin in small letters, as those inside of sentences do
_LEAST_WORDS = 4.0  # of the mean line


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A line's number and the rest of its row. ``run`` holds the number, alone or before the text;
    ``cells`` counts the runs of that rest."""

    number: int
    run: TextRun
    rest: str
    left: float
    cells: int = 1


def without_line_numbers(pages: Sequence[Sequence[TextRun]]) -> list[list[TextRun]]:
    """The pages without the numbers of their lines, if the lines are numbered: a number in the margin each,
    or each fifth, counting up, beside running text rather than the cells of a table."""
    numbered = [_numbered_lines(page) for page in pages]
    found = [lines for lines in numbered if lines]
    if not found or not _is_running_text(found):
        return [list(page) for page in pages]
    return [
        list(_without(page, lines)) if lines else list(page)
        for page, lines in zip(pages, numbered, strict=True)
    ]


def _without(page: Sequence[TextRun], lines: Sequence[_Numbered]) -> Iterator[TextRun]:
    by_run = {id(line.run): line for line in lines}
    for run in page:
        line = by_run.get(id(run))
        if line is None:
            yield run
        elif line.left > run.left:  # the number and the text are one run
            text = _NUMBER.sub("", run.text, count=1)
            yield replace(run, text=text, left=line.left)


def _numbered_lines(page: Sequence[TextRun]) -> list[_Numbered]:
    """The longest series of numbers in the left or the right margin; empty if it is short."""
    rows = to_rows(run for run in page if not run.rotated)
    sides = ([_left(row) for row in rows], [_right(row) for row in rows])
    series = max((_series(side) for side in sides), key=len)
    return series if sum(line.cells > 1 for line in series) <= _MOST_DIVIDED * len(series) else []


def _left(row: Sequence[TextRun]) -> _Numbered | None:
    match = _NUMBER.match(row[0].text)
    if match is None:
        return None
    run = row[0]
    rest = run.text[match.end() :]
    if rest and len(row) > 1:
        return None
    left = run.left + run.width * match.end() / len(run.text) if rest else run.left
    rest = rest or " ".join(other.text for other in row[1:])
    return _Numbered(int(match["number"]), run, rest, left, max(1, len(row) - 1))


def _right(row: Sequence[TextRun]) -> _Numbered | None:
    match = _NUMBER.fullmatch(row[-1].text)
    if match is None or len(row) != 2:
        return None
    return _Numbered(int(match["number"]), row[-1], row[0].text, row[-1].left)


def _series(rows: Sequence[_Numbered | None]) -> list[_Numbered]:
    """The numbers that stand under one another and count up by one step."""
    places = [(at, line) for at, line in enumerate(rows) if line is not None]
    best: list[tuple[int, _Numbered]] = []
    series: list[tuple[int, _Numbered]] = []
    for place in places:
        if series and not _follows([line for _, line in series], place[1]):
            series = []
        series.append(place)
        best = series if len(series) > len(best) else best
    if len(best) < _LEAST_NUMBERED:
        return []
    step = best[1][1].number - best[0][1].number
    rows_between = best[-1][0] - best[0][0] + 1
    least_rows, most_rows = (_COVERED * step * (len(best) - 1), step * len(best) / _COVERED)
    return [line for _, line in best] if least_rows <= rows_between <= most_rows else []


def _follows(series: Sequence[_Numbered], line: _Numbered) -> bool:
    last = series[-1]
    step = line.number - last.number
    usual = series[1].number - series[0].number if len(series) > 1 else step
    is_step = step == usual and step in _STEPS
    aligned = abs(line.run.left - last.run.left) < _ALIGNED or abs(line.run.right - last.run.right) < _ALIGNED
    return is_step and (aligned or bool(line.rest and line.left > line.run.left))


def _is_running_text(pages: Sequence[Sequence[_Numbered]]) -> bool:
    """Whether sentences go on from line to line, or the numbers begin anew on each page of text."""
    rests = [line.rest for page in pages for line in page]
    filled = [rest for rest in rests if rest]
    if not filled or mean(len(rest.split()) for rest in filled) < _LEAST_WORDS:
        return False
    going_on = sum(
        rest[:1].islower() and not before.rstrip().endswith((".", "?", "!"))
        for before, rest in pairwise(filled)
    )
    if going_on >= max(1.0, _GOING_ON * len(filled)):
        return True
    return len(pages) > 1 and len({page[0].number for page in pages}) == 1
