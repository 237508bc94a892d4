"""The reader context of a passage, and its mapping to the document."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.reading.context import readable_text, reader_context
from rag.types import Block, BlockKind, Candidate, Document, Mention, Passage, Scores, Section, Span
from tests.samples import candidate, document, find, mention, passage

TEXT = "Captain Ada Moss was angry. He called for a recount. His deputies agreed."


def resolved() -> Candidate:
    doc = document(TEXT)
    he, his = find(TEXT, "He "), find(TEXT, "His")
    return candidate(
        doc,
        mentions=(
            mention(doc, Span(he.start, he.end - 1), "Captain Ada Moss"),
            mention(doc, his, "Ada Moss"),
        ),
    )


def test_pronouns_read_as_names() -> None:
    """The antecedent replaces the pronoun; a possessive keeps its ending."""
    assert reader_context(resolved()).text == (
        "Captain Ada Moss was angry. Captain Ada Moss called for a recount. Ada Moss's deputies agreed."
    )


def test_an_antecedent_in_a_pronouns_place_maps_to_both() -> None:
    """The span is the pronoun's, the antecedent the name's."""
    context = reader_context(resolved())
    at = context.text.index("Captain Ada Moss called")
    source = context.source_span(at, at + len("Captain Ada Moss"))
    assert source is not None
    assert source.text == "Captain Ada Moss"
    assert source.span.slice(TEXT) == "He"
    assert [r.slice(TEXT) for r in source.antecedents] == ["Captain Ada Moss"]


def test_a_part_of_an_antecedent_maps_to_that_part() -> None:
    """Of "Captain Ada Moss" the answer may be "Ada Moss": the antecedent's span is cut alike."""
    context = reader_context(resolved())
    at = context.text.index("Ada Moss called")
    source = context.source_span(at, at + len("Ada Moss"))
    assert source is not None
    assert source.span.slice(TEXT) == "He"
    assert [r.slice(TEXT) for r in source.antecedents] == ["Ada Moss"]


def test_text_after_a_longer_name_keeps_its_offsets() -> None:
    """Replacement shifts the context, not the document."""
    context = reader_context(resolved())
    at = context.text.index("a recount")
    source = context.source_span(at, at + len("a recount"))
    assert source is not None
    assert source.span == find(TEXT, "a recount")
    assert source.antecedents == ()


def test_an_answer_may_span_a_pronoun() -> None:
    """A range across a replaced pronoun covers the pronoun in the document."""
    context = reader_context(resolved())
    end = context.text.index(" for a recount")
    source = context.source_span(context.text.index("Captain Ada Moss called"), end)
    assert source is not None
    assert source.span.slice(TEXT) == "He called"
    assert source.text == "Captain Ada Moss called"


def test_context_spans_come_first_and_no_answer_straddles_them() -> None:
    """A table's header is read with its row; half header, half row is no answer."""
    text = "Years | Days\n\n5 | 30"
    doc = document(text)
    read = Candidate(
        passage=Passage(
            document_id=doc.id,
            version=doc.sha256,
            span=find(text, "5 | 30"),
            sentences=(find(text, "5 | 30"),),
            context_spans=(find(text, "Years | Days"),),
        ),
        document=doc,
        scores=Scores(fused=0),
    )
    context = reader_context(read)
    assert context.text == "Years | Days\n5 | 30"
    source = context.source_span(context.text.index("30"), len(context.text))
    assert source is not None
    assert source.span == find(text, "30")
    assert context.source_span(8, 15) is None
    assert context.source_span(3, 3) is None


@settings(deadline=None)  # milliseconds of a busy machine say nothing
@given(st.data())
def test_every_range_of_a_context_maps_into_its_document(data: st.DataObject) -> None:
    """For any text, mention and range: in bounds, and equal to the slice where no pronoun is replaced."""
    text = data.draw(st.text(min_size=6, max_size=60))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4, unique=True)))
    doc = Document(id="d", uri="d", title="", text=text)
    read = Candidate(
        passage=Passage(
            document_id="d",
            version=doc.sha256,
            span=Span(0, len(text)),
            sentences=(Span(0, len(text)),),
            mentions=(Mention(span=Span(cuts[2], cuts[3]), antecedent=Span(cuts[0], cuts[1])),),
        ),
        document=doc,
        scores=Scores(fused=0),
    )
    context = reader_context(read)
    low = data.draw(st.integers(0, len(context.text)))
    high = data.draw(st.integers(low, len(context.text)))
    source = context.source_span(low, high)
    if source is None:
        assert low == high
        return
    assert source.span.end <= len(text)
    if not source.antecedents:
        assert source.span.slice(text).strip() == source.text
    for antecedent in source.antecedents:
        assert Span(cuts[0], cuts[1]).contains(antecedent)


TABLE = "Stack\n\nPurpose | Library\nTest Runner | py.test\nORM | Django\n\nMore below."


def table() -> Document:
    header = find(TABLE, "Purpose | Library")
    rows = [find(TABLE, "Test Runner | py.test"), find(TABLE, "ORM | Django")]
    return document(
        TABLE,
        blocks=(
            Block(span=find(TABLE, "Stack"), kind=BlockKind.PARAGRAPH),
            Block(span=header, kind=BlockKind.TABLE_HEADER),
            *(Block(span=row, kind=BlockKind.TABLE_ROW, context_span=header) for row in rows),
            Block(span=find(TABLE, "More below."), kind=BlockKind.PARAGRAPH),
        ),
    )


def test_a_tables_row_reads_with_the_names_of_its_columns() -> None:
    """The header isn't written once more; a cell's text maps to the cell."""
    read = candidate(table())
    context = reader_context(read)
    assert "Purpose: Test Runner; Library: py.test." in context.text
    assert "Purpose | Library" not in context.text
    at = context.text.index("py.test")
    source = context.source_span(at, at + len("py.test"))
    assert source is not None
    assert source.span == find(TABLE, "py.test")


def test_no_answer_straddles_cells_or_blocks_or_is_a_columns_name() -> None:
    """Half a row, the end of a row with the next line, and a column's name before a cell are no answers."""
    context = reader_context(candidate(table()))
    runner, django = context.text.index("Test Runner"), context.text.index("Django")
    assert context.source_span(runner, runner + len("Test Runner; Library: py.test")) is None
    assert context.source_span(django, context.text.index("More") + 4) is None
    column = context.text.index("Library: py.test")
    assert context.source_span(column, column + len("Library")) is None


def test_a_row_whose_header_is_a_context_span_reads_the_same() -> None:
    """A passage that starts in the middle of a table."""
    doc = table()
    row = find(TABLE, "ORM | Django")
    read = Candidate(
        passage=Passage(
            document_id=doc.id,
            version=doc.sha256,
            span=row,
            sentences=(row,),
            context_spans=(find(TABLE, "Purpose | Library"),),
        ),
        document=doc,
        scores=Scores(fused=0),
    )
    assert reader_context(read).text == "Purpose: ORM; Library: Django."


def test_a_ragged_row_reads_as_it_stands() -> None:
    """With more cells than columns it isn't known which cell is of which column."""
    text = "A | B\n1 | 2 | 3"
    header, row = find(text, "A | B"), find(text, "1 | 2 | 3")
    doc = document(
        text,
        blocks=(
            Block(span=header, kind=BlockKind.TABLE_HEADER),
            Block(span=row, kind=BlockKind.TABLE_ROW, context_span=header),
        ),
    )
    assert reader_context(candidate(doc)).text == text


def below_heading(heading: str) -> Candidate:
    text = f"{heading}\n\nUp to 35 MB. Larger files are shared by a link."
    top = Span(0, len(heading))
    doc = document(
        text,
        blocks=(
            Block(span=top, kind=BlockKind.HEADING),
            Block(span=Span(top.end + 2, len(text)), kind=BlockKind.PARAGRAPH),
        ),
        sections=(Section(span=Span(0, len(text)), path=("Help", heading)),),
    )
    return candidate(doc, text[top.end + 2 :])


def test_a_heading_that_asks_is_read_before_what_answers_it() -> None:
    """It is no part of an answer, and a heading that only names is left out."""
    read = below_heading("How big may an attachment be?")
    context = reader_context(read)
    assert context.text.startswith("How big may an attachment be?\nUp to 35 MB.")
    at = context.text.index("attachment")
    assert context.source_span(at, at + len("attachment")) is None
    size = context.source_span(context.text.index("35 MB"), context.text.index("35 MB") + 5)
    assert size is not None
    assert size.span == find(read.document.text, "35 MB")
    assert reader_context(read, find(read.document.text, "Up to 35 MB.")).text.startswith("How big")
    assert reader_context(below_heading("Attachments")).text.startswith("Up to 35 MB.")


def test_a_heading_that_stands_alone_is_read_once() -> None:
    """A passage that is the question itself."""
    read = below_heading("How big may an attachment be?")
    alone = candidate(read.document, "How big may an attachment be?")
    assert reader_context(alone).text == "How big may an attachment be?"


def test_a_sentence_is_indexed_as_it_is_read() -> None:
    """Names for pronouns, columns for cells, nothing else of the passage."""
    doc = document(TEXT)
    he = find(TEXT, "He")
    resolved_passage = passage(doc, mentions=(mention(doc, he, "Ada Moss"),))
    assert (
        readable_text(doc, resolved_passage, resolved_passage.sentences[1])
        == "Ada Moss called for a recount."
    )
    doc = table()
    assert readable_text(doc, passage(doc), find(TABLE, "ORM | Django")) == "Purpose: ORM; Library: Django."
