"""Sentences over the limit are cut at the best place into parts within it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.sentence_packing import cut_to_limit, effective_words, join_to_limit
from rag.types import Span


@given(
    st.one_of(st.text(max_size=400), st.text(st.sampled_from("ab, 漢\u0301"), max_size=400)),
    st.integers(1, 12),
)
def test_parts_are_within_the_limit_and_tile_the_text(text: str, limit: int) -> None:
    """No part has more words than the limit, and only white space is between parts."""
    text = text.strip()
    if not text:
        return
    at = 0
    for part in cut_to_limit(text, Span(0, len(text)), limit):
        assert effective_words(part.slice(text)) <= limit or len(part) == 1
        assert len(part)
        assert not text[at : part.start].strip()
        at = part.end
    assert at == len(text)


def test_a_cut_falls_behind_a_clause() -> None:
    """A comma in the later half comes before the last word that fits."""
    text = "one two three four five, six seven eight nine ten"
    parts = [p.slice(text) for p in cut_to_limit(text, Span(0, len(text)), 7)]
    assert parts == ["one two three four five,", "six seven eight nine ten"]


def test_a_cut_falls_between_words_where_there_is_no_clause() -> None:
    """Without punctuation the parts are as long as the limit allows."""
    text = "one two three four five six"
    assert [p.slice(text) for p in cut_to_limit(text, Span(0, len(text)), 4)] == [
        "one two three four",
        "five six",
    ]


def test_a_letter_keeps_its_accents() -> None:
    """A word over the limit is never cut between a letter and its combining marks."""
    text = "e\u0301" * 500
    assert all(not p.slice(text).startswith("\u0301") for p in cut_to_limit(text, Span(0, len(text)), 10))


def test_lines_are_joined_up_to_the_limit() -> None:
    """Neighbours are joined while they fit; one over the limit stays as it is."""
    text = "a b\nc d\ne f g h i"
    spans = [Span(0, 3), Span(4, 7), Span(8, 17)]
    assert [s.slice(text) for s in join_to_limit(text, spans, 4)] == ["a b\nc d", "e f g h i"]


def test_dense_text_is_measured_by_its_characters() -> None:
    """A link of eighty characters counts as ten words, prose as its words, white space as nothing."""
    assert effective_words("x" * 80) == 10
    assert effective_words("a" + " " * 80 + "b") == 2
    assert effective_words("four words of prose") == 4
