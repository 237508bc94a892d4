"""Passages are whole sentences of one section; together they hold all text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentence_packing import effective_words
from ingest.split import PassageSplitter
from rag.types import Block, BlockKind, Document, Passage, Section, Span

KINDS = [k for k in BlockKind if k is not BlockKind.HEADING]


def document(text: str, blocks: list[Block] | None = None, sections: list[Section] | None = None) -> Document:
    return Document(
        id="d", uri="d", title="D", text=text, blocks=tuple(blocks or ()), sections=tuple(sections or ())
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any text, with sections and blocks of any kind anywhere in it, in order."""
    text = draw(
        st.one_of(
            st.text(max_size=300),
            st.text(st.sampled_from(list("aB. ?\n\r-\U0001f600\ud800م漢")), max_size=300),
        )
    )
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    sections = [Section(span=Span(a, b), path=(str(a),)) for a, b in pairwise(edges)]
    marks = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    blocks = [
        Block(
            span=Span(a, b),
            kind=draw(st.sampled_from(KINDS)),
            context_span=draw(st.sampled_from([None, Span(0, a)])) if a else None,
        )
        for a, b in pairwise(marks)
        if draw(st.booleans())
    ]
    return document(text, blocks, sections)


@given(documents(), st.integers(1, 20), st.integers(0, 20))
def test_passages_of_any_document_are_valid(doc: Document, least: int, more: int) -> None:
    """Sentences tile the text in order, inside their passage, within one section and the limit."""
    passages = list(PassageSplitter(least, least + more).split(doc))
    spans = [s for p in passages for s in p.sentences]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert "".join("".join(s.slice(doc.text).split()) for s in spans) == "".join(doc.text.split())
    for passage in passages:
        assert passage.span == Span(passage.sentences[0].start, passage.sentences[-1].end)
        assert doc.section_at(passage.span.start) == doc.section_at(passage.span.end - 1)
        assert all(s.slice(doc.text).strip() == s.slice(doc.text) != "" for s in passage.sentences)
        assert all(not passage.span.contains(context_span) for context_span in passage.context_spans)
        total = sum(effective_words(s.slice(doc.text)) for s in passage.sentences)
        assert total <= least + more or len(passage.span) == 1


@given(documents())
def test_splitting_is_deterministic(doc: Document) -> None:
    """The same document gives the same passages with the same ids."""
    splitter = PassageSplitter(5, 12)
    assert list(splitter.split(doc)) == list(splitter.split(doc))


def sized(*sizes: int) -> str:
    return "\n\n".join(" ".join(["word"] * (size - 1)) + " end." for size in sizes)


def sizes(text: str, passages: list[Passage]) -> list[int]:
    return [len(p.span.slice(text).split()) for p in passages]


@pytest.mark.parametrize(
    ("paragraph_sizes", "expected"),
    [
        ((40,), [40]),
        ((40, 40), [80]),
        ((90, 80), [90, 80]),
        ((120, 120, 20), [120, 140]),
        ((20, 20, 20, 20), [80]),
    ],
)
def test_paragraphs_are_packed_whole(paragraph_sizes: tuple[int, ...], expected: list[int]) -> None:
    """Small paragraphs share a passage, big ones have their own, and none is cut without need."""
    text = sized(*paragraph_sizes)
    assert sizes(text, list(PassageSplitter(60, 150).split(document(text)))) == expected


def test_a_long_paragraph_is_cut_between_sentences_into_even_parts() -> None:
    """Two hundred words of ten-word sentences make two passages of a hundred."""
    text = " ".join(["One two three four five six seven eight nine ten."] * 20)
    assert sizes(text, list(PassageSplitter(60, 150).split(document(text)))) == [100, 100]


def test_a_heading_is_no_sentence() -> None:
    """The heading's words are in the section's path, not in its passage."""
    text = "Title\n\nSome text."
    blocks = [
        Block(span=Span(0, 5), kind=BlockKind.HEADING),
        Block(span=Span(7, 17), kind=BlockKind.PARAGRAPH),
    ]
    doc = document(text, blocks, [Section(span=Span(0, 17), path=("Title",))])
    assert [p.span.slice(text) for p in PassageSplitter().split(doc)] == ["Some text."]


def test_a_heading_without_text_is_a_passage_unless_it_has_sub_sections() -> None:
    """A parent of sub-sections makes no passage; an empty last section does."""
    text = "A\nB\nC"
    blocks = [Block(span=Span(i, i + 1), kind=BlockKind.HEADING) for i in (0, 2, 4)]
    paths = [("A",), ("A", "B"), ("C",)]
    sections = [Section(span=Span(2 * i, min(2 * i + 2, 5)), path=path) for i, path in enumerate(paths)]
    assert [p.span.slice(text) for p in PassageSplitter().split(document(text, blocks, sections))] == [
        "B",
        "C",
    ]


def test_context_spans_include_those_of_context_spans() -> None:
    """A row in a later passage has its header, and the sentence that announces the table."""
    text = "Prices:\nitem | cost\ntea | 1\nrum | 2"
    announcement, header = Span(0, 7), Span(8, 19)
    blocks = [
        Block(span=announcement, kind=BlockKind.PARAGRAPH),
        Block(span=header, kind=BlockKind.TABLE_HEADER, context_span=announcement),
        Block(span=Span(20, 27), kind=BlockKind.TABLE_ROW, context_span=header),
        Block(span=Span(28, 35), kind=BlockKind.TABLE_ROW, context_span=header),
    ]
    passages = list(PassageSplitter(2, 5).split(document(text, blocks)))
    assert passages[-1].span.slice(text).endswith("rum | 2")
    assert passages[-1].context_spans == (announcement, header)
    assert passages[0].context_spans == ()


def test_the_fingerprint_depends_on_the_sizes() -> None:
    """Splitters of other sizes have other fingerprints."""
    assert PassageSplitter(60, 150).fingerprint != PassageSplitter(50, 150).fingerprint


def test_sizes_that_contradict_are_refused() -> None:
    """``max_words`` below ``min_words`` is an error."""
    with pytest.raises(ValueError, match="min_words"):
        PassageSplitter(10, 5)
