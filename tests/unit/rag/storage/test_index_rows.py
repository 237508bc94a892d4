"""What of a passage is embedded and indexed."""

from __future__ import annotations

import pytest

from rag.storage.index_rows import fingerprint, passage_row, unit_ids, units
from rag.types import Section, Span
from tests.samples import document, find, passage

TEXT = "Pay\nGrades | Euros\nIt is nine. It was eight."
MADE = document(
    TEXT, title="Handbook", sections=(Section(span=Span(0, len(TEXT)), path=("Handbook", "Pay", "Now")),)
)
SOME = passage(MADE, "It is nine. It was eight.", context_spans=(find(TEXT, "Grades | Euros"),))


def test_each_sentence_is_a_unit() -> None:
    """In order, its id ending in its place, its text the exact slice."""
    found = units(MADE, SOME, context=False)
    assert [unit.text for unit in found] == ["It is nine.", "It was eight."]
    assert [unit.id for unit in found] == [f"{SOME.id}:0", f"{SOME.id}:1"]
    assert {(unit.document_id, unit.version) for unit in found} == {("d1", MADE.sha256)}
    assert unit_ids([SOME]) == {unit.id for unit in found}


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
    """A heading that repeats the title comes once; what is empty leaves no mark."""
    sections = (Section(span=Span(0, len(TEXT)), path=path),) if path else ()
    made = document(TEXT, title=title, sections=sections)
    assert units(made, passage(made, "It is nine."), context=True)[0].text == expected


def test_a_row_of_terms_knows_what_stands_above_it() -> None:
    """Title, headings and the header row outside the passage, each once."""
    row = passage_row(MADE, SOME)
    assert row.text == "It is nine. It was eight."
    assert row.context.splitlines() == ["Handbook", "Pay", "Now", "Grades | Euros"]


def test_the_way_of_making_units_has_a_name() -> None:
    """With context and without are two ways."""
    assert fingerprint(context=True) != fingerprint(context=False)
