"""Citations of whole sentences, with exact offsets."""

from __future__ import annotations

from rag.answering.citations import (
    CitationList,
    cite_sentence,
    context_spans,
    naming_sentences,
    readable_sentence,
    sentences_of,
    to_citation,
)
from rag.types import Candidate, Page, Section, Span, SpanAnswer
from tests.samples import candidate, document, find, mention
from tests.unit.rag.answering.samples import HEADER, ROW, page, part_of, span

NEWS = "Ada Moss spoke on Monday. The hall was full. He called for a recount. Nobody answered."


def resolved(part: str | None = None) -> Candidate:
    """With "He" resolved."""
    doc = document(NEWS)
    return candidate(doc, part, mentions=(mention(doc, find(NEWS, "He"), "Ada Moss"),))


def quotes(answer: SpanAnswer) -> list[str]:
    """What is cited for a short answer."""
    citations = CitationList()
    for sentence in sentences_of(answer):
        cite_sentence(answer, sentence, citations)
    return [citation.quote for citation in citations.items]


def test_a_citation_is_a_slice_with_its_surroundings() -> None:
    """Quote, offsets, prefix and suffix are of the text; section and page are those of its start."""
    whole = Span(0, len(NEWS))
    doc = document(
        NEWS, sections=(Section(span=whole, path=("News", "Local")),), pages=(Page(span=whole, number=3),)
    )
    citation = to_citation(doc, find(NEWS, "The hall was full."))
    assert citation.quote == "The hall was full." == NEWS[citation.start : citation.end]
    assert (citation.prefix, citation.suffix) == (
        "Ada Moss spoke on Monday. ",
        " He called for a recount. Nobody",
    )
    assert NEWS[: citation.start].endswith(citation.prefix)
    assert NEWS[citation.end :].startswith(citation.suffix)
    assert (citation.section, citation.page) == (("News", "Local"), 3)
    assert citation.version == doc.sha256


def test_each_place_is_cited_once() -> None:
    """The same span again has the same index; the same words elsewhere have another."""
    text = "It closes at five. On Monday too. It closes at five."
    doc = document(text)
    first, second = (find(text, "It closes at five.", nth=n) for n in (0, 1))
    citations = CitationList()
    assert citations.add(doc, [first, second, first]) == (0, 1)
    assert citations.add(doc, [second]) == (1,)
    assert [citation.start for citation in citations.items] == [first.start, second.start]


def test_a_short_answer_is_cited_by_its_sentence() -> None:
    """Whole; the second of two equal sentences where the answer is there."""
    assert quotes(span(candidate(document(NEWS)), "full", 5.0)) == ["The hall was full."]
    text = "It closes at five. On Monday too. It closes at five."
    [sentence] = sentences_of(span(candidate(document(text)), "five", 5.0, nth=1))
    assert sentence == find(text, "It closes at five.", nth=1)


def test_an_answer_over_two_sentences_cites_both() -> None:
    """In their order."""
    read = candidate(document(NEWS))
    assert quotes(span(read, "full. He called", 5.0)) == ["The hall was full.", "He called for a recount."]


def test_an_answer_in_a_context_span_cites_that_span() -> None:
    """Where no sentence of the passage holds it."""
    read = candidate(document(NEWS), "Nobody answered.")
    assert quotes(span(read, "Ada Moss spoke on Monday.", 5.0)) == ["Ada Moss spoke on Monday."]


def test_a_resolved_pronoun_adds_its_antecedents_sentence() -> None:
    """After its own."""
    assert quotes(span(resolved(), "recount", 5.0)) == [
        "He called for a recount.",
        "Ada Moss spoke on Monday.",
    ]
    assert quotes(span(resolved(), "Nobody", 5.0)) == ["Nobody answered."]


def test_an_antecedents_sentence_may_lie_before_the_passage() -> None:
    """It is found in the document, whole."""
    read = resolved("He called for a recount. Nobody answered.")
    [naming] = naming_sentences(read.document, read.passage, find(NEWS, "He called for a recount."))
    assert naming == find(NEWS, "Ada Moss spoke on Monday.")


def test_a_readable_sentence_names_its_pronouns_antecedents() -> None:
    """In square brackets; white space is folded."""
    read = resolved()
    sentence = find(NEWS, "He called for a recount.")
    assert readable_sentence(read.document, read.passage, sentence) == "He [Ada Moss] called for a recount."
    wrapped = candidate(document("The hall\n  was full."))
    text = readable_sentence(wrapped.document, wrapped.passage, wrapped.passage.span)
    assert text == "The hall was full."


def test_a_table_row_is_cited_with_its_header() -> None:
    """Whether the header is in the passage or before it."""
    doc = page((HEADER, "Years | Days"), (ROW, "5 | 30"), (ROW, "10 | 35"))
    for read in (part_of(doc), part_of(doc, 2)):
        assert quotes(span(read, "35", 5.0)) == ["10 | 35", "Years | Days"]
        assert context_spans(doc, read.passage, find(doc.text, "10 | 35")) == [find(doc.text, "Years | Days")]
