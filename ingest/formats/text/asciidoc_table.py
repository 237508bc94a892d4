"""Rows of an AsciiDoc table (https://docs.asciidoctor.org/asciidoc/latest/tables/build-a-basic-table/)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ingest.formats.tables import COVERED

_MOST_COPIES = 100  # of a cell, whatever number it gives
_CELL_START = re.compile(
    r"""(?:(?:^|(?<=\s))
    (?:(?P<count>\d{1,9})?(?:\.\d{1,9})?(?P<sign>[+*]))?  # columns and rows that it spans, or its copies
    (?:[<^>](?:\.[<^>])?|\.[<^>])?                        # its alignment
    [adehlmsv]?)?                                         # its style
    (?<!\\)\|""",
    re.VERBOSE,
)


def table_rows(lines: Iterable[str], clean: Callable[[str], str]) -> list[list[str]]:
    """The rows of the lines between a table's fences, in time that grows with their length.

    Cells on lines of their own fill a row as wide as the first. A cell with "2+" covers two columns (see
    ``COVERED``), one with "3*" stands three times; at most a hundred.

    Args:
        clean: a cell's text without inline markup.
    """
    rows: list[list[list[str]]] = []  # the lines of each cell
    width = 0
    for line in lines:
        if not line.strip():
            continue
        cells = [[text] for text in _cells(line, clean)]
        if not cells and rows:
            rows[-1][-1].append(clean(line))
        elif not cells:  # text before the first cell
            rows.append([[clean(line)]])
        elif len(cells) == 1 and width > 1 and rows and len(rows[-1]) < width:
            rows[-1] += cells
        else:
            rows.append(cells)
            width = width or len(cells)
    return [[" ".join(cell) for cell in row] for row in rows]


def _cells(line: str, clean: Callable[[str], str]) -> Iterator[str]:
    """The cells that begin on a line; what stands before the first is no cell."""
    starts = list(_CELL_START.finditer(line))
    for at, start in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(line)
        text = clean(line[start.end() : end]).replace("\\|", "|")
        yield text
        copies = min(int(start["count"] or 1), _MOST_COPIES) if start["sign"] else 1
        for _ in range(copies - 1):
            yield text if start["sign"] == "*" else COVERED + text
