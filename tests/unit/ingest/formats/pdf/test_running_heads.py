"""What recurs at the edge of pages is left out, unless it names what stands there."""

from __future__ import annotations

import pytest

from tests.files import blocks, pdf, read_document, typeset


@pytest.mark.parametrize("style", [(10, False), (10, True), (14, False)])
def test_names_of_records_stay(style: tuple[float, bool]) -> None:
    """Each page is a record, and their names differ by a number that counts no pages."""
    pages = [
        [
            (72, 60, f"Plot {number}", *style),
            *typeset(f"It is leased to {name} until the end of the year and lies at the brook.", y=78),
        ]
        for number, name in ((17, "Ada"), (23, "Ben"), (40, "Cleo"), (41, "Dora"))
    ]
    text = read_document(pdf(*pages), "a.pdf").text
    for number in (17, 23, 40, 41):
        assert f"Plot {number}" in text


def test_names_of_records_that_count_up_stay() -> None:
    """A heading in big type is one, though its number rises from page to page."""
    pages = [
        [(72, 60, f"Room {n}", 16), *typeset(f"It seats {n + 7} people and has a screen on one wall.", y=90)]
        for n in (1, 2, 3, 4)
    ]
    headings = [text for kind, text, _ in blocks(read_document(pdf(*pages), "a.pdf")) if kind == "heading"]
    assert headings == ["Room 1", "Room 2", "Room 3", "Room 4"]


@pytest.mark.parametrize("head", ["Harbour rules, page {n} of 5", "Harbour rules {n}", "Harbour rules"])
def test_heads_are_left_out(head: str) -> None:
    """With the page's number or without."""
    pages = [
        [(72, 30, head.format(n=n)), *typeset(f"Boats of class {n} are tied at both ends. " * 6, y=110)]
        for n in (1, 2, 3, 4, 5)
    ]
    assert "Harbour" not in read_document(pdf(*pages), "a.pdf").text


def test_a_title_that_recurs_stays_once() -> None:
    """It is the title of the document too."""
    pages = [
        [(72, 40, "Harbour rules", 18), *typeset(f"Boats of class {n} are tied at both ends. " * 6, y=110)]
        for n in (1, 2, 3, 4)
    ]
    document = read_document(pdf(*pages), "a.pdf")
    assert document.text.count("Harbour rules") == 1
    assert document.title == "Harbour rules"
