"""CSV and its kin to a document: one line a row, each led by the header."""

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
_SAMPLE = 50


def read(source: Source) -> Document:
    """The document of a table in text, cells apart by comma, semicolon, tab or bar: what fits best.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded.
        DocumentTooLarge: more cells than the limit.
    """
    text = decode(source.data, source.name)
    csv.field_size_limit(10_000_000)
    cells = 0
    grid = []
    try:
        for row in csv.reader(
            text.splitlines(keepends=True), delimiter=_delimiter(text), skipinitialspace=True
        ):
            cells += len(row)
            if cells > source.limits.cells:
                raise DocumentTooLarge(
                    f"{source.name} has over {source.limits.cells:,} cells; that is the limit"
                )
            grid.append(row)
    except csv.Error as error:
        raise UnreadableDocument(f"{source.name} is no table that can be read: {error}") from None
    writer = DocumentWriter(source.limits)
    write_grid(grid, Flow(writer))
    return writer.document(source, title=source.stem_title, media_type=MEDIA_TYPE, metadata={})


def _delimiter(text: str) -> str:
    """The sign that cuts most of the first lines into the same number of cells, more than one."""

    def fit(sign: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in _first(text, sign))
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        return (count / max(1, widths.total()) if width > 1 else 0.0, width)

    return max(_DELIMITERS, key=fit)


def _first(text: str, sign: str) -> Iterator[list[str]]:
    lines = text[:200_000].splitlines(keepends=True)
    try:
        for at, row in enumerate(csv.reader(lines, delimiter=sign, skipinitialspace=True)):
            if at >= _SAMPLE:
                return
            if row:
                yield row
    except csv.Error:
        return
