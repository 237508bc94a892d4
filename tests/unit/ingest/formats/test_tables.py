"""Rows of cells become a table with titles, header and rows, whatever format they come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.tables import COVERED, is_number, row_line, to_table
from ingest.formats.writer import DocumentWriter
from rag.reading.table_rows import split_cells
from rag.types import BlockKind
from tests.files import check_document

CELLS = st.text(st.sampled_from(list("ab1 |\n\t.:-é漢")), max_size=8)


def test_a_first_row_of_names_is_the_header() -> None:
    """A first row that doesn't look like names is not."""
    assert to_table([["Plan", "Price"], ["Pro", "9"]]).header == ("Plan", "Price")
    assert to_table([["", "2023", "2024"], ["Sales", "1", "2"]]).header == ("", "2023", "2024")
    assert to_table([["1", "2"], ["3", "4"]]).header == ()
    assert to_table([["Name:", "Ada"], ["Role:", "Chief"]]).header == ()
    assert to_table([["a", "a"], ["1", "2"]]).header == ()
    assert to_table([["only", "row"]]).header == ()


def test_a_row_with_one_cell_over_wider_rows_is_a_title() -> None:
    """A cell that spans the whole row too, even if it is marked as a header."""
    table = to_table([["Prices 2024", ""], ["Plan", "Price"], ["Pro", "9"]])
    assert (table.titles, table.header, table.rows) == (("Prices 2024",), ("Plan", "Price"), (("Pro", "9"),))
    spanned = to_table([["Prices", "Prices"], ["Plan", "Price"], ["Pro", "9"]], header_rows=2)
    assert (spanned.titles, spanned.header) == (("Prices",), ("Plan", "Price"))


def test_two_header_rows_are_merged() -> None:
    """A group's name stands before the names in it."""
    table = to_table([["", "Leave", "Leave"], ["Grade", "paid", "unpaid"], ["A", "20", "5"]], header_rows=2)
    assert table.header == ("Grade", "Leave paid", "Leave unpaid")


def test_empty_rows_and_columns_are_left_out() -> None:
    """Spreadsheets have many of them."""
    table = to_table([["", "", ""], ["a", "", "b"], ["", "", ""], ["1", "", "2"]])
    assert (table.header, table.rows) == (("a", "b"), (("1", "2"),))


@pytest.mark.parametrize(
    "text", ["1", "12.5 %", "€ 1,200", "2024-01-05", "10:30", "-3", "5 kg", "(1.2)", "1/2"]
)
def test_amounts_are_numbers(text: str) -> None:
    """With currency, unit, sign or date marks."""
    assert is_number(text)


@pytest.mark.parametrize("text", ["", "Name", "Q1", "more than 5", "5 years of service", "A1"])
def test_words_are_no_numbers(text: str) -> None:
    """Names with a digit are no numbers either."""
    assert not is_number(text)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6), st.integers(0, 2))
def test_a_written_line_splits_into_the_cells_of_its_row(rows: list[list[str]], header_rows: int) -> None:
    """Every cell of the table is in the document, and no text is added."""
    writer = DocumentWriter()
    flow = Flow(writer)
    flow.paragraph("Rows:")
    flow.table(rows, header_rows=header_rows or None)
    document = writer.document(
        Source(data=b"", name="n", uri="n", document_id="d"), title="t", media_type="x", metadata={}
    )
    check_document(document)
    table = to_table(rows, header_rows or None)
    written = [b for b in document.blocks if b.kind in (BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER)]
    expected = [row for row in ((table.header,) if any(table.header) else ()) + table.rows if any(row)]
    assert [row_line(row) for row in expected] == [b.span.slice(document.text) for b in written]
    for block, row in zip(written, expected, strict=True):
        assert [s.slice(document.text) for s in split_cells(document.text, block.span)] == list(row)
    characters = "".join("".join(cell.split()) for row in rows for cell in row)
    assert len(characters) >= len("".join("".join(row).replace(" ", "") for row in table.rows))


GROUPS = [["Team", "2025", "", "2026", ""], ["", "Plan", "Actual", "Plan", "Actual"]]


def test_names_in_groups_are_paths() -> None:
    """A group that is written once stands over the columns whose names repeat; so does one in each column."""
    path = ("Team", "2025 Plan", "2025 Actual", "2026 Plan", "2026 Actual")
    body = [["Roads", "120", "131", "140", ""], ["Parks", "80", "77", "95", ""]]
    assert to_table([*GROUPS, *body]).header == path
    assert to_table([*GROUPS, *body]).rows == tuple(map(tuple, body))
    repeated = [["Team", "2025", "2025", "2026", "2026"], GROUPS[1]]
    assert to_table([*repeated, *body]).header == path
    tall = [["Team", "Cost", "", "Note"], ["Team", "net", "gross", "Note"], ["A", "1", "2", "x"]]
    assert to_table(tall).header == ("Team", "Cost net", "Cost gross", "Note")


def test_rows_of_values_that_repeat_are_no_header() -> None:
    """Nor are forms."""
    assert to_table([["yes", "yes", "no"], ["a", "b", "c"], ["d", "e", "f"]]).header == ()
    assert to_table([["By", "Ada", ""], ["Item", "Net", "Gross"], ["Pen", "1", "2"]]).header == ()


def test_a_cell_that_spans_columns_is_in_each_that_has_a_name() -> None:
    """A column in which nothing else stands is left out."""
    closed = ["Pool", "closed", f"{COVERED}closed", "open"]
    table = to_table([["Day", "Mon", "Tue", "Wed"], closed])
    assert table.rows == (("Pool", "closed", "closed", "open"),)
    form = [["Name:", "Ada", f"{COVERED}Ada", "x"], ["Role:", "1", "2", "3"]]
    assert to_table(form).rows[0] == ("Name:", "Ada", "", "x")
    layout = [["Day", f"{COVERED}Day", "Pool"], ["Mon", f"{COVERED}Mon", "open"]]
    assert (to_table(layout).header, to_table(layout).rows) == (("Day", "Pool"), (("Mon", "open"),))
