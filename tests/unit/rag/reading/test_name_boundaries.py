"""An answer never ends inside a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.name_boundaries import whole_name
from rag.types import Span
from tests.samples import find


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("She hired Nina Sorel today.", "Nina", "Nina Sorel"),
        ("She hired Nina Sorel today.", "Sorel", "Sorel"),
        ("She hired Nina Sorel today.", "hired", "hired"),
        ("The Alder Springs Ferry Museum is shut.", "Alder", "Alder Springs Ferry Museum"),
        ("The Alder Springs Ferry Museum is shut.", "Springs", "Springs Ferry Museum"),
        ("Dr. Edith O’Moro-Lund sang.", "Edith", "Edith O’Moro-Lund"),
        ("Dr. Edith Moro sang.", "Dr.", "Dr."),
        ("a walk along Rua Ágata Nova at noon", "Rua", "Rua Ágata Nova"),
        ("She hired Ada, Hugo and Vera.", "Ada", "Ada"),
        ("They left the Isle of Wight.", "Isle", "Isle"),
        ("By June Ada left.", "By", "By June Ada"),
        ("paid into a 401(k) account", "401", "401(k)"),
        ("paid into a 401(k) Account", "401", "401(k)"),
        ("rule A(1) Applies", "A", "A(1)"),
        ("in 1987 (as told)", "1987", "1987"),
        ("a new Delta 9 tractor", "Delta", "Delta"),
        ("the Mark II Engine", "Mark", "Mark II Engine"),
        ("She hired Nina", "Nina", "Nina"),
    ],
)
def test_a_span_is_extended_to_the_end_of_a_name(text: str, part: str, whole: str) -> None:
    """Over capitalised words and joined brackets, never over punctuation, digits or small words."""
    assert whole_name(text, find(text, part), Span(0, len(text))).slice(text) == whole


def test_a_name_ends_with_its_passage() -> None:
    """What lies past the passage is not read."""
    text = "She hired Nina Sorel."
    assert whole_name(text, find(text, "Nina"), Span(0, 14)).slice(text) == "Nina"


@given(st.text(max_size=40), st.data())
def test_a_span_only_grows_and_stays_inside(text: str, data: st.DataObject) -> None:
    """For any text and span."""
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    whole = whole_name(text, span, Span(0, len(text)))
    assert whole.start == span.start
    assert span.end <= whole.end <= len(text)
