"""Rows of cells become lines that say what they mean, whatever the table is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.tables import is_number, line, table
from ingest.formats.writer import DocumentWriter
from rag.reading.table_rows import split_cells
from rag.types import BlockKind
from tests.files import check

CELLS = st.text(st.sampled_from(list("ab1 |\n\t.:-é漢")), max_size=8)


def test_names_above_are_the_header() -> None:
    """The first row is the header if it looks like names, and only then."""
    assert table([["Plan", "Price"], ["Pro", "9"]]).header == ("Plan", "Price")
    assert table([["", "2023", "2024"], ["Sales", "1", "2"]]).header == ("", "2023", "2024")
    assert table([["1", "2"], ["3", "4"]]).header == ()
    assert table([["Name:", "Ada"], ["Role:", "Chief"]]).header == ()
    assert table([["a", "a"], ["1", "2"]]).header == ()
    assert table([["only", "row"]]).header == ()


def test_titles_above_a_header_are_no_header() -> None:
    """A row with one cell over wider rows is the table's title."""
    made = table([["Prices 2024", ""], ["Plan", "Price"], ["Pro", "9"]])
    assert (made.titles, made.header, made.rows) == (("Prices 2024",), ("Plan", "Price"), (("Pro", "9"),))
    spanned = table([["Prices", "Prices"], ["Plan", "Price"], ["Pro", "9"]], header_rows=2)
    assert (spanned.titles, spanned.header) == (("Prices",), ("Plan", "Price"))


def test_two_header_rows_are_one() -> None:
    """A group's name stands before the names in it."""
    made = table([["", "Leave", "Leave"], ["Grade", "paid", "unpaid"], ["A", "20", "5"]], header_rows=2)
    assert made.header == ("Grade", "Leave paid", "Leave unpaid")


def test_empty_rows_and_columns_are_gone() -> None:
    """Spreadsheets are full of them."""
    made = table([["", "", ""], ["a", "", "b"], ["", "", ""], ["1", "", "2"]])
    assert (made.header, made.rows) == (("a", "b"), (("1", "2"),))


@pytest.mark.parametrize(
    "text", ["1", "12.5 %", "€ 1,200", "2024-01-05", "10:30", "-3", "5 kg", "(1.2)", "1/2"]
)
def test_amounts_are_numbers(text: str) -> None:
    """With currency, unit, sign or date marks."""
    assert is_number(text)


@pytest.mark.parametrize("text", ["", "Name", "Q1", "more than 5", "5 years of service", "A1"])
def test_words_are_no_numbers(text: str) -> None:
    """Nor are names with a digit."""
    assert not is_number(text)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6), st.integers(0, 2))
def test_a_written_table_reads_back(rows: list[list[str]], header_rows: int) -> None:
    """Every cell that was given stands in the document once more, and each line splits into its cells."""
    writer = DocumentWriter()
    flow = Flow(writer)
    flow.paragraph("Rows:")
    flow.table(rows, header_rows=header_rows or None)
    document = writer.document(
        Source(data=b"", name="n", uri="n", document_id="d"), title="t", media_type="x", metadata={}
    )
    check(document)
    made = table(rows, header_rows or None)
    written = [b for b in document.blocks if b.kind in (BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER)]
    expected = [row for row in ((made.header,) if any(made.header) else ()) + made.rows if any(row)]
    assert [line(row) for row in expected] == [b.span.slice(document.text) for b in written]
    for block, row in zip(written, expected, strict=True):
        assert [s.slice(document.text) for s in split_cells(document.text, block.span)] == list(row)
    given_words = sorted("".join(" ".join(rows_).split()) for rows_ in [[c for r in rows for c in r]])
    assert len("".join(given_words)) >= len("".join("".join(r).replace(" ", "") for r in made.rows))
