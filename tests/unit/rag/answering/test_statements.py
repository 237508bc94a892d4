"""Parts of an answer as statements with their citations."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.citations import CitationList
from rag.answering.composition.parts import Part, block_part, sentence_part, span_part
from rag.answering.statements import to_statements
from rag.types import Candidate, Statement, StatementRole
from tests.samples import candidate, document, find, mention
from tests.unit.rag.answering.samples import HEADER, ITEM, PARAGRAPH, ROW, page, part_of

NEWS = "Ada Moss spoke on Monday. The hall was full. He called for a recount. Nobody answered."


def statements(
    parts: Sequence[Part], read: Candidate, *others: Candidate
) -> tuple[tuple[Statement, ...], list[tuple[str, str]]]:
    """The statements, and the document and quote of each citation."""
    citations = CitationList()
    made = to_statements(parts, read, [read, *others], citations)
    return made, [(citation.document_id, citation.quote) for citation in citations.items]


def test_each_part_is_a_statement_with_its_citations() -> None:
    """Text and role are the part's; a resolved pronoun's antecedent is cited after the sentence."""
    doc = document(NEWS)
    read = candidate(doc, mentions=(mention(doc, find(NEWS, "He"), "Ada Moss"),))
    parts = [sentence_part(read, find(NEWS, s)) for s in ("The hall was full.", "He called for a recount.")]
    made, cited = statements(parts, read)
    assert [(s.text, s.citations) for s in made] == [
        ("The hall was full.", (0,)),
        ("He [Ada Moss] called for a recount.", (1, 2)),
    ]
    assert [quote for _, quote in cited] == [
        "The hall was full.",
        "He called for a recount.",
        "Ada Moss spoke on Monday.",
    ]


def test_the_same_passage_elsewhere_is_cited_beside_it() -> None:
    """One statement, a citation for each document, at that document's own offsets."""
    one, two = document(NEWS), document(f"Copied today. {NEWS}", id="copy")
    read, copy = candidate(one), candidate(two, NEWS)
    made, cited = statements([sentence_part(read, find(NEWS, "The hall was full."))], read, copy)
    assert cited == [("d1", "The hall was full."), ("copy", "The hall was full.")]
    assert [s.citations for s in made] == [(0, 1)]


def test_a_passage_with_other_words_is_no_copy() -> None:
    """Though it has the sentence too."""
    one, two = document(NEWS), document(NEWS + " Later.", id="other")
    read = candidate(one)
    _, cited = statements([sentence_part(read, find(NEWS, "The hall was full."))], read, candidate(two))
    assert cited == [("d1", "The hall was full.")]


def test_parts_outside_the_passage_have_no_copies() -> None:
    """Of a list that goes on in the next passage, the copy may have other items there."""
    blocks = ((PARAGRAPH, "Bring along:"), (ITEM, "- a pen"), (ITEM, "- a hat"))
    doc, copy = page(*blocks), page(*blocks, id="copy")
    read = part_of(doc, 0, 2)
    parts = [
        span_part(doc, doc.blocks[0].span, StatementRole.LEAD_IN),
        *(block_part(doc, block) for block in doc.blocks[1:]),
    ]
    made, cited = statements(parts, read, part_of(copy, 0, 2))
    assert [s.role for s in made] == [StatementRole.LEAD_IN, StatementRole.ITEM, StatementRole.ITEM]
    assert [quote for name, quote in cited if name == "copy"] == ["Bring along:", "- a pen"]
    assert [s.citations[0] for s in made] == [0, 2, 4]


def test_a_part_of_another_document_has_its_own_citation_alone() -> None:
    """Its offsets say nothing of the passage's copies."""
    read, copy = candidate(document(NEWS)), candidate(document(NEWS, id="copy"))
    second = candidate(document("Ada Moss was there. It was late.", id="second"))
    _, cited = statements([sentence_part(second, second.passage.sentences[0])], read, copy)
    assert cited == [("second", "Ada Moss was there.")]


def test_one_place_in_two_statements_is_one_citation() -> None:
    """Two rows share their header's."""
    doc = page((HEADER, "Years | Days"), (ROW, "5 | 30"), (ROW, "10 | 35"))
    made, cited = statements([block_part(doc, block) for block in doc.blocks[1:]], part_of(doc))
    assert [quote for _, quote in cited] == ["5 | 30", "Years | Days", "10 | 35"]
    assert [s.citations for s in made] == [(0, 1), (2, 1)]
