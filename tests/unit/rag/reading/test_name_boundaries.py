"""A name is said whole or not at all."""

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
        ("He met Kristi Noem today.", "Kristi", "Kristi Noem"),
        ("He met Kristi Noem today.", "Noem", "Noem"),
        ("The Polk County Jail is shut.", "Polk", "Polk County Jail"),
        ("He met Ann, Bob and Cy.", "Ann", "Ann"),
        ("In May Ann left.", "In", "In May Ann"),
        ("under the 287(g) program", "287", "287(g)"),
        ("in 1990 (see there)", "1990", "1990"),
        ("a new Model 3 car", "Model", "Model"),
        ("He met Kristi", "Kristi", "Kristi"),
    ],
)
def test_a_span_is_led_on_to_the_end_of_a_name(text: str, part: str, whole: str) -> None:
    """Over capitalised words and glued brackets, never over punctuation, digits or small words."""
    assert whole_name(text, find(text, part), Span(0, len(text))).slice(text) == whole


def test_a_name_ends_with_its_passage() -> None:
    """What lies past the passage is not read."""
    text = "He met Kristi Noem."
    assert whole_name(text, find(text, "Kristi"), Span(0, 13)).slice(text) == "Kristi"


@given(st.text(max_size=40), st.data())
def test_a_span_only_grows_and_stays_inside(text: str, data: st.DataObject) -> None:
    """For any text and span."""
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    found = whole_name(text, span, Span(0, len(text)))
    assert found.start == span.start
    assert span.end <= found.end <= len(text)
