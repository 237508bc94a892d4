"""Numbers of a text: in digits, written out, with units, times and versions."""

from __future__ import annotations

import pytest

from rag.grounding.numbers import TIME, VERSION, is_given, mentions_unit, quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,250 people", [(1250, None)]),
        ("twenty-one days", [(21, "day")]),
        ("two hundred and five pages", [(205, None)]),
        ("1.5 million euros", [(1_500_000, "euro")]),
        ("£20 and 5k users", [(20, "pound"), (5000, None)]),
        ("1,000km", [(1000, "kilometre")]),
        ("20% off", [(20, "percent")]),
        ("a 31-year-old", [(31, "year")]),
        ("twice a week", [(2, None)]),
        ("a 5-4 victory", [(5, None), (4, None)]),
        ("the 2018–19 season", [(2018, None), (2019, None)]),
        ("COVID-19 on k8s", []),
    ],
)
def test_values_and_units(text: str, expected: list[tuple[float, str | None]]) -> None:
    """Each number is worth what it says, in the unit that follows it."""
    assert [(q.value, q.unit) for q in quantities(text)] == expected


def test_a_span_is_the_numbers_own() -> None:
    """Offsets slice the text to the number."""
    text = "It takes three hours, then 45 minutes."
    assert [text[q.start : q.end] for q in quantities(text)] == ["three", "45"]


@pytest.mark.parametrize("text", ["2 pm", "14:00", "2:00 p.m."])
def test_a_time_of_day_is_in_minutes(text: str) -> None:
    """However it is written."""
    [time] = quantities(text)
    assert (time.value, time.unit) == (14 * 60, TIME)


def test_a_version_is_compared_as_written() -> None:
    """1.2.3 is v1.2.3, and isn't 1.2.30."""
    [version] = quantities("needs 1.2.3 now")
    assert version.unit == VERSION
    assert is_given(version, quantities("since v1.2.3 only"))
    assert not is_given(version, quantities("since 1.2.30 only"))


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        ("14 days", "two weeks", True),
        ("90 minutes", "1.5 hours", True),
        ("5 days", "5 weeks", False),
        ("5 days", "a maximum of 5", True),
        ("the 1990s", "in 1994", True),
        ("the 1990s", "in 2004", False),
        ("10 am", "10 to 4 pm", True),
        ("10 am", "11:00", False),
        ("2 kg", "2000 grams", True),
    ],
)
def test_the_same_number_in_other_words(number: str, text: str, expected: bool) -> None:
    """Units convert, a missing unit fits any, another unit doesn't."""
    assert is_given(quantities(number)[0], quantities(text)) is expected


def test_one_may_be_no_number() -> None:
    """ "one of them" is loose; "one week" isn't."""
    assert [q.is_loose for q in quantities("one of them in one week")] == [True, False]


def test_a_unit_is_mentioned_in_any_form() -> None:
    """Words, symbols and currencies."""
    assert mentions_unit("percent", "15 %")
    assert mentions_unit("dollar", "$3")
    assert not mentions_unit("hour", "three days")
