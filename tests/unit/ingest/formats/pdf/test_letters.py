"""Text that is drawn letter by letter is put together; what can't be is never stored garbled."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ingest.formats.pdf.garbled import is_garbled
from ingest.formats.pdf.text_run import TextRun
from tests.files import blocks, pdf, read_document, typeset
from tests.unit.ingest.formats.pdf.drawing import drawn

SENTENCE = "The gate is locked at nine in the evening."


@pytest.mark.parametrize("order", ["forwards", "backwards", "at random"])
def test_letters_that_are_drawn_one_by_one_are_words(order: str) -> None:
    """Whatever the order in which they are drawn."""

    def draw(canvas: Any) -> None:
        letters, x = [], 72.0
        for letter in SENTENCE:
            letters.append((x, letter))
            x += canvas.stringWidth(letter, "Helvetica", 10)
        if order == "backwards":
            letters.reverse()
        elif order == "at random":
            random.Random(3).shuffle(letters)
        for place, letter in letters:
            canvas.drawString(place, 700, letter)

    assert read_document(drawn(draw), "a.pdf").text == SENTENCE


@pytest.mark.parametrize("gap", [3.0, 6.0])
def test_letters_set_apart_are_words(gap: float) -> None:
    """The wider gaps divide words."""

    def draw(canvas: Any) -> None:
        canvas.drawString(72, 700, "RULES OF THE HOUSE", charSpace=gap)

    assert read_document(drawn(draw), "a.pdf").text == "RULES OF THE HOUSE"


def test_what_is_drawn_twice_stands_once() -> None:
    """As programs do to make letters look bold."""
    page = [*typeset(SENTENCE), *((x + 0.3, y, *rest) for x, y, *rest in typeset(SENTENCE))]
    assert read_document(pdf(page), "a.pdf").text == SENTENCE


def test_signs_without_meaning_and_loose_letters_are_garbled() -> None:
    """Names and figures in a table aren't."""

    def runs(*texts: str) -> list[TextRun]:
        return [TextRun(text=text, left=0, right=9, baseline=9, size=9) for text in texts]

    assert is_garbled(runs("\ue001\ue002\ue003 \ue004", "ab"))
    assert is_garbled(runs(*"thegateislockedatnineintheeveningofeachday"))
    assert not is_garbled(runs("Grade A B C D", "Pupils 1 2 3 4", "x y z"))
    assert not is_garbled([])


def test_watermarks_are_left_out() -> None:
    """Across the lines of a page, or a stamp aslant; a word aslant that is all there is stays."""

    def aslant(canvas: Any) -> None:
        for at in range(12):
            canvas.drawString(72, 700 - 12 * at, f"Line {at} of the text is here and says what it says.")
        canvas.translate(150, 400)
        canvas.rotate(45)
        canvas.setFont("Helvetica", 60)
        canvas.drawString(0, 0, "Harbour office")

    def stamped(canvas: Any) -> None:
        canvas.drawString(72, 700, "One line of text.")
        canvas.translate(150, 100)
        canvas.rotate(45)
        canvas.setFont("Helvetica", 60)
        canvas.drawString(0, 0, "DRAFT")

    def upright(canvas: Any) -> None:
        for at in range(12):
            canvas.drawString(72, 700 - 12 * at, f"Line {at} of the text is here and says what it says.")
        canvas.setFont("Helvetica", 60)
        canvas.drawString(90, 640, "DRAFT")

    def alone(canvas: Any) -> None:
        canvas.rotate(30)
        canvas.setFont("Helvetica", 30)
        canvas.drawString(300, 300, "Closed today")

    assert "Harbour" not in read_document(drawn(aslant), "a.pdf").text
    assert read_document(drawn(stamped), "a.pdf").text == "One line of text."
    assert "DRAFT" not in read_document(drawn(upright), "a.pdf").text
    assert read_document(drawn(alone), "a.pdf").text == "Closed today"


def test_hyphens_of_compounds_stay_at_a_lines_end() -> None:
    """Both parts are words and the whole is none; a broken word is whole again."""
    page = [
        (72, 100, "The harbour is run by a well-"),
        (72, 112, "known family of decision-"),
        (72, 124, "makers who keep the agree-"),
        (72, 136, "ment of the town with its neigh-"),
        (72, 148, "bours."),
    ]
    assert read_document(pdf(page), "a.pdf").text == (
        "The harbour is run by a well-known family of decision-makers who keep the agreement of the town"
        " with its neighbours."
    )


def test_the_title_is_the_biggest_heading_of_the_first_page() -> None:
    """Though a later page has bigger ones."""
    first = [
        (72, 80, "Town of Hale", 11, True),
        (72, 110, "Mooring rules", 18),
        *typeset("Tie boats at both ends. " * 8, y=140),
    ]
    later = [(72, 80, "ANNEX", 30), *typeset("Forms are kept at the desk. " * 8, y=140)]
    document = read_document(pdf(first, later, later[1:]), "a.pdf")
    assert document.title == "Mooring rules"
    assert [text for kind, text, _ in blocks(document) if kind == "heading"][:2] == [
        "Town of Hale",
        "Mooring rules",
    ]
