"""What is too long is cut at the best place, and never beyond the limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.sentence_packing import cut, joined, weight
from rag.types import Span


@given(
    st.one_of(st.text(max_size=400), st.text(st.sampled_from("ab, 漢\u0301"), max_size=400)),
    st.integers(1, 12),
)
def test_parts_are_within_the_limit_and_tile_the_text(text: str, limit: int) -> None:
    """No part weighs more than the limit, and only white space is between parts."""
    text = text.strip()
    if not text:
        return
    at = 0
    for part in cut(text, Span(0, len(text)), limit):
        assert weight(part.slice(text)) <= limit or len(part) == 1
        assert len(part)
        assert not text[at : part.start].strip()
        at = part.end
    assert at == len(text)


def test_a_cut_falls_behind_a_clause() -> None:
    """A comma in the later half is a better place than the last word that fits."""
    text = "one two three four five, six seven eight nine ten"
    parts = [p.slice(text) for p in cut(text, Span(0, len(text)), 7)]
    assert parts == ["one two three four five,", "six seven eight nine ten"]


def test_a_cut_falls_between_words_where_there_is_no_clause() -> None:
    """Without punctuation the parts are as long as the limit lets them be."""
    text = "one two three four five six"
    assert [p.slice(text) for p in cut(text, Span(0, len(text)), 4)] == ["one two three four", "five six"]


def test_a_letter_keeps_its_accents() -> None:
    """A word without a place to cut is never cut between a letter and its combining marks."""
    text = "e\u0301" * 500
    assert all(not p.slice(text).startswith("\u0301") for p in cut(text, Span(0, len(text)), 10))


def test_lines_are_joined_up_to_the_limit() -> None:
    """Neighbours are joined while they fit; one over the limit stays as it is."""
    text = "a b\nc d\ne f g h i"
    spans = [Span(0, 3), Span(4, 7), Span(8, 17)]
    assert [s.slice(text) for s in joined(text, spans, 4)] == ["a b\nc d", "e f g h i"]


def test_dense_text_weighs_by_its_length() -> None:
    """A link of eighty characters weighs ten words, prose its words, white space nothing."""
    assert weight("x" * 80) == 10
    assert weight("a" + " " * 80 + "b") == 2
    assert weight("four words of prose") == 4
