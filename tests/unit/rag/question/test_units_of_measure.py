"""Units: the one asked for, and the one a number is of."""

import pytest

from rag.question.analysis import analyze_question, matches_type
from rag.question.units_of_measure import requested_unit, unit_of


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many days off after five years?", "day"),
        ("How many vacation days do I have?", "day"),
        ("how many business days does it take", "day"),
        ("How much dollars?", "dollar"),
        ("How many people work two days a week?", None),
        ("How many of the days were lost?", None),
        ("How long is the notice?", None),
    ],
)
def test_the_unit_that_is_asked_for(question: str, unit: str | None) -> None:
    assert requested_unit(question) == unit


@pytest.mark.parametrize(
    ("number", "after", "unit"),
    [
        ("two", " to five years | 25 days", "year"),
        ("25", " days", "day"),
        ("25 days", "", "day"),
        ("two", "-week notice", "week"),
        ("10", " | 25 days", None),
        ("5", "%", "percent"),
        ("6", "GB of memory", "gigabyte"),
        ("10", " people", None),
    ],
)
def test_the_unit_of_a_number(number: str, after: str, unit: str | None) -> None:
    assert unit_of(number, after) == unit


def test_a_number_of_another_unit_does_not_fit() -> None:
    analysis = analyze_question("How many days off after five years?", limit=100)
    assert matches_type(analysis, "two", " to five years") is False
    assert matches_type(analysis, "25", " days") is True
    assert matches_type(analysis, "25") is True
