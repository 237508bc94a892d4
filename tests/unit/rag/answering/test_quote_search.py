"""A quote is found again after an edit, or None is returned."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.answering.quote_search import find_quote
from rag.text import quote_context
from rag.types import Span

short_text = st.text(st.sampled_from("ab \n.\U0001f600"), max_size=80)


@given(st.text(max_size=20), short_text, st.data())
def test_a_quote_is_found_where_it_moved_to(inserted: str, text: str, data: st.DataObject) -> None:
    """Text inserted before a quote shifts it by its length, also where the quote occurs more than once."""
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    quote = span.slice(text)
    prefix, suffix = quote_context(text, span, 80)
    found = find_quote(inserted + text, quote, prefix, suffix, span.start + len(inserted))
    assert found == (span.shift(len(inserted)) if quote.strip() else None)


def test_the_occurrence_with_matching_surroundings_is_taken() -> None:
    """Of three equal quotes the one between prefix and suffix is found, not the first."""
    text = "Paid: yes. Owed: yes. Late: yes."
    assert find_quote(text, "yes", prefix="Owed: ", suffix=". Late") == Span(17, 20)


def test_equal_surroundings_leave_it_to_the_nearest() -> None:
    """Of occurrences with equal surroundings the one nearest to the old offset is taken."""
    assert find_quote("x x x x x", "x", near=5) == Span(4, 5)


def test_a_rewrapped_quote_is_found_with_its_new_white_space() -> None:
    """Line breaks in place of spaces don't lose a quote, and the span covers the new form."""
    text = "Intro.\nHe called for\n  a recount today."
    found = find_quote(text, "He called for a recount", prefix="Intro. ")
    assert found is not None
    assert found.slice(text) == "He called for\n  a recount"


def test_changed_words_are_not_found() -> None:
    """A quote whose words were changed is None, as is an empty one."""
    assert find_quote("He asked for a recount", "He called for a recount") is None
    assert find_quote("anything", " \n") is None
