"""Which lines of a table are one row: its cells may run over several lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.formats.pdf.rules import Rule
from ingest.formats.pdf.text_run import TextRun
from ingest.formats.tables import is_number

_LINE = 1.45  # type sizes from line to line of a cell at most
_WIDER = 1.2  # times as far is the next row
_MOST_LINES = 12  # of a row
_EVIDENCE = 0.5  # of lines that go on must look so
_RULED = 0.6  # of the table's width that a rule between rows crosses
_LEAST_BANDS = 3  # between rules: fewer divide header, body and sums

Row = Sequence[TextRun]
Lines = Sequence[Sequence[str]]


def row_groups(rows: Sequence[Row], lines: Lines, rules: Sequence[Rule]) -> list[list[int]]:
    """The lines of each row of a table, by their indices.

    Rules between rows tell them, else the wider space between rows. Where all lines are as far apart, a
    line goes on with the row above if its first cell is empty, or it begins in the middle of a sentence.

    Args:
        rows: the text runs of each line.
        lines: the cells of each line, as many as there are columns.
    """
    for groups in (_by_rules(rows, rules), _by_gaps(rows)):
        if groups is not None and _is_likely(groups, lines):
            return groups
    return _by_words(rows, lines)


def _by_rules(rows: Sequence[Row], rules: Sequence[Rule]) -> list[list[int]] | None:
    left, right = min(row[0].left for row in rows), max(run.right for row in rows for run in row)
    top, bottom = rows[0][0].baseline, rows[-1][0].baseline
    first = bisect_left(rules, top, key=lambda rule: rule[2])
    last = bisect_right(rules, bottom, key=lambda rule: rule[2])
    crossed: dict[float, float] = {}
    for rule_left, rule_right, y in rules[first:last]:
        place = round(y)
        width = max(0.0, min(right, rule_right) - max(left, rule_left))
        crossed[place] = crossed.get(place, 0.0) + width
    dividing = sorted(y for y, width in crossed.items() if width > _RULED * (right - left))
    return _divided(rows, [bisect_left(dividing, row[0].baseline) for row in rows])


def _by_gaps(rows: Sequence[Row]) -> list[list[int]] | None:
    """By the widest jump among the distances from line to line."""
    steps = [below[0].baseline - above[0].baseline for above, below in pairwise(rows)]
    size = median(run.size for row in rows for run in row)
    ordered = sorted(steps)
    jumps = [(b / max(a, 0.1), a) for a, b in pairwise(ordered) if a <= _LINE * size]
    widest, most = max(jumps, default=(0.0, 0.0))
    if widest < _WIDER:
        return None
    places, place = [0], 0
    for step in steps:
        place += step > most
        places.append(place)
    return _divided(rows, places)


def _divided(rows: Sequence[Row], places: Sequence[int]) -> list[list[int]] | None:
    """Rows of the same place together; None where that tells nothing."""
    groups: list[list[int]] = []
    for at in range(len(rows)):
        if at and places[at] == places[at - 1]:
            groups[-1].append(at)
        else:
            groups.append([at])
    sizes = [len(group) for group in groups]
    return groups if len(groups) >= _LEAST_BANDS and 1 < max(sizes) <= _MOST_LINES else None


def _is_likely(groups: Sequence[Sequence[int]], lines: Lines) -> bool:
    """Whether the lines of a group go on with one another: some cells have ended, or go on in small letters;
    and no column has a figure in each line."""
    going_on, evidence = 0, 0
    for group in groups:
        for above, below in pairwise(group):
            going_on += 1
            pairs = list(zip(lines[above], lines[below], strict=True))
            if any(is_number(a) and is_number(b) for a, b in pairs):
                evidence -= 3
            elif any(not b for _, b in pairs) or any(a and b[:1].islower() for a, b in pairs):
                evidence += 1
    return evidence >= _EVIDENCE * going_on


def _by_words(rows: Sequence[Row], lines: Lines) -> list[list[int]]:
    groups: list[list[int]] = []
    for at, (row, cells) in enumerate(zip(rows, lines, strict=True)):
        goes_on = False
        if groups:
            above = lines[at - 1]
            near = row[0].baseline - rows[at - 1][0].baseline < 1.25 * row[0].size
            has_figure = any(is_number(run.text) for run in row)
            first_empty = not cells[0] and bool(lines[groups[-1][0]][0])
            goes_on = near and not has_figure and (first_empty or _is_mid_sentence(above, cells))
            close = row[0].baseline - rows[at - 1][0].baseline < _LINE * row[0].size
            goes_on = goes_on or (close and _is_name_in_two_lines(groups[-1], lines, cells))
        if goes_on:
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _is_name_in_two_lines(group: Sequence[int], lines: Lines, cells: Sequence[str]) -> bool:
    """Whether the lines before hold nothing but the begin of a row's name, which these cells go on with."""
    only_name = all(lines[at][0] and not any(lines[at][1:]) for at in group)
    return only_name and cells[0][:1].islower() and any(cells[1:])


def _is_mid_sentence(above: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether cells below filled ones go on in small letters, while another has ended."""
    filled = [(a, b) for a, b in zip(above, cells, strict=True) if b]
    ended = any(a and not b for a, b in zip(above, cells, strict=True))
    return ended and all(a for a, _ in filled) and filled[0][1][:1].islower()
