"""CSV and tab-separated files to a document: each row a line with its header."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator

from ingest.formats.flow import Flow
from ingest.formats.sheets import write_grid
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "text/csv"
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50


def read(source: Source) -> Document:
    """The document of a table in text; the delimiter (comma, semicolon, tab or bar) is detected.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded.
        DocumentTooLarge: more cells or rows than the limit.
    """
    text = decode(source.data, source.name)
    csv.field_size_limit(10_000_000)
    cell_count = 0
    grid = []
    try:
        for row in csv.reader(
            text.splitlines(keepends=True), delimiter=_delimiter(text), skipinitialspace=True
        ):
            cell_count += len(row)
            if cell_count > source.limits.cells:
                raise DocumentTooLarge(
                    f"{source.name} has over {source.limits.cells:,} cells; that is the limit"
                )
            grid.append(row)
            source.limits.require_blocks(len(grid))
    except csv.Error as error:
        raise UnreadableDocument(f"{source.name} is no table that can be read: {error}") from None
    writer = DocumentWriter(source.limits)
    write_grid(grid, Flow(writer))
    return writer.document(source, title=source.stem_title, media_type=MEDIA_TYPE, metadata={})


def is_table(text: str) -> bool:
    """Whether a text of unknown format is a table: a delimiter cuts most of its rows into as many cells."""
    return max(_score(text, delimiter) for delimiter in _DELIMITERS) > (0.5, 1)


def _delimiter(text: str) -> str:
    """The delimiter that cuts most of the first rows into the same number of cells, more than one."""
    return max(_DELIMITERS, key=lambda delimiter: _score(text, delimiter))


def _score(text: str, delimiter: str) -> tuple[float, int]:
    """The share of rows that have the most common width, and that width."""
    widths = Counter(len(row) for row in _first_rows(text, delimiter))
    width, count = widths.most_common(1)[0] if widths else (1, 0)
    return (count / max(1, widths.total()) if width > 1 else 0.0, width)


def _first_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    lines = text[:200_000].splitlines(keepends=True)
    try:
        for at, row in enumerate(csv.reader(lines, delimiter=delimiter, skipinitialspace=True)):
            if at >= _SAMPLE_ROWS:
                return
            if row:
                yield row
    except csv.Error:
        return
