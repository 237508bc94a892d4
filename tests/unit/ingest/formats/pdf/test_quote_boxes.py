"""A quote of a PDF's text is found on its page, where it stands."""

from __future__ import annotations

import pytest

from ingest.formats.pdf.quote_boxes import Box
from ingest.page_view import page_marks
from rag.errors import UnreadableDocument
from rag.types import Document, Span
from tests.files import pdf, read_document, typeset

WIDTH, HEIGHT = 595, 842


def _marks(data: bytes, document: Document, quote: str, nth: int = 0) -> list[tuple[int, list[Box]]]:
    start = -1
    for _ in range(nth + 1):
        start = document.text.index(quote, start + 1)
    marks = page_marks(data, "a.pdf", document, Span(start, start + len(quote)))
    return [(page.number, list(page.boxes)) for page in marks]


def _holds(box: Box, x: float, y: float) -> bool:
    """Whether a point of the page, in points from its left and top, lies in the box."""
    right, bottom = box.left + box.width, box.top + box.height
    return box.left <= x / WIDTH <= right and box.top <= y / HEIGHT <= bottom


def test_a_quote_has_a_box_for_each_of_its_lines() -> None:
    """Around its letters: from the first of the quote to the last, and no other line."""
    text = "Everyone gets thirty days of leave each year and tells the office in good time before it. " * 3
    data = pdf([*typeset(text, x=72, y=100, width=80)])
    document = read_document(data, "a.pdf")
    [(number, boxes)] = _marks(data, document, document.text[:170])
    assert number == 1
    assert len(boxes) == 3
    for at, box in enumerate(boxes):
        assert _holds(box, 74, 97 + 12 * at)
        assert box.height < 20 / HEIGHT


def test_of_equal_quotes_the_one_with_the_same_neighbours_is_marked() -> None:
    """Rows that repeat a price: the box is in the quoted row."""
    rows = [(72, 100 + 20 * at, f"Hall {name} costs forty pounds an hour.") for at, name in enumerate("ABC")]
    data = pdf(rows)
    document = read_document(data, "a.pdf")
    for nth in range(3):
        [(_, [box])] = _marks(data, document, "costs forty pounds an hour.", nth)
        assert _holds(box, 130, 97 + 20 * nth)


def test_a_word_that_a_line_breaks_is_found() -> None:
    """The text has it whole, the page in two lines."""
    page = [(72, 100, "All employ-"), (72, 112, "ees of this company are paid on time each month.")]
    data = pdf(page)
    document = read_document(data, "a.pdf")
    [(_, boxes)] = _marks(data, document, "All employees")
    assert [_holds(box, 74, y) for box, y in zip(boxes, (97, 109), strict=True)] == [True, True]


def test_a_number_inside_another_is_no_place() -> None:
    """A short quote is looked for as whole words."""
    table = [("Layers", "Score", "Time"), ("6", "0.824", "25"), ("42", "0.911", "31"), ("7", "0.734", "22")]
    page = [(72 + 120 * x, 100 + 14 * y, cell) for y, row in enumerate(table) for x, cell in enumerate(row)]
    data = pdf(page)
    document = read_document(data, "a.pdf")
    [(_, [box])] = _marks(data, document, "42")
    assert _holds(box, 76, 125)


def test_cells_that_are_drawn_apart_are_marked_one_by_one() -> None:
    """A table that the file draws column by column: the boxes are in the quoted row."""
    table = [
        ("City", "Hotel", "Meals"),
        ("London", "210 pounds", "60 pounds"),
        ("Paris", "190 euros", "55 euros"),
    ]
    page = [(72 + 150 * x, 100 + 14 * y, row[x]) for x in range(3) for y, row in enumerate(table)]
    data = pdf(page)
    document = read_document(data, "a.pdf")
    row = next(line for line in document.text.splitlines() if line.startswith("Paris"))
    [(_, boxes)] = _marks(data, document, row)
    assert len(boxes) == 3
    assert all(any(_holds(box, 76 + 150 * x, 125) for box in boxes) for x in range(3))


def test_a_quote_over_two_pages_is_marked_on_both() -> None:
    """Each page has the part that stands on it."""
    words = "Whoever works here gets leave and may take it whenever the office has been told of it, "
    first, second = typeset(words * 2, y=760), typeset("and " + words.lower() * 2, y=60)
    data = pdf(first, second)
    document = read_document(data, "a.pdf")
    marks = page_marks(data, "a.pdf", document, Span(0, len(document.text)))
    assert [page.number for page in marks] == [1, 2]
    assert all(page.boxes for page in marks)


def test_what_is_not_on_the_page_has_no_box() -> None:
    """As where the file is another one than the text was read from."""
    document = read_document(pdf([(72, 100, "Everyone gets thirty days of leave.")]), "a.pdf")
    other = pdf([(72, 100, "Nothing of that kind stands here.")])
    assert _marks(other, document, "thirty days of leave") == [(1, [])]


def test_a_damaged_file_is_refused() -> None:
    """With the reason."""
    document = read_document(pdf([(72, 100, "Everyone gets thirty days of leave.")]), "a.pdf")
    with pytest.raises(UnreadableDocument, match="no PDF, or damaged"):
        page_marks(b"%PDF-1.7 nothing", "a.pdf", document, Span(0, 8))
