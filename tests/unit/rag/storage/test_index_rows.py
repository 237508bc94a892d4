"""Index rows: the text of a passage that is embedded and indexed."""

from __future__ import annotations

import pytest

from rag.storage.index_rows import fingerprint, passage_row, sentence_row_ids, sentence_rows
from rag.types import Section, Span
from tests.samples import document, find, passage

TEXT = "Pay\nGrades | Euros\nIt is nine. It was eight."
DOCUMENT = document(
    TEXT, title="Handbook", sections=(Section(span=Span(0, len(TEXT)), path=("Handbook", "Pay", "Now")),)
)
PASSAGE = passage(DOCUMENT, "It is nine. It was eight.", context_spans=(find(TEXT, "Grades | Euros"),))


def test_each_sentence_is_a_row() -> None:
    """In order; its id ends in its index, its text is the exact slice."""
    rows = sentence_rows(DOCUMENT, PASSAGE, context=False)
    assert [row.text for row in rows] == ["It is nine.", "It was eight."]
    assert [row.id for row in rows] == [f"{PASSAGE.id}:0", f"{PASSAGE.id}:1"]
    assert {(row.document_id, row.version) for row in rows} == {("d1", DOCUMENT.sha256)}
    assert sentence_row_ids([PASSAGE]) == {row.id for row in rows}


@pytest.mark.parametrize(
    ("title", "path", "expected"),
    [
        ("Handbook", ("Pay", "Now"), "Handbook. Pay > Now: It is nine."),
        ("Handbook", ("Handbook", "Pay"), "Handbook. Pay: It is nine."),
        ("Handbook", (), "Handbook: It is nine."),
        ("", ("Pay",), "Pay: It is nine."),
        (" ", (), "It is nine."),
    ],
)
def test_context_is_title_and_headings(title: str, path: tuple[str, ...], expected: str) -> None:
    """A heading equal to the title occurs once; empty ones leave no punctuation."""
    sections = (Section(span=Span(0, len(TEXT)), path=path),) if path else ()
    titled = document(TEXT, title=title, sections=sections)
    assert sentence_rows(titled, passage(titled, "It is nine."), context=True)[0].text == expected


def test_the_context_of_a_passage_row_is_what_stands_above_it() -> None:
    """Title, headings and the table header outside the passage, once each; and the address's words."""
    row = passage_row(DOCUMENT, PASSAGE)
    assert row.text == "It is nine. It was eight."
    assert row.context.splitlines() == ["Handbook", "Pay", "Now", "Grades | Euros", "notes d1"]


def test_a_passage_is_found_by_the_acronyms_that_it_defines() -> None:
    """Or that the heading above it defines."""
    text = "Paid time off (PTO)\nIt is granted yearly under a service level agreement (SLA)."
    sections = (Section(span=Span(0, len(text)), path=("Paid time off (PTO)",)),)
    defining = document(text, sections=sections)
    row = passage_row(defining, passage(defining, text.splitlines()[1]))
    assert row.context.splitlines()[-2:] == ["definitionofpto", "definitionofsla"]


def test_context_is_part_of_the_fingerprint() -> None:
    """Rows with context and without have different fingerprints."""
    assert fingerprint(context=True) != fingerprint(context=False)
