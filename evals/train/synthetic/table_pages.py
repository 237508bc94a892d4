"""Pages of records: tables, and records line by line ("Phone: 555-0100").

A question is about one cell, in reverse about the key of one, or has no answer: about a row or column that
isn't there, or an empty cell.
"""

from __future__ import annotations

import random
from dataclasses import replace

from evals.train.data.examples import Example
from evals.train.synthetic.prose import ProseSource
from evals.train.synthetic.rendering import build_document, page_example
from evals.train.synthetic.tables import BLANKS, Cell, Table, has_value
from evals.train.synthetic.values import sample_value
from ingest.formats.flow import Flow
from ingest.formats.writer import DocumentWriter
from rag.reading.table_rows import split_cells
from rag.types import BlockKind, Document, Span

_KEY = -1  # the column of the keys


def cell(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a cell of a table."""
    table, (row, column) = _table_and_cell(rng)
    value = table.value(row, column)
    if not has_value(value):
        return None
    reference = table.reference(row, column, rng)
    return _table_example(table, table.question(column, reference, rng, value), (row, column), rng, prose)


def key(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question with a cell's value, whose answer is the key of its row."""
    table, (row, column) = _table_and_cell(rng)
    value = table.value(row, column)
    questions = table.columns[column].reverse_questions
    if not questions or not has_value(value) or table.column_values(column).count(value) > 1:
        return None
    return _table_example(table, rng.choice(questions).format(value), (row, _KEY), rng, prose)


def missing_row(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a key that the table doesn't have."""
    table = Table.sample(rng)
    column = rng.randrange(len(table.columns))
    absent = sample_value(table.kind.key_spec, rng)
    if any(absent in text or text in absent for cells in table.rows for text in cells if text):
        return None
    return _table_example(table, table.question(column, absent, rng), None, rng, prose)


def missing_column(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a column that the table doesn't have."""
    table = Table.sample(rng)
    question = table.question_of_missing_column(rng)
    if question is None:
        return None
    return _table_example(table, question.format(rng.choice(table.rows)[0]), None, rng, prose)


def empty_cell(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a cell that is blank."""
    table, (row, column) = _table_and_cell(rng)
    rows = [list(cells) for cells in table.rows]
    rows[row][column + 1] = rng.choice(BLANKS)
    blanked = replace(table, rows=tuple(map(tuple, rows)))
    return _table_example(blanked, table.question(column, rows[row][0], rng), None, rng, prose)


def record_field(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a line of a record."""
    table, document, spans = _record_page(rng, prose)
    row, column = _sample_cell(table, rng)
    value = table.value(row, column)
    if not has_value(value):
        return None
    question = table.question(column, table.rows[row][0], rng, value)
    return page_example(document, question, spans[row, column], rng)


def missing_record_field(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a line that the record doesn't have."""
    table, document, _ = _record_page(rng, prose)
    row, _ = _sample_cell(table, rng)
    question = table.question_of_missing_column(rng)
    if question is None:
        return None
    return page_example(document, question.format(table.rows[row][0]), None, rng)


def _table_and_cell(rng: random.Random) -> tuple[Table, Cell]:
    table = Table.sample(rng)
    return table, _sample_cell(table, rng)


def _sample_cell(table: Table, rng: random.Random) -> Cell:
    return rng.randrange(len(table.rows)), rng.randrange(len(table.columns))


def _table_example(
    table: Table, question: str, answer: Cell | None, rng: random.Random, prose: ProseSource
) -> Example | None:
    """A passage of the table: the one with the answer, or any where there is none."""
    flow = Flow(DocumentWriter())
    if rng.random() < 0.6:
        flow.paragraph(prose.paragraph(rng))
    flow.table([table.headings, *table.rows], header_rows=1)
    if rng.random() < 0.4:
        flow.paragraph(prose.paragraph(rng))
    document = build_document(flow)
    rows = [block.span for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    span = None
    if answer is not None and len(rows) == len(table.rows):
        span = split_cells(document.text, rows[answer[0]])[answer[1] + 1]
    if answer is not None and span is None:
        return None
    return page_example(document, question, span, rng, overlapping=rows)


def _record_page(rng: random.Random, prose: ProseSource) -> tuple[Table, Document, dict[Cell, Span]]:
    """One to three records, a line for each field, the key first; and the span of each cell."""
    table = Table.sample(rng)
    flow = Flow(DocumentWriter())
    if rng.random() < 0.3:
        flow.paragraph(prose.paragraph(rng))
    spans: dict[Cell, Span] = {}
    bullet = rng.choice(("", "", "- "))
    table = replace(table, rows=table.rows[: rng.randint(1, 3)])
    for number, cells in enumerate(table.rows):
        lines = [f"{heading}: {cell}" for heading, cell in zip(table.headings, cells, strict=True)]
        for column, start in enumerate(_write_lines(flow, lines, bullet), start=_KEY):
            begin = start + len(table.headings[column + 1]) + len(": ")
            spans[number, column] = Span(begin, begin + len(cells[column + 1]))
    return table, build_document(flow), spans


def _write_lines(flow: Flow, lines: list[str], bullet: str) -> list[int]:
    """Writes the lines of a record, as a list or as one paragraph; returns where each begins."""
    if bullet:
        items = [flow.item(bullet + line, None, tight=n > 0) for n, line in enumerate(lines)]
        return [item.start + len(bullet) for item in items]
    start = flow.paragraph("\n".join(lines)).start
    return [start + sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines))]
