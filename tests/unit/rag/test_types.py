"""What the values refuse to be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.types import Answer, Citation, Document, Page, Passage, Section, Span, Statement, text_sha256
from tests.fakes import outcomes


def _citation(**changes: object) -> Citation:
    values: dict[str, object] = {
        "document_id": "d",
        "version": "v",
        "title": "T",
        "uri": "u",
        "start": 2,
        "end": 5,
        "quote": "cde",
    }
    return Citation(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_span_runs_forward_from_zero_or_more(start: int, end: int) -> None:
    """A negative or backward range is no span."""
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


def test_spans_that_touch_do_not_overlap() -> None:
    """Half-open ranges: the end is outside."""
    assert not Span(0, 3).overlaps(Span(3, 5))
    assert Span(0, 4).overlaps(Span(3, 5))
    assert Span(0, 5).contains(Span(3, 5))


def test_offsets_count_code_points() -> None:
    """An astral character is one, as Python counts and JavaScript doesn't."""
    assert Span(1, 2).slice("a😀b") == "😀"


def test_an_answer_without_a_citation_cannot_be_made() -> None:
    """Neither without citations, nor with a statement that cites one that isn't there."""
    statement = Statement(text="x", citations=(0,))
    with pytest.raises(ValueError, match="cannot be made"):
        Answer(question="q", text="x", statements=(statement,), citations=(), confidence=0.9)
    with pytest.raises(ValueError, match="not there"):
        Answer(
            question="q",
            text="x",
            statements=(Statement(text="x", citations=(1,)),),
            citations=(_citation(),),
            confidence=0.9,
        )
    with pytest.raises(ValueError, match="cannot be made"):
        Statement(text="x", citations=())


@pytest.mark.parametrize("changes", [{"quote": ""}, {"quote": "cd"}, {"end": 9}])
def test_a_citation_is_as_long_as_its_quote(changes: dict[str, object]) -> None:
    """A quote that can't be the slice of its span is refused."""
    with pytest.raises(ValueError, match="as long as its span"):
        _citation(**changes)


def test_a_version_is_the_hash_of_the_text() -> None:
    """Same text, same version; lone surrogates have one too."""
    one = Document(id="a", uri="a", title="", text="x\ud800")
    other = Document(id="b", uri="b", title="T", text="x\ud800")
    assert one.sha256 == other.sha256 == text_sha256("x\ud800")


def test_sections_and_pages_are_found_by_offset() -> None:
    """Before the first heading there is none; the end of a section is outside it."""
    document = Document(
        id="d",
        uri="u",
        title="T",
        text="intro\nA\ntext\n",
        sections=(Section(span=Span(6, 13), path=("A",)),),
        pages=(Page(span=Span(0, 6), number=1), Page(span=Span(6, 13), number=2)),
    )
    assert document.section_at(0) == ()
    assert document.section_at(8) == ("A",)
    assert document.section_at(13) == ()
    assert [document.page_at(i) for i in (0, 6, 13)] == [1, 2, None]


def test_a_passage_id_depends_on_version_and_span() -> None:
    """The same place of another version is another passage."""
    here = Passage(document_id="d", version="1", span=Span(0, 3), sentences=(Span(0, 3),))
    assert here.id == Passage(document_id="d", version="1", span=Span(0, 3), sentences=(Span(0, 1),)).id
    assert here.id != Passage(document_id="d", version="2", span=Span(0, 3), sentences=(Span(0, 3),)).id
    with pytest.raises(ValueError, match="at least one sentence"):
        Passage(document_id="d", version="1", span=Span(0, 3), sentences=())


def test_a_canned_reply_has_no_quotes_beside_it() -> None:
    with pytest.raises(ValueError, match="no quotes"):
        replace(outcomes.ABSTENTION, reply=outcomes.GREETING.reply)
