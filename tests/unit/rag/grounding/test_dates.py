"""Dates of a text, and whether a text gives a date."""

from __future__ import annotations

import pytest

from rag.grounding.dates import dates, is_given


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9 February 1900", [(9, 2, 1900)]),
        ("Feb. 9, 1900", [(9, 2, 1900)]),
        ("1900-02-09", [(9, 2, 1900)]),
        ("the 9th of February", [(9, 2, None)]),
        ("in May 1902", [(None, 5, 1902)]),
        ("in November", [(None, 11, None)]),
        ("since May", [(None, 5, None)]),
        ("25 and 26 December", [(25, 12, None), (26, 12, None)]),
        ("June 3-5", [(3, 6, None), (5, 6, None)]),
        ("you may go, march on", []),
        ("May I go?", []),
    ],
)
def test_dates_are_found(text: str, expected: list[tuple[int | None, int, int | None]]) -> None:
    """In any order of day, month and year; a word that is also a month's name isn't one."""
    assert [(d.day, d.month, d.year) for d in dates(text)] == expected


@pytest.mark.parametrize(
    ("date", "text", "years", "expected"),
    [
        ("9 Feb 1900", "February 9, 1900", [], True),
        ("9 Feb 1900", "February 9", [1900.0], True),
        ("9 Feb 1900", "February 9", [1901.0], False),
        ("9 Feb", "8 Feb", [], False),
        ("February", "8 Feb 1900", [], True),
        ("in March", "8 Feb 1900", [], False),
    ],
)
def test_a_date_is_given_with_its_parts(date: str, text: str, years: list[float], expected: bool) -> None:
    """Its year may stand apart from it."""
    assert is_given(dates(date)[0], dates(text), years) is expected
