"""Numbers that count the lines of a page are left out; those of a table stay."""

from __future__ import annotations

import pytest

from tests.files import blocks, pdf, read_document

LINES = (
    "Q. When did you leave the workshop that evening?",
    "A. I left at twenty past seven, after the press",
    "had been cleaned. The foreman was still there.",
    "Q. Who held the key to the paint store?",
    "A. Only the foreman and Mrs Linden. I gave mine",
    "back in February, when I changed to the day shift.",
    "Q. What colour was the van in the yard?",
    "A. It was dark green, with a dent in the left door.",
)
PARAGRAPHS = [
    "Q. When did you leave the workshop that evening?",
    "A. I left at twenty past seven, after the press had been cleaned. The foreman was still there.",
    "Q. Who held the key to the paint store?",
    "A. Only the foreman and Mrs Linden. I gave mine back in February, when I changed to the day shift.",
    "Q. What colour was the van in the yard?",
    "A. It was dark green, with a dent in the left door.",
]


@pytest.mark.parametrize("x", [60, 106, 520])
@pytest.mark.parametrize("step", [13, 26])
def test_numbered_lines_of_a_transcript_are_joined_to_sentences(x: float, step: float) -> None:
    """Whether the numbers stand apart, close to the text, or in the right margin."""
    page = [
        row
        for at, line in enumerate(LINES)
        for row in ((x, 100 + step * at, str(at + 1)), (120, 100 + step * at, line))
    ]
    assert [text for _, text, _ in blocks(read_document(pdf(page), "a.pdf"))] == PARAGRAPHS


def test_each_fifth_line_may_be_numbered() -> None:
    """As in editions of texts and bills."""
    lines = [f"the {word} went down to the river and came back with" for word in "abcdefghijklmnopqrstuvwxyz"]
    page = [(120, 100 + 13 * at, line) for at, line in enumerate(lines)]
    page += [(80, 100 + 13 * at, str(at + 1)) for at in range(4, 26, 5)]
    document = read_document(pdf(page), "a.pdf")
    assert not any(character.isdigit() for character in document.text)


def test_numbers_of_a_tables_rows_stay() -> None:
    """With one column beside them, or several."""
    names = ("Aster", "Begonia", "Clover", "Dahlia", "Erica", "Freesia", "Gentian")
    one = [
        row
        for n, name in enumerate(names)
        for row in ((72, 100 + 14 * n, str(n + 1)), (120, 100 + 14 * n, name))
    ]
    assert "3 | Clover" in read_document(pdf(one), "a.pdf").text
    several = [
        *one,
        *((300, 100 + 14 * n, f"Bed {n} at the wall") for n in range(len(names))),
    ]
    assert "3 | Clover | Bed 2 at the wall" in read_document(pdf(several), "a.pdf").text
