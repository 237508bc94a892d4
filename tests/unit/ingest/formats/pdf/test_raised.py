"""Exponents and the marks of footnotes never become a part of a number or word, nor paragraphs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.files import blocks, read_document
from tests.unit.ingest.formats.pdf.drawing import Draw, drawn


def _line(*pieces: tuple[str, float], y: float = 700, rise: float = 4) -> Draw:
    """Pieces side by side; those under ten points are raised."""

    def draw(canvas: Any) -> None:
        x = 72.0
        for text, size in pieces:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y + (rise if size < 10 else 0), text)
            x += canvas.stringWidth(text, "Helvetica", size)

    return draw


@pytest.mark.parametrize("rise", [2.5, 4.0, 6.0])
@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (
            (("There are 26", 10), ("2", 6), (" members in the club.", 10)),
            "There are 26² members in the club.",
        ),
        ((("The fee", 10), ("3", 6), (" is due.", 10)), "The fee³ is due."),
        ((("About 10", 10), ("5", 6), (" cells", 10)), "About 10⁵ cells"),
        ((("Prices", 10), ("a,b", 6), (" rose.", 10)), "Pricesᵃ,ᵇ rose."),
        ((("On the 1", 10), ("st", 6), (" of May", 10)), "On the 1st of May"),
        ((("The room has 40 m", 10), ("2", 6), (".", 10)), "The room has 40 m²."),
    ],
)
def test_raised_signs_are_no_part_of_a_number(
    pieces: tuple[tuple[str, float], ...], text: str, rise: float
) -> None:
    """In the middle of a sentence, whose words stay in one paragraph."""
    document = read_document(drawn(_line(*pieces, rise=rise)), "a.pdf")
    assert [block[1] for block in blocks(document)] == [text]


def test_a_mark_that_is_drawn_after_the_text_stands_at_its_word() -> None:
    """Some programs draw the marks of a page last."""

    def draw(canvas: Any) -> None:
        canvas.drawString(72, 700, "The pond was dug in 1999")
        x = 72 + canvas.stringWidth("The pond was dug in 1999", "Helvetica", 10)
        canvas.drawString(x + 4, 700, "and filled a year later.")
        canvas.drawString(72, 688, "It holds carp.")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(x, 704, "4")

    assert read_document(drawn(draw), "a.pdf").text.startswith("The pond was dug in 1999⁴ and filled a year")


def test_a_sentence_ends_before_its_footnote_mark() -> None:
    """The mark behind the full stop belongs to the sentence that it ends."""
    from rag.text import sentences

    text = "The gate is locked at nine.³ The key is at the desk."
    assert [span.slice(text) for span in sentences(text)] == [
        "The gate is locked at nine.³",
        "The key is at the desk.",
    ]
