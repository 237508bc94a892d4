"""Workbooks as people see them: merged cells, headers of two rows, hidden parts, formulas, notes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document
from tests.files import LEAVE, SHEET, blocks, check_document, html_table, read_document, saved_bytes, zipped


def workbook(rows: list[list[Any]], *merged: str) -> Workbook:
    """A workbook of one sheet "S" with these rows and merged areas."""
    book = Workbook()
    book.active.title = "S"
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    return book


def read(book: Workbook, **options: Any) -> Document:
    document = read_document(saved_bytes(book), "a.xlsx", **options)
    check_document(document)
    return document


def lines(document: Document) -> list[str]:
    return [text for _, text, _ in blocks(document)]


def changed(book: Workbook, part: str, *changes: tuple[str, str]) -> bytes:
    """The file of a workbook with texts of a part replaced."""
    with zipfile.ZipFile(io.BytesIO(saved_bytes(book))) as package:
        files = {name: package.read(name) for name in package.namelist()}
    text = files[part].decode()
    for old, new in changes:
        assert old in text, text
        text = text.replace(old, new)
    return zipped({**files, part: text})


def test_a_merged_cell_is_in_every_row_that_it_covers() -> None:
    """However many."""
    rows = [["Depot", "Line"], *[["North" if at == 0 else None, at + 1] for at in range(30)]]
    document = read(workbook(rows, "A2:A31"))
    assert lines(document)[2:] == [f"North | {at + 1}" for at in range(30)]


def test_a_merged_cell_is_in_every_column_that_has_a_name() -> None:
    """In a table without names, it is there once, as in a form."""
    book = workbook([["Day", "Mon", "Tue", "Wed"], ["Pool", "closed", None, "open"]], "B2:C2")
    assert lines(read(book))[2] == "Pool | closed | closed | open"
    form = workbook([["Name:", "Ada", None, "Room:", 5], ["Role:", "Chief", "of", "Desk:", 7]], "B1:C1")
    assert lines(read(form))[1] == "Name: | Ada |  | Room: | 5"


def test_a_merged_title_is_no_row_of_the_table() -> None:
    """Nor is it in the names of the columns."""
    book = workbook([["Prices 2024", None, None], ["Plan", "Price", "Note"], ["Pro", 9, "net"]], "A1:C1")
    assert lines(read(book)) == ["S", "Prices 2024", "Plan | Price | Note", "Pro | 9 | net"]


def test_two_header_rows_are_one_path() -> None:
    """Of merged groups, at any place in the sheet."""
    book = Workbook()
    sheet = book.active
    for row in (["Team", "2025", None, "2026", None], [None, "Plan", "Actual", "Plan", "Actual"]):
        sheet.append([None, None, *row])
    sheet.append([None, None, "Roads", 120, 131, 140, None])
    for area in ("D1:E1", "F1:G1", "C1:C2"):
        sheet.merge_cells(area)
    header = "Team | 2025 Plan | 2025 Actual | 2026 Plan | 2026 Actual"
    assert blocks(read(book))[1:] == [
        ("table_header", header, None),
        ("table_row", "Roads | 120 | 131 | 140 |", header),
    ]


def test_tables_side_by_side_are_two() -> None:
    """An empty column is between them; a column of figures after it is no table of its own."""
    book = workbook(
        [["City", "Rooms", None, "Person", "Desk"], ["Ulm", 3, None, "Ada", 7], ["Bonn", 4, None, "Bo", 8]]
    )
    assert lines(read(book))[1:] == [
        "City | Rooms",
        "Ulm | 3",
        "Bonn | 4",
        "Person | Desk",
        "Ada | 7",
        "Bo | 8",
    ]
    spaced = workbook(
        [["Item", "Unit", None, "2024", "2025"], ["Gas", "kWh", None, 1, 2], ["Oil", "l", None, 3, 4]]
    )
    assert lines(read(spaced))[1] == "Item | Unit | 2024 | 2025"


def hidden_book() -> Workbook:
    book = workbook([["Name", "Role", "Salary"], ["Ada", "Chief", 42000], ["Bo", "Clerk", 28000]])
    book.active["C2"].comment = Comment("to be raised", "x")
    book.active["A2"].comment = Comment("speaks French", "x")
    book.active.column_dimensions["C"].hidden = True
    book.active.row_dimensions[3].hidden = True
    for name, state in (("Old", "hidden"), ("Older", "veryHidden")):
        book.create_sheet(name).append(["Cy", "Cook"])
        book[name].sheet_state = state
    return book


def test_hidden_parts_are_left_out_and_named() -> None:
    """Sheets, rows and columns, and the notes on their cells."""
    document = read(hidden_book())
    assert lines(document) == ["S", "Name | Role", "Ada | Chief", "Note on Ada (A2): speaks French"]
    assert document.metadata["hidden"] == "column C, row 3 of the sheet S; the sheet Old; the sheet Older"


def test_hidden_parts_are_read_if_asked_for() -> None:
    """Then nothing is said of them."""
    document = read(hidden_book(), hidden=True)
    assert {"Ada | Chief | 42000", "Bo | Clerk | 28000", "Old", "Older"} <= set(lines(document))
    assert "hidden" not in document.metadata


def test_a_workbook_that_shows_nothing_says_what_is_hidden() -> None:
    """It isn't called empty."""
    book = workbook([["a", "b"]])
    book.active.row_dimensions[1].hidden = True
    with pytest.raises(UnreadableDocument, match=r"a\.xlsx shows no text; hidden are: row 1 of the sheet S"):
        read(book)


def formula_book() -> Workbook:
    return workbook(
        [
            ["Item", "Number", "Price", "Amount"],
            ["Lamp", 4, 25, "=B2*C2"],
            ["Cable", 10, 3, "=ROUND(B3*C3*110%,1)"],
            ["Total", None, None, "=SUM(D2:D3)"],
            ["Rate", None, None, "=VLOOKUP(A2,Other!A:B,2)"],
            ["Sum", None, None, "=D4+D5"],
        ]
    )


def test_formulas_without_results_are_calculated_or_told() -> None:
    """What depends on a formula that isn't calculated isn't either."""
    document = read(formula_book())
    assert lines(document)[2:] == [
        "Lamp | 4 | 25 | 100",
        "Cable | 10 | 3 | 33",
        "Total |  |  | 133",
        "Rate |  |  | (not calculated)",
        "Sum |  |  | (not calculated)",
    ]
    assert document.metadata["uncalculated"] == "S!D5; S!D6"


def test_stored_results_are_kept() -> None:
    """Unless the workbook says that all have to be calculated anew: then 0 is a placeholder."""
    new = ("<f>B2*C2</f><v></v>", "<f>B2*C2</f><v>99</v>")
    unknown = ("<f>VLOOKUP(A2,Other!A:B,2)</f><v></v>", "<f>VLOOKUP(A2,Other!A:B,2)</f><v>0</v>")
    with zipfile.ZipFile(
        io.BytesIO(changed(formula_book(), "xl/worksheets/sheet1.xml", new, unknown))
    ) as package:
        files = {name: package.read(name) for name in package.namelist()}
    text = read_document(zipped(files), "a.xlsx").text
    assert "Lamp | 4 | 25 | 100" in text
    assert "Rate |  |  | (not calculated)" in text
    book = files["xl/workbook.xml"].replace(b'fullCalcOnLoad="1"', b"")
    text = read_document(zipped({**files, "xl/workbook.xml": book}), "a.xlsx").text
    assert "Lamp | 4 | 25 | 99" in text
    assert "Rate |  |  | 0" in text


def test_formulas_that_need_themselves_have_no_result() -> None:
    """They end."""
    book = workbook([["Name", "Value"], ["a", "=B3+1"], ["b", "=B2+1"]])
    assert read(book).metadata["uncalculated"] == "S!B2; S!B3"


def test_values_are_as_shown() -> None:
    """Numbers by their formats, booleans and errors as their words."""
    book = workbook(
        [["Name", "Value"], ["code", 42], ["fee", 9.5], ["time", 1.75], ["ok", True], ["bad", "#N/A"]]
    )
    for cell, number_format in (("B2", "00000"), ("B3", "[$CHF] 0.00"), ("B4", "[h]:mm")):
        book.active[cell].number_format = number_format
    assert [line.partition(" | ")[2] for line in lines(read(book))[2:]] == [
        "00042",
        "CHF 9.50",
        "42:00",
        "TRUE",
        "#N/A",
    ]


def test_merged_areas_over_the_limit_are_refused() -> None:
    """They count as cells."""
    book = workbook([["a", "b"], ["c", "d"]], "A1:XFD2")
    with pytest.raises(DocumentTooLarge, match="cells"):
        read(book, limits=Limits(cells=10_000))


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx"])
@pytest.mark.parametrize(
    "data",
    [
        html_table(LEAVE),
        f"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><body>{html_table(LEAVE)}</body></html>",
        "\n".join("\t".join(row) for row in LEAVE),
        "\n".join(",".join(row) for row in LEAVE),
        "\n".join("\t".join(row) for row in LEAVE).encode("utf-16"),
        "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>"
        "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'"
        " xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='S'><Table>"
        + "".join(
            "<Row>" + "".join(f"<Cell><Data ss:Type='String'>{cell}</Data></Cell>" for cell in row) + "</Row>"
            for row in LEAVE
        )
        + "</Table></Worksheet></Workbook>",
    ],
    ids=["table", "html", "tabs", "commas", "utf-16", "xml"],
)
def test_a_file_named_as_a_workbook_is_read_as_what_it_is(data: bytes | str, name: str) -> None:
    """Programs name HTML, XML and text so."""
    document = read_document(data, name)
    header = "Years of service | Days off | Notice"
    assert ("table_row", "2 to 5 | 25 | two weeks", header) in blocks(document)


def test_a_new_workbook_with_an_old_name_is_read() -> None:
    """And an OpenDocument one."""
    assert "Pro | 9" in read_document(saved_bytes(workbook([["Plan", "Price"], ["Pro", 9]])), "a.xls").text
    assert "Ada" in read_document(zipped(SHEET), "a.xlsx").text


def xml_workbook(table: str, styles: str = "") -> str:
    return (
        "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'"
        " xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>"
        f"<Styles>{styles}</Styles><Worksheet ss:Name='S'><Table>{table}</Table></Worksheet></Workbook>"
    )


def test_xml_of_2003_has_formats_merged_and_hidden_cells() -> None:
    """As newer workbooks."""
    styles = "<Style ss:ID='p'><NumberFormat ss:Format='0.0%'/></Style>"
    table = (
        "<Column/><Column/><Column ss:Hidden='1'/>"
        "<Row><Cell ss:MergeDown='1'><Data ss:Type='String'>North</Data></Cell>"
        "<Cell ss:StyleID='p'><Data ss:Type='Number'>0.075</Data></Cell>"
        "<Cell><Data ss:Type='String'>secret</Data></Cell></Row>"
        "<Row><Cell ss:Index='2'><Data ss:Type='DateTime'>2024-03-01T00:00:00.000</Data></Cell></Row>"
    )
    document = read_document(xml_workbook(table, styles), "a.xls")
    assert lines(document)[1:] == ["North | 7.5%", "North | 2024-03-01"]
    assert document.metadata["hidden"] == "column C of the sheet S"


def ods(body: str, styles: str = "") -> bytes:
    """An OpenDocument sheet of tables."""
    begin, end = (
        SHEET["content.xml"].split("<table:table ")[0],
        "</office:spreadsheet></office:body></office:document-content>",
    )
    begin = begin.replace(
        "<office:body>", f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
    )
    begin = begin.replace(
        "<office:document-content ",
        "<office:document-content xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0' ",
    )
    return zipped({**SHEET, "content.xml": begin + body + end})


SPANNED = "table:number-rows-spanned='2'"
FLOAT = "office:value-type='float' office:value='9.5'"


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def test_opendocument_sheets_are_as_shown() -> None:
    """The text of a cell is what it shows; spans, hidden parts and notes are as in other workbooks."""
    covered = "<table:covered-table-cell/>"
    note = "<office:annotation><text:p>ask Bo</text:p></office:annotation>"
    body = (
        "<table:table table:name='S'><table:table-column table:number-columns-repeated='2'/>"
        "<table:table-column table:visibility='collapse'/>"
        f"<table:table-row>{cell('Depot')}{cell('Fee')}{cell('Secret')}</table:table-row>"
        f"<table:table-row>{cell('North', SPANNED)}"
        f"{cell('CHF 9.50', FLOAT)}{cell('x')}</table:table-row>"
        f"<table:table-row>{covered}<table:table-cell office:value-type='float' office:value='7'>{note}"
        "</table:table-cell></table:table-row>"
        f"<table:table-row table:visibility='collapse'>{cell('South')}{cell('1')}</table:table-row>"
        "<table:table-row><table:table-cell table:formula='of:=SUM([.B2:.B3])'/></table:table-row>"
        "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>"
        "</table:table>"
        f"<table:table table:name='Old' table:style-name='t'><table:table-row>{cell('Cy')}</table:table-row>"
        "</table:table>"
    )
    styles = "<style:style style:name='t'><style:table-properties table:display='false'/></style:style>"
    document = read_document(ods(body, styles), "a.ods")
    check_document(document)
    assert lines(document) == [
        "S",
        "Depot | Fee",
        "North | CHF 9.50",
        "North | 7",
        "(not calculated) |",
        "Note on North, 7 (B3): ask Bo",
    ]
    assert document.metadata["hidden"] == "column C, row 4 of the sheet S; the sheet Old"
    assert document.metadata["uncalculated"] == "S!A5"


def test_targets_of_links_in_opendocument_sheets_are_told() -> None:
    """Once in a sheet, where the cell doesn't tell them."""
    link = "<text:a xlink:href='{}'>{}</text:a>".format
    row = f"{cell(link('mailto:bo@x.org', 'Bo'))}{cell('see ' + link('https://x.org/f', 'x.org'))}"
    rows = f"<table:table-row>{row}</table:table-row>" * 2
    body = "".join(f"<table:table table:name='{name}'>{rows}</table:table>" for name in "ST")
    told = ["Bo (bo@x.org) | see x.org", "Bo | see x.org"]
    assert lines(read_document(ods(body), "a.ods")) == ["S", *told, "T", *told]


def test_rows_repeated_over_the_limit_are_refused() -> None:
    """A few bytes can stand for a million rows."""
    row = f"<table:table-row table:number-rows-repeated='9999999'>{cell('x')}{cell('y')}</table:table-row>"
    with pytest.raises(DocumentTooLarge, match="cells"):
        read_document(ods(f"<table:table table:name='S'>{row}</table:table>"), "a.ods")


def test_a_workbook_may_have_its_parts_elsewhere() -> None:
    """The package says where; some programs mix the cases of letters."""
    with zipfile.ZipFile(io.BytesIO(saved_bytes(workbook([["Plan", "Price"], ["Pro", 9]])))) as package:
        files = {name.removeprefix("xl/"): package.read(name) for name in package.namelist()}
    for name in ("_rels/.rels", "_rels/workbook.xml.rels"):
        files[name] = files[name].replace(b"/xl/", b"/").replace(b'"xl/', b'"').replace(b"styles", b"Styles")
    assert lines(read_document(zipped(files), "a.xlsx"))[1:] == ["Plan | Price", "Pro | 9"]
