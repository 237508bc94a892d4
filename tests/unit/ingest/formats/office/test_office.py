"""Slides, sheets, OpenDocument texts and e-books."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from tests.files import (
    LEAVE,
    SHEET,
    blocks,
    check_document,
    epub,
    opendocument,
    pptx,
    read_document,
    xlsx,
    zipped,
)


def test_slides_are_pages() -> None:
    """With title, bullets, table and notes, in this order."""
    data = pptx(
        ("Leave", ["Ask early", "Ask your lead"], LEAVE, "Mention the calendar."),
        ("Travel", ["Book trains first"], None, ""),
    )
    document = read_document(data, "talk.pptx")
    check_document(document)
    assert document.title == "Leave"
    assert [page.number for page in document.pages] == [1, 2]
    assert document.page_at(document.text.index("Book trains")) == 2
    assert document.page_at(document.text.index("Mention")) == 1
    assert blocks(document)[:4] == [
        ("heading", "Leave", None),
        ("list_item", "- Ask early", None),
        ("list_item", "- Ask your lead", None),
        ("table_header", "Years of service | Days off | Notice", None),
    ]
    assert ("table_row", "2 to 5 | 25 | two weeks", "Years of service | Days off | Notice") in blocks(
        document
    )
    with pytest.raises(DocumentTooLarge, match="has 2 slides; the limit is 1"):
        read_document(data, "talk.pptx", limits=Limits(pages=1))


def test_rows_of_sheets_have_their_header() -> None:
    """A row above the header is a title; numbers are as the sheet shows them; empty sheets are left out."""
    data = xlsx(
        Rates=[
            ["Rates for 2024"],
            [],
            ["Plan", "Price", "Discount", "From"],
            ["Pro", (1250.5, "#,##0.00 €"), (0.15, "0%"), date(2024, 3, 1)],
            ["Free", 0, (0.075, "0.0%"), None],
            [],
            ["Team", 3.0, None, "soon"],
        ],
        Empty=[],
        Notes=[["Prices are without tax."]],
    )
    document = read_document(data, "rates.xlsx")
    check_document(document)
    header = "Plan | Price | Discount | From"
    assert blocks(document) == [
        ("heading", "Rates", None),
        ("paragraph", "Rates for 2024", None),
        ("table_header", header, None),
        ("table_row", "Pro | 1,250.50 € | 15% | 2024-03-01", header),
        ("table_row", "Free | 0 | 7.5% |", header),
        ("table_row", "Team | 3 |  | soon", header),
        ("heading", "Notes", None),
        ("paragraph", "Prices are without tax.", None),
    ]


def test_two_tables_on_a_sheet_have_two_headers() -> None:
    """An empty row with a header below it ends a table."""
    data = xlsx(S=[["City", "Rooms"], ["Ulm", 3], [], ["Person", "Desk"], ["Ada", 7]])
    rows = [
        (text, context_span)
        for kind, text, context_span in blocks(read_document(data, "a.xlsx"))
        if kind == "table_row"
    ]
    assert rows == [("Ulm | 3", "City | Rooms"), ("Ada | 7", "Person | Desk")]


def test_sheets_over_the_limit_are_refused() -> None:
    """Limits are on cells and on sheets."""
    data = xlsx(A=[["a", "b"], ["c", "d"]], B=[["x", "y"]])
    with pytest.raises(DocumentTooLarge, match="over 3 cells"):
        read_document(data, "a.xlsx", limits=Limits(cells=3))
    with pytest.raises(DocumentTooLarge, match="over 1 sheets"):
        read_document(data, "a.xlsx", limits=Limits(pages=1))


def test_opendocument_text() -> None:
    """Headings, lists, tables and notes are kept, tracked deletions are left out."""
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        '<text:h text:outline-level="1">Rules</text:h>'
        '<text:p>Bring<text:s text:c="2"/>these<text:note><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>A note.</text:p></text:note-body></text:note>:</text:p>"
        "<text:list><text:list-item><text:p>a pen</text:p></text:list-item></text:list>"
        "<table:table><table:table-header-rows><table:table-row>"
        "<table:table-cell><text:p>Plan</text:p></table:table-cell>"
        "<table:table-cell><text:p>Price</text:p></table:table-cell></table:table-row></table:table-header-rows>"
        "<table:table-row><table:table-cell><text:p>Pro</text:p></table:table-cell><table:table-cell><text:p>9</text:p>"
        "</table:table-cell></table:table-row></table:table>"
    )
    document = read_document(opendocument(body), "rules.odt")
    check_document(document)
    assert blocks(document) == [
        ("heading", "Rules", None),
        ("paragraph", "Bring these1:", None),
        ("list_item", "- a pen", "Bring these1:"),
        ("table_header", "Plan | Price", None),
        ("table_row", "Pro | 9", "Plan | Price"),
        ("paragraph", "A note.", None),
    ]


def test_targets_of_links_in_opendocument_are_told() -> None:
    """Behind their texts, once in a section of a text, and on slides; not in headings and heads of tables."""
    link = "<text:a xlink:href='{}'>{}</text:a>".format
    portal = link("https://x.org/f", "<text:span>here </text:span>")
    head = f"<table:table-cell><text:p>{link('https://x.org/n', 'Name')}</text:p></table:table-cell>"
    row = f"<table:table-cell><text:p>{link('mailto:a@x.org', 'Ada')}</text:p></table:table-cell>"
    body = (
        f"<text:h text:outline-level='1'>{link('https://x.org', 'Rules')}</text:h>"
        f"<text:p>Apply {portal}or {portal}.</text:p><text:p>{link('#below', 'below')}</text:p>"
        f"<table:table><table:table-header-rows><table:table-row>{head}{head.replace('Name', 'Code')}"
        f"</table:table-row></table:table-header-rows><table:table-row>{row}{row.replace('Ada', '7')}"
        "</table:table-row></table:table>"
    )
    assert read_document(opendocument(body), "a.odt").text == (
        "Rules\n\nApply here (https://x.org/f) or here .\n\nbelow\n\nName | Code\nAda (a@x.org) | 7"
    )
    slides = "".join(
        f"<draw:page><draw:frame><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame></draw:page>"
        for text in (f"Apply {portal}", f"Again {portal}")
    )
    slides = f"{slides}<draw:page><draw:a xlink:href='https://x.org/p'><draw:frame/></draw:a></draw:page>"
    text = read_document(opendocument(slides, "presentation"), "a.odp").text
    assert text == "Apply here (https://x.org/f)\n\nAgain here"


def test_opendocument_slides_are_pages() -> None:
    """Each ``draw:page`` is one."""
    pages = "".join(
        f"<draw:page><draw:frame><draw:text-box><text:p>Slide {n}</text:p></draw:text-box></draw:frame>"
        "</draw:page>"
        for n in (1, 2)
    )
    document = read_document(opendocument(pages, "presentation"), "a.odp")
    check_document(document)
    assert document.page_at(document.text.index("Slide 2")) == 2


def test_an_ebook_is_its_chapters() -> None:
    """In the order of the spine, with the book's title and author."""
    document = read_document(epub("<h1>One</h1><p>First.</p>", "<h1>Two</h1><p>Last.</p>"), "b.epub")
    check_document(document)
    assert (document.title, dict(document.metadata)) == ("The book", {"author": "Ada"})
    assert document.text == "One\n\nFirst.\n\nTwo\n\nLast."


def test_chapters_whose_names_lead_out_of_the_ebook_are_not_read() -> None:
    """Without another chapter, the book is refused."""
    data = epub("<p>Text.</p>")
    evil = data.replace(b"c0.xhtml", b"/etc/pwd")
    with pytest.raises(UnreadableDocument):
        read_document(evil, "b.epub")


@pytest.mark.parametrize("name", ["a.pptx", "a.xlsx", "a.odt", "a.epub", "a.ods", "a.xls", "a.odp"])
@pytest.mark.parametrize(
    "data", [b"nothing of the kind", b"PK\x03\x04 cut", zipped({"x": "y"}), b"\xd0\xcf\x11\xe0 cut"]
)
def test_data_of_another_format_is_refused(name: str, data: bytes) -> None:
    """In one plain line with the file's name."""
    with pytest.raises(UnreadableDocument, match=name.replace(".", r"\.")) as caught:
        read_document(data, name)
    assert "\n" not in str(caught.value)


def test_a_sheet_whose_tags_do_not_match_is_refused() -> None:
    """At once: the library that reads such sheets would read on for ever."""
    files = {**SHEET, "content.xml": SHEET["content.xml"].replace("</table:table>", "</dable:table>")}
    assert "Ada" in read_document(zipped(SHEET), "a.ods").text
    with pytest.raises(UnreadableDocument, match=r"a\.ods is damaged: .*mismatch"):
        read_document(zipped(files), "a.ods", limits=Limits(seconds=20))


def test_what_a_library_says_of_a_file_is_cut() -> None:
    """It may quote much of it."""
    with zipfile.ZipFile(io.BytesIO(xlsx(Leave=LEAVE))) as book:
        files = {name: book.read(name) for name in book.namelist()}
    files["xl/workbook.xml"] = files["xl/workbook.xml"].replace(
        b"<workbook ", b"<" + b"A" * 9_000 + b":workbook "
    )
    with pytest.raises(UnreadableDocument) as caught:
        read_document(zipped(files), "a.xlsx")
    assert len(str(caught.value)) <= 1_000
