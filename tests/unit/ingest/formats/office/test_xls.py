"""Old Excel workbooks (.xls) as they are shown: numbers by their formats, hidden parts left out."""

from __future__ import annotations

import struct
from datetime import date, datetime
from typing import Any

import pytest
import xlwt

from ingest.formats.limits import Limits
from ingest.formats.office import old_sheets, xls
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, UnreadableDocument
from tests.files import blocks, check_document, read_document, saved_bytes
from tests.files import xls as written


def lines(data: bytes, **options: Any) -> list[str]:
    """The text of each block."""
    document = read_document(data, "a.xls", **options)
    check_document(document)
    return [text for _, text, _ in blocks(document)]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (42, "00000", "00042"),
        (0.125, "0.0%", "12.5%"),
        (0.5, "0%", "50%"),
        (1250.5, '#,##0.00 "CHF"', "1,250.50 CHF"),
        (-3, "[$€-407]#,##0.00", "-€3.00"),
        (1234.5, "#,##0", "1,235"),
        (date(2026, 5, 4), "d mmmm yyyy", "4 May 2026"),
        (date(2026, 5, 4), "dd/mm/yyyy", "04/05/2026"),
        (date(2026, 5, 4), "M/D/YY", "2026-05-04"),
        (datetime(2026, 5, 4, 14, 30), "M/D/YY h:mm", "2026-05-04 14:30"),
        (1.75, "[h]:mm", "42:00"),
        (0.30000000000000004, "General", "0.3"),
        ("A-7", '"No. "@', "No. A-7"),
        (True, "General", "TRUE"),
    ],
)
def test_a_cell_is_read_as_it_is_shown(value: Any, number_format: str, shown: str) -> None:
    """Codes with their zeros, percent, currencies, dates, hours."""
    data = written(["Plan", "Price"], ["Pro", (value, number_format)])
    assert lines(data) == ["S", "Plan | Price", f"Pro | {shown}"]


def test_dates_may_count_from_1904() -> None:
    """As in workbooks of old Macs."""
    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("S")
    sheet.write(0, 0, "Begins")
    sheet.write(0, 1, date(2026, 5, 4), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    assert lines(saved_bytes(book)) == ["S", "Begins | 2026-05-04"]


def _hidden_book() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for row, cells in enumerate(
        (("Depot", "Fee", "Cost", "Margin"), ("North", 40, 30, 10), ("Old", 1, 1, 0))
    ):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.col(2).hidden = sheet.col(3).hidden = True
    sheet.row(2).hidden = True
    other = book.add_sheet("Salaries")
    other.write(0, 0, "Ada earns 9")
    other.visibility = 1
    return saved_bytes(book)


def test_hidden_parts_are_left_out_and_named() -> None:
    """Sheets, rows and columns, unless they are asked for."""
    document = read_document(_hidden_book(), "a.xls")
    assert document.text == "S\n\nDepot | Fee\nNorth | 40"
    assert document.metadata["hidden"] == "columns C to D, row 3 of the sheet S; the sheet Salaries"
    shown = lines(_hidden_book(), hidden=True)
    assert {"North | 40 | 30 | 10", "Old | 1 | 1 | 0", "Ada earns 9"} <= set(shown)


def test_a_merged_cell_is_in_every_cell_that_it_covers() -> None:
    """As in newer workbooks."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for row, cells in enumerate((("Depot", "Kind", "Fee"), ("", "van", 40), ("", "lorry", 65))):
        for column, cell in enumerate(cells):
            if cell:
                sheet.write(row, column, cell)
    sheet.write_merge(1, 2, 0, 0, "North")
    assert lines(saved_bytes(book)) == ["S", "Depot | Kind | Fee", "North | van | 40", "North | lorry | 65"]


def test_the_number_of_cells_is_bounded() -> None:
    """As of other workbooks."""
    data = written(*[["a", "b", "c"]] * 4)
    with pytest.raises(DocumentTooLarge, match="over 11 cells"):
        read_document(data, "a.xls", limits=Limits(cells=11))


def test_an_encrypted_workbook_is_told() -> None:
    """Its stream begins with the record FILEPASS."""
    begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    data = begin + struct.pack("<HHHHHH", 0x002F, 6, 0, 1, 2, 3) + struct.pack("<HH", 0x000A, 0)
    with pytest.raises(UnreadableDocument, match=r"a\.xls is encrypted: it needs a password"):
        read_document(data, "a.xls")


def test_a_workbook_that_xlrd_can_t_read_is_read_by_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the reader of binary workbooks."""
    data = written(["Plan", "Price"], ["Pro", (0.5, "0%")])
    source = Source(data=data, name="a.xls", uri="a.xls", document_id="d")
    monkeypatch.setattr(xls, "opened", lambda _: None)
    assert old_sheets.read(source).text == "S\n\nPlan | Price\nPro | 0.5"


@pytest.mark.parametrize("cut", [600, 3_000])
def test_a_damaged_workbook_is_refused(cut: int) -> None:
    """With the reason."""
    with pytest.raises(UnreadableDocument, match=r"a\.xls is damaged"):
        read_document(written(["Plan", "Price"])[:cut], "a.xls")
