"""The section around an answer."""

from __future__ import annotations

from dataclasses import replace

from rag.answering.composition.section import compose_section
from rag.types import AnswerUnit, BlockKind, Document, Section, Span, StatementRole
from tests.samples import candidate, document
from tests.unit.rag.answering.composition.samples import roles, texts
from tests.unit.rag.answering.samples import HEADER, HEADING, ITEM, PARAGRAPH, ROW, page, reading


def _with_sections(*parts: list[tuple[BlockKind, str]]) -> Document:
    """A page whose sections are these runs of blocks."""
    doc = page(*(block for part in parts for block in part))
    starts = [doc.text.index(part[0][1]) for part in parts]
    ends = [*starts[1:], len(doc.text)]
    sections = (Section(span=Span(a, b), path=(f"{a}",)) for a, b in zip(starts, ends, strict=True))
    return replace(doc, sections=tuple(sections))


def test_it_is_the_section_of_the_best_sentence() -> None:
    """All of it as the document has it, beyond the passage that was read; nothing of other sections."""
    doc = _with_sections(
        [(HEADING, "Tolls"), (PARAGRAPH, "Ships pay."), (ITEM, "- Boats pay half."), (HEADER, "Ship | Toll"),
         (ROW, "Barge | 40")],
        [(HEADING, "Locks"), (PARAGRAPH, "They open at six.")],
    )  # fmt: skip
    composition = compose_section(reading(candidate(doc, "Ships pay.")))
    assert composition.unit is AnswerUnit.SECTION
    assert texts(composition) == ["Tolls", "Ships pay.", "Boats pay half.", "Ship: Barge; Toll: 40"]
    kinds = [StatementRole.HEADING, StatementRole.SENTENCE, StatementRole.ITEM, StatementRole.ROW]
    assert roles(composition) == kinds


def test_a_long_section_is_shown_around_the_answer() -> None:
    """With its heading, in order; what is far from the answer is left out."""
    words = "word " * 60
    paragraphs = [(PARAGRAPH, f"Paragraph {n}. {words}".strip()) for n in range(20)]
    doc = _with_sections([(HEADING, "Tolls"), *paragraphs])
    shown = texts(compose_section(reading(candidate(doc, "Paragraph 10."))))
    assert [text[:13] for text in shown] == [
        "Tolls",
        "Paragraph 9. ",
        *(f"Paragraph {n}." for n in (10, 11, 12)),
    ]


def test_a_text_without_blocks_is_shown_by_paragraphs() -> None:
    """As of an index that an earlier version made."""
    doc = document("One.\n\nTwo.")
    assert texts(compose_section(reading(candidate(doc, "Two.")))) == ["One.", "Two."]
