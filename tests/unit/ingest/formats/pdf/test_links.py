"""Targets of links in a PDF stand behind the words that the links lie over."""

from __future__ import annotations

from typing import Any

from ingest.formats.pdf.link_signs import LinkSigns, without_signs
from ingest.page_view import page_marks
from rag.types import Document, Span
from tests.files import blocks, check_document, read_document
from tests.unit.ingest.formats.pdf.drawing import HEIGHT, Draw, drawn


def _write(canvas: Any, x: float, y: float, *parts: str | tuple[str, str]) -> None:
    """A line; a part of (text, address) has a link over it."""
    for part in parts:
        text, address = part if isinstance(part, tuple) else (part, "")
        width = canvas.stringWidth(text, "Helvetica", 10)
        canvas.drawString(x, y, text)
        if address:
            canvas.linkURL(address, (x, y - 2, x + width, y + 9), relative=0)
        x += width


def _line(*parts: str | tuple[str, str], y: float = 700) -> Draw:
    return lambda canvas: _write(canvas, 72, y, *parts)


def _text(*pages: Draw) -> str:
    document = read_document(drawn(*pages), "a.pdf")
    check_document(document)
    return document.text


def test_a_target_stands_behind_the_words_of_its_link() -> None:
    """Web and mail addresses; before a full stop that the link covers, too."""
    portal = ("the grants portal.", "https://example.org/apply?form=3")
    assert (
        _text(_line("Apply at ", portal)) == "Apply at the grants portal (https://example.org/apply?form=3)."
    )
    desk = ("Robin Vale", "mailto:robin@example.org?subject=Hello")
    assert _text(_line("Ask ", desk, ", who has the key.")) == (
        "Ask Robin Vale (robin@example.org), who has the key."
    )


def test_what_the_words_tell_is_not_told_again() -> None:
    """Nor a place in the file, nor what isn't made for people."""

    def page(canvas: Any) -> None:
        _write(canvas, 72, 700, "See ", ("example.org/apply", "https://example.org/apply"), " and below.")
        _write(canvas, 72, 680, ("Script", "javascript:open()"), " or ", ("ad", f"https://x.org/{'y' * 200}"))
        canvas.bookmarkPage("here")
        canvas.linkRect("", "here", (72, 670, 200, 690))

    text = _text(page)
    assert "(" not in text
    assert "See example.org/apply and below." in text


def test_a_link_over_two_lines_is_one() -> None:
    """Its target stands behind its last word; one that is told is not told again in its section."""
    address = "https://example.org/f"

    def page(canvas: Any) -> None:
        _write(
            canvas, 72, 700, "Boats are hired by the hour or by the day with ", ("the form of the", address)
        )
        _write(
            canvas,
            72,
            688,
            ("harbour office", address),
            ", which opens at nine. The form is ",
            ("here", address),
        )
        _write(canvas, 72, 676, "and at the gate, where a copy lies on the table beside the scales.")

    text = _text(page)
    assert "with the form of the harbour office (https://example.org/f), which opens at nine." in text
    assert text.count("https") == 1


def test_an_address_that_a_line_breaks_is_told_by_its_words() -> None:
    """It stands there whole, though in two pieces."""
    address = "https://harbour.example.org/rules/of/mooring"

    def page(canvas: Any) -> None:
        _write(
            canvas,
            72,
            700,
            "The rules of mooring are kept by the office and stand at ",
            ("https://harbour.exa", address),
        )
        _write(canvas, 72, 688, ("mple.org/rules/of/mooring", address), " for everybody to read.")

    assert "(" not in _text(page)


def test_targets_are_told_anew_in_a_section_and_not_in_its_heading() -> None:
    """Headings and titles are what they were without links."""

    def page(canvas: Any) -> None:
        for y, title in ((700, "Mooring"), (600, "Leaving")):
            canvas.setFont("Helvetica", 20)
            canvas.drawString(72, y, title)
            canvas.linkURL("https://example.org/s", (72, y - 2, 200, y + 20), relative=0)
            canvas.setFont("Helvetica", 10)
            _write(
                canvas, 72, y - 40, "Ask at ", ("the desk", "https://example.org/desk"), " before you come."
            )

    document = read_document(drawn(page), "a.pdf")
    told = "Ask at the desk (https://example.org/desk) before you come."
    assert [text for _, text, _ in blocks(document)] == ["Mooring", told, "Leaving", told]
    assert document.title == "Mooring"


def test_targets_in_a_table_stand_in_their_cells() -> None:
    """Not in its header."""

    def page(canvas: Any) -> None:
        for y, row in enumerate((("Depot", "Keeper", "Fee"), ("North", "Ada", "40"), ("South", "Bo", "65"))):
            for x, cell in enumerate(row):
                linked = x == 1 and (cell, f"mailto:{cell.lower()}@example.org")
                _write(canvas, 72 + 150 * x, 700 - 20 * y, linked or cell)

    rows = [text for _, text, _ in blocks(read_document(drawn(page), "a.pdf"))]
    assert rows[-2:] == ["North | Ada (ada@example.org) | 40", "South | Bo (bo@example.org) | 65"]


def test_a_running_head_with_a_link_is_none_of_the_text() -> None:
    """As without one."""
    body = "Page of the plan with its own words, namely {}, that no other page has."
    words = ("ropes", "gulls", "lamps", "bells")

    def page(word: str) -> Draw:
        def draw(canvas: Any) -> None:
            _write(canvas, 72, 810, ("Harbour handbook", "https://example.org/handbook"))
            _write(canvas, 72, 600, body.format(word))

        return draw

    text = _text(*map(page, words))
    assert "handbook" not in text.lower()
    assert all(word in text for word in words)


def test_pages_begin_where_they_did() -> None:
    """A paragraph with a target before the page's end goes on at its own place."""
    address = ("the form", "https://example.org/form")

    def first(canvas: Any) -> None:
        _write(
            canvas,
            72,
            90,
            "Whoever wants to moor for longer than a week fills in ",
            address,
            " and brings it to the office of",
        )

    document = read_document(
        drawn(first, _line("the harbour master before noon. The fee is due on the same day.", y=780)), "a.pdf"
    )
    check_document(document)
    assert "the form (https://example.org/form) and brings it to the office of the harbour" in document.text
    assert document.page_at(document.text.index("office of")) == 1
    assert document.page_at(document.text.index("the harbour master")) == 2


def _marks(data: bytes, document: Document, quote: str) -> list[Any]:
    start = document.text.index(quote)
    [page] = page_marks(data, "a.pdf", document, Span(start, start + len(quote)))
    return list(page.boxes)


def test_quotes_with_a_target_are_marked() -> None:
    """The words where they stand, and a target alone over its link."""
    data = drawn(_line("Apply at ", ("the portal", "https://example.org/apply"), " by May."))
    document = read_document(data, "a.pdf")
    for quote in ("Apply at the portal (https://example.org/apply) by May.", "https://example.org/apply"):
        boxes = _marks(data, document, quote)
        assert boxes
        for box in boxes:
            assert box.top * HEIGHT < HEIGHT - 700 < (box.top + box.height) * HEIGHT + 3
            assert box.height * HEIGHT < 20


def test_signs_of_a_file_are_no_targets() -> None:
    """A text that holds such a character itself gets no target for it."""
    signs = LinkSigns()
    sign = signs.of("https://example.org")
    assert signs.told(f"a{sign} b{sign} c{chr(ord(sign) + 1)}") == "a (https://example.org) b c"
    signs.next_section()
    assert signs.told(f"a{sign}") == "a (https://example.org)"
    assert without_signs(f"a{sign}b") == "ab"
