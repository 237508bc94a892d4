"""What people typed into a PDF is read, where they typed it."""

from __future__ import annotations

from typing import Any

from ingest.page_view import page_marks
from rag.types import Document, Span
from tests.files import blocks, check_document, read_document
from tests.unit.ingest.formats.pdf.drawing import HEIGHT, drawn


def _form(canvas: Any) -> None:
    for y, label in (
        (700, "Name:"),
        (670, "Department:"),
        (640, "Remarks:"),
        (560, "Full time"),
        (540, "Part time"),
    ):
        canvas.drawString(72, y, label)
    form = canvas.acroForm
    form.textfield(name="name", x=150, y=695, width=200, height=18, value="Ada Berg", borderWidth=0)
    form.choice(
        name="department", x=150, y=665, width=200, height=18, value="Archive", options=["Archive", "Kitchen"]
    )
    form.textfield(
        name="remarks", x=150, y=590, width=250, height=60, fieldFlags="multiline",
        value="Needs a high desk.\nStarts in May.",
    )  # fmt: skip
    form.textfield(name="code", x=400, y=695, width=80, height=18, value="geheim", fieldFlags="password")
    form.checkbox(name="full", x=150, y=555, size=14, checked=True)
    form.checkbox(name="part", x=150, y=535, size=14, checked=False)


def test_values_of_form_fields_stand_beside_their_labels() -> None:
    """Text, choices and ticked boxes; a password is none of it."""
    document = read_document(drawn(_form), "a.pdf")
    check_document(document)
    text = document.text.replace(" | ", " ")
    for part in ("Name: Ada Berg", "Department: Archive", "Needs a high desk.", "Full time ☑", "Part time ☐"):
        assert part in text
    assert "Starts in May." in text
    assert "geheim" not in text


def _notes(canvas: Any) -> None:
    canvas.drawString(72, 700, "The hedge is cut in August.")
    canvas.freeTextAnnotation(
        "Approved on 9 May: the new pond may cost 2,300 euros.",
        DA="/Helv 10 Tf 0 g",
        Rect=[72, 540, 300, 570],
    )
    canvas.textAnnotation("Ask Ada about the key.", Rect=[400, 600, 420, 620])


def _marks(data: bytes, document: Document, quote: str) -> list[Any]:
    start = document.text.index(quote)
    [page] = page_marks(data, "a.pdf", document, Span(start, start + len(quote)))
    return list(page.boxes)


def test_notes_are_paragraphs_behind_the_text() -> None:
    """Those that are shown, and those that a sign opens."""
    document = read_document(drawn(_notes), "a.pdf")
    assert [text for _, text, _ in blocks(document)] == [
        "The hedge is cut in August.",
        "Approved on 9 May: the new pond may cost 2,300 euros.",
        "Ask Ada about the key.",
    ]


def test_values_and_notes_are_marked_on_the_page() -> None:
    """A value where it stands, a note in its rectangle."""
    form = drawn(_form)
    [box] = _marks(form, read_document(form, "a.pdf"), "Ada Berg")
    assert box.top * HEIGHT < HEIGHT - 704 < (box.top + box.height) * HEIGHT
    notes = drawn(_notes)
    [box] = _marks(notes, read_document(notes, "a.pdf"), "2,300 euros")
    assert 72 <= box.left * 595 < (box.left + box.width) * 595 <= 301
    assert round(box.top * HEIGHT) == HEIGHT - 570
