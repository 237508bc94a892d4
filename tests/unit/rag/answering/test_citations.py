"""Citations of whole sentences, with exact offsets."""

from __future__ import annotations

from rag.answering.citations import CitationList, to_statements
from rag.text import sentences
from rag.types import Block, BlockKind, Candidate, Passage, Scores, Section, Span, SpanAnswer
from tests.samples import candidate, document, find, mention

NEWS = "Ada Moss spoke on Monday. The hall was full. He called for a recount. Nobody answered."


def answer(read: Candidate, span: Span, text: str | None = None) -> SpanAnswer:
    return SpanAnswer(
        candidate=read,
        span=span,
        text=text or span.slice(read.document.text),
        score=5.0,
        no_answer_score=0.0,
    )


def quotes(citations: CitationList) -> list[str]:
    return [c.quote for c in citations.items]


def test_a_citation_is_the_whole_sentence_with_its_surroundings() -> None:
    """Quote, offsets, prefix and suffix are slices of the text."""
    doc = document(NEWS, sections=(Section(span=Span(0, len(NEWS)), path=("News", "Local")),))
    citations = CitationList()
    statements = to_statements(answer(candidate(doc), find(NEWS, "full")), [], citations)
    (only,) = citations.items
    assert only.quote == "The hall was full." == NEWS[only.start : only.end]
    assert NEWS[: only.start].endswith(only.prefix)
    assert NEWS[only.end :].startswith(only.suffix)
    assert only.section == ("News", "Local")
    assert statements[0].text == "The hall was full."
    assert statements[0].citations == (0,)


def test_a_resolved_pronoun_adds_its_antecedents_sentence() -> None:
    """The statement names the antecedent, and cites its sentence."""
    doc = document(NEWS)
    he = find(NEWS, "He")
    read = candidate(doc, mentions=(mention(doc, he, "Ada Moss"),))
    citations = CitationList()
    statements = to_statements(answer(read, he, "Ada Moss"), [], citations)
    assert quotes(citations) == ["He called for a recount.", "Ada Moss spoke on Monday."]
    assert statements[0].text == "He [Ada Moss] called for a recount."
    assert statements[0].citations == (0, 1)


def test_an_antecedents_sentence_may_lie_before_the_passage() -> None:
    """It is found in the document, whole."""
    doc = document(NEWS)
    he = find(NEWS, "He")
    read = candidate(
        doc, "He called for a recount. Nobody answered.", mentions=(mention(doc, he, "Ada Moss"),)
    )
    citations = CitationList()
    to_statements(answer(read, he, "Ada Moss"), [], citations)
    assert quotes(citations)[1] == "Ada Moss spoke on Monday."


def test_an_answer_over_two_sentences_cites_both() -> None:
    """A statement for each sentence, each with its own citation."""
    doc = document(NEWS)
    start, end = find(NEWS, "full"), find(NEWS, "recount")
    citations = CitationList()
    statements = to_statements(answer(candidate(doc), Span(start.start, end.end)), [], citations)
    assert quotes(citations) == ["The hall was full.", "He called for a recount."]
    assert [s.citations for s in statements] == [(0,), (1,)]


def test_a_table_row_is_cited_with_its_header() -> None:
    """The row's block says which header is its own."""
    text = "Years | Days\n5 | 30\n10 | 35"
    header, row = find(text, "Years | Days"), find(text, "10 | 35")
    doc = document(
        text,
        blocks=(
            Block(span=header, kind=BlockKind.TABLE_HEADER),
            Block(span=find(text, "5 | 30"), kind=BlockKind.TABLE_ROW, context_span=header),
            Block(span=row, kind=BlockKind.TABLE_ROW, context_span=header),
        ),
    )
    read = Candidate(
        passage=Passage(
            document_id=doc.id,
            version=doc.sha256,
            span=Span(header.end + 1, len(text)),
            sentences=(find(text, "5 | 30"), row),
            context_spans=(header,),
        ),
        document=doc,
        scores=Scores(fused=1.0),
    )
    citations = CitationList()
    to_statements(answer(read, find(text, "35")), [], citations)
    assert quotes(citations) == ["10 | 35", "Years | Days"]


def test_the_same_answer_elsewhere_is_cited_beside_it() -> None:
    """One statement, a citation for each document."""
    one, two = document(NEWS), document(NEWS, id="copy")
    span = find(NEWS, "full")
    citations = CitationList()
    statements = to_statements(answer(candidate(one), span), [answer(candidate(two), span)], citations)
    assert [(c.document_id, c.quote) for c in citations.items] == [
        ("d1", "The hall was full."),
        ("copy", "The hall was full."),
    ]
    assert len(statements) == 1
    assert statements[0].citations == (0, 1)


def test_repeated_sentences_are_cited_where_they_were_read() -> None:
    """The second of two equal sentences has other offsets."""
    text = "It closes at five. On Monday too. It closes at five."
    doc = document(text)
    citations = CitationList()
    to_statements(answer(candidate(doc), find(text, "five", nth=1)), [], citations)
    assert citations.items[0].start == find(text, "It closes at five.", nth=1).start
    assert len(sentences(text)) == 3


def test_an_answer_in_a_context_span_cites_that_span() -> None:
    """Where no sentence of the passage holds the span, the span itself is the citation."""
    doc = document(NEWS)
    citations = CitationList()
    to_statements(
        answer(candidate(doc, "Nobody answered."), find(NEWS, "Ada Moss spoke on Monday.")), [], citations
    )
    assert quotes(citations) == ["Ada Moss spoke on Monday."]
