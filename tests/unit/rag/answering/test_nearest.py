"""The nearest passages that an abstention shows."""

from __future__ import annotations

from rag.answering.nearest import FAR, MAX_NEAREST, nearest_passages
from rag.types import Document, Section, Span
from tests.samples import candidate, document, find
from tests.unit.rag.answering.samples import HEADER, HEADING, ITEM, PARAGRAPH, ROW, page, question, reading

ASKED = question("When is the lock open?")


def _texts(doc: Document, part: str, **options: float) -> list[str]:
    read = reading(candidate(doc, part), relevance=options.get("relevance", 1.0))
    return [citation.quote for citation in nearest_passages(ASKED, [read])]


def test_they_are_the_first_that_are_near() -> None:
    """At most five, in the order of the readings; a far one isn't shown, nor the same text again."""
    docs = [document(f"The lock of pier {n} opens.", id=f"d{n}") for n in range(6)]
    near = [reading(candidate(doc), relevance=FAR + 6 - n) for n, doc in enumerate(docs)]
    shown = nearest_passages(ASKED, [near[0], near[0], *near[1:]])
    assert [citation.quote for citation in shown] == [doc.text for doc in docs[:MAX_NEAREST]]
    assert nearest_passages(ASKED, [reading(candidate(docs[0]), relevance=FAR)]) == ()


def test_the_likeliest_sentence_is_named() -> None:
    """The one with the most support, by its place in the document."""
    doc = document("Locks are old. The lock opens at six. Boats wait.")
    read = reading(candidate(doc), support={"six": 1.0, "Boats": 0.5})
    [citation] = nearest_passages(ASKED, [read])
    assert citation.likeliest == find(doc.text, "The lock opens at six.")


def test_a_cut_paragraph_is_shown_whole() -> None:
    """Also where the passage is its middle."""
    doc = page((PARAGRAPH, "Locks are old. The lock opens at six. Boats wait."))
    assert _texts(doc, "The lock opens at six.") == [doc.text]


def test_a_question_is_shown_with_its_answer() -> None:
    """Whichever of both the passage is; a heading has its place in the section already."""
    doc = page(
        (HEADING, "FAQ"), (PARAGRAPH, "When does the lock open?"), (PARAGRAPH, "At six."), (PARAGRAPH, "So.")
    )
    both = "When does the lock open?\n\nAt six."
    assert _texts(doc, "At six.") == [both]
    assert _texts(doc, "When does the lock open?") == [both]
    headed = page((HEADING, "When does the lock open?"), (PARAGRAPH, "At six."))
    assert _texts(headed, "At six.") == ["At six."]


def test_a_question_of_another_section_is_not_added() -> None:
    """What ends a section isn't answered by the next one."""
    doc = page((PARAGRAPH, "Any questions?"), (PARAGRAPH, "At six."))
    cut = doc.text.index("At six.")
    sections = (
        Section(span=Span(0, cut), path=("One",)),
        Section(span=Span(cut, len(doc.text)), path=("Two",)),
    )
    divided = Document(id="d", uri="d", title="D", text=doc.text, blocks=doc.blocks, sections=sections)
    assert _texts(divided, "At six.") == ["At six."]


def test_a_row_has_its_columns() -> None:
    """So that it can be drawn as pairs; other text has none."""
    doc = page((HEADER, "Lock | Opens"), (ROW, "North | six"), (ROW, "South | seven"), (ITEM, "- By bell"))
    [row] = nearest_passages(ASKED, [reading(candidate(doc, "South | seven"))])
    assert row.columns == ("Lock", "Opens")
    [item] = nearest_passages(ASKED, [reading(candidate(doc, "- By bell"))])
    assert item.columns == ()
