"""PDFs: reading order, paragraphs, pages, headings and tables are recognised, running heads left out."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import BlockKind
from tests.files import LEAVE, blocks, check_document, pdf, read_document, typeset

LEFT = (
    "The left column speaks of leave and holidays at some length so that it fills several lines, and it"
    " goes on until the very end of the column where the last words stand before the right one begins."
)
RIGHT = (
    "The right column speaks of travel and its costs, again in several lines that stand beside those of"
    " the left, and must be read after all of them although they were drawn in turns by the program."
)


def test_lines_are_joined_to_paragraphs() -> None:
    """Each paragraph is one block; an empty line ends it."""
    first, second = "Everyone gets leave. " * 12, "Travel is booked early. " * 12
    page = [*typeset(first, y=100), *typeset(second, y=100 + 12 * 6)]
    document = read_document(pdf(page), "a.pdf")
    check_document(document)
    assert [text for _, text, _ in blocks(document)] == [first.strip(), second.strip()]


@pytest.mark.parametrize("interleaved", [False, True])
def test_columns_are_read_one_after_the_other(interleaved: bool) -> None:
    """Whatever the order in which they are drawn; a title across both comes first."""
    left, right = typeset(LEFT, 60, 140, 45), typeset(RIGHT, 320, 140, 45)
    body = [row for pair in zip(left, right, strict=False) for row in pair] if interleaved else left + right
    longer = left if len(left) > len(right) else right
    body += longer[min(len(left), len(right)) :] if interleaved else []
    document = read_document(
        pdf([(60, 100, "Rules for everyone who works at this company", 20), *body]), "a.pdf"
    )
    assert document.text == f"Rules for everyone who works at this company\n\n{LEFT}\n\n{RIGHT}"


def test_a_word_broken_at_a_lines_end_is_joined() -> None:
    """Compounds keep their hyphen if the document has them elsewhere."""
    page = [
        (72, 100, "All employ-"),
        (72, 112, "ees of this well-known company and of all its many subsidiaries are well-"),
        (72, 124, "known for their work, and they are paid on time each month."),
    ]
    text = read_document(pdf(page), "a.pdf").text
    assert text.startswith("All employees of this well-known company")
    assert "are well-known for" in text


def test_running_heads_feet_and_page_numbers_are_left_out() -> None:
    """Lines at the edges that differ by digits only, from page to page."""
    pages = [
        [
            (72, 40, f"Handbook 2024, chapter {n}"),
            *typeset(f"Text of page {n} stands here. " * 8),
            (290, 810, str(n)),
        ]
        for n in (1, 2, 3, 4)
    ]
    document = read_document(pdf(*pages), "a.pdf")
    assert "Handbook 2024" not in document.text
    assert len(document.pages) == 4
    for page in document.pages:
        assert (
            page.span.slice(document.text).split()
            == (f"Text of page {page.number} stands here. " * 8).split()
        )


def test_a_paragraph_may_continue_on_the_next_page() -> None:
    """It is one block, each half on its own page, and the footnote between them is a block of its own."""
    words = " ".join(f"word{n}" for n in range(200))
    first = [*typeset(words, y=700), (72, 800, "1 A note in small type at the foot of the page.", 7)]
    rows = typeset(words, y=700)
    upper = [row for row in rows if row[1] < 780]
    rest = [(x, 100 + 12 * at, text, size) for at, (x, _, text, size) in enumerate(rows[len(upper) :])]
    document = read_document(
        pdf([*upper, first[-1]], [*rest, (72, 400, "New paragraph after it all.")]), "a.pdf"
    )
    check_document(document)
    assert words in document.text
    for number, page in ((1, upper), (2, rest)):
        for _, _, text, *_ in page:
            at = document.text.index(text)
            assert document.page_at(at) == number
            assert document.page_at(at + len(text) - 1) == number
    assert document.page_at(document.text.index("A note")) == 1


def test_bigger_and_bolder_lines_are_headings() -> None:
    """Their levels follow their sizes; that of a numbered one its number."""
    page = [
        (72, 80, "Company handbook", 24),
        (72, 120, "Leave", 16),
        *typeset("Everyone gets leave each year. " * 6, y=140),
        (72, 240, "1.2 Parental leave", 10, True),
        *typeset("Parents get more of it than others. " * 6, y=260),
    ]
    document = read_document(pdf(page), "a.pdf")
    assert [text for kind, text, _ in blocks(document) if kind == "heading"] == [
        "Company handbook",
        "Leave",
        "1.2 Parental leave",
    ]
    assert document.title == "Company handbook"
    assert document.section_at(document.text.index("Parents")) == ("Leave", "1.2 Parental leave")


def test_a_table_is_read_by_rows() -> None:
    """Each row has the header as its context; a missing cell is empty."""
    grid = [list(row) for row in LEAVE]
    grid[2][1] = ""
    table = [
        (72 + 150 * column, 150 + 16 * at, cell)
        for at, row in enumerate(grid)
        for column, cell in enumerate(row)
        if cell
    ]
    document = read_document(
        pdf([*typeset("Days off depend on service, as this table shows:", y=120), *table]), "a.pdf"
    )
    rows = [(text, context_span) for kind, text, context_span in blocks(document) if kind == "table_row"]
    assert rows == [
        ("less than 2 | 20 | one week", "Years of service | Days off | Notice"),
        ("2 to 5 |  | two weeks", "Years of service | Days off | Notice"),
        ("more than 5 | 30 | two weeks", "Years of service | Days off | Notice"),
    ]


def test_the_context_of_list_items_is_the_sentence_before() -> None:
    """That of all items, not only of the first."""
    page = [
        (72, 100, "Every new colleague of ours has to bring along these few things:"),
        (80, 114, "• a pen"),
        (80, 128, "• two sheets of paper"),
    ]
    assert blocks(read_document(pdf(page), "a.pdf"))[1:] == [
        ("list_item", "• a pen", "Every new colleague of ours has to bring along these few things:"),
        (
            "list_item",
            "• two sheets of paper",
            "Every new colleague of ours has to bring along these few things:",
        ),
    ]


def test_rotated_pages_are_read_upright() -> None:
    """Text on a page turned by a quarter is read like any other."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setPageRotation(90)
    canvas.rotate(90)
    for at, row in enumerate(
        ("First line of the turned page is rather long here.", "Second line goes on below it.")
    ):
        canvas.drawString(100, -100 - 12 * at, row)
    canvas.save()
    assert read_document(out.getvalue(), "a.pdf").text.startswith("First line of the turned page")


def test_pages_without_text_are_reported() -> None:
    """A file of them is refused as a scan; single ones are named in the metadata."""
    with pytest.raises(UnreadableDocument, match=r"a\.pdf has no text on its 2 pages: it is a scan"):
        read_document(pdf([], []), "a.pdf")
    document = read_document(pdf([(72, 100, "Words.")], [], [(72, 100, "More.")]), "a.pdf")
    assert document.metadata["pages_without_text"] == "2"
    assert document.page_at(document.text.index("More")) == 3


def test_recurring_lines_are_the_text_if_there_is_no_other() -> None:
    """Two pages of one line each that differ by a digit; page numbers alone are no text."""
    document = read_document(pdf([(72, 20, "Room 1 is free.")], [(72, 20, "Room 2 is free.")]), "a.pdf")
    assert [page.span.slice(document.text).strip() for page in document.pages] == [
        "Room 1 is free.",
        "Room 2 is free.",
    ]
    with pytest.raises(UnreadableDocument, match=r"a\.pdf is empty"):
        read_document(pdf([(300, 20, "1")], [(300, 20, "2")]), "a.pdf")


def test_encrypted_damaged_and_too_long_pdfs_are_refused() -> None:
    """Each with its own reason."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(72, 72, "x")
    canvas.save()
    with pytest.raises(UnreadableDocument, match=r"a\.pdf is encrypted: it needs a password"):
        read_document(out.getvalue(), "a.pdf")
    for data in (b"no pdf", b"%PDF-1.7\n%%EOF", b"%PDF-1.4" + bytes(5000)):
        with pytest.raises(UnreadableDocument, match=r"a\.pdf is no PDF, or damaged"):
            read_document(data, "a.pdf")
    with pytest.raises(DocumentTooLarge, match=r"a\.pdf has 3 pages; the limit is 2"):
        read_document(pdf([(1, 1, "x")], [], []), "a.pdf", limits=Limits(pages=2))


def test_titles_made_by_programs_are_not_used() -> None:
    """Such as the name of the source file."""
    page: list[tuple[Any, ...]] = [(72, 100, "Words stand here.")]
    assert (
        read_document(pdf(page, title="Microsoft Word - draft7.doc"), "travel_rules.pdf").title
        == "travel rules"
    )
    assert read_document(pdf(page, title="Travel rules 2024"), "a.pdf").title == "Travel rules 2024"


WORDS = st.text(st.sampled_from("abcdefghij"), min_size=1, max_size=9)
PLACED = st.tuples(st.integers(20, 500), st.integers(20, 800), st.lists(WORDS, min_size=1, max_size=6))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(PLACED, max_size=12), min_size=1, max_size=3))
def test_text_stays_on_its_page(pages: list[list[tuple[int, int, list[str]]]]) -> None:
    """Wherever text is placed, blocks are in order and no word is on another page."""
    marked = [
        [(x, y, " ".join(f"{docx}q{n}z" for docx in words)) for x, y, words in page]
        for n, page in enumerate(pages, 1)
    ]
    try:
        document = read_document(pdf(*marked), "a.pdf")
    except UnreadableDocument:
        assert not any(pages)
        return
    check_document(document)
    for page in document.pages:
        others = [n for n in range(1, len(pages) + 1) if n != page.number]
        assert not any(f"q{n}z" in page.span.slice(document.text) for n in others)
    assert all(b.kind is not BlockKind.CODE for b in document.blocks)
