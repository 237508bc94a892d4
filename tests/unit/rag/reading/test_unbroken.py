"""An answer never begins or ends inside an address, a path, a number with its unit, or a code."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.unbroken import whole_words
from rag.types import Span
from tests.samples import find


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("Apply at https://example.org/a/b?x=1.", "example", "https://example.org/a/b?x=1"),
        ("the portal (https://example.org/apply).", "https", "https://example.org/apply"),
        ("see https://x.org/Foo_(bar), then", "Foo", "https://x.org/Foo_(bar)"),
        ("see www.example.org.", "example", "www.example.org"),
        ("see example.org/apply today", "apply", "example.org/apply"),
        ("write to jo.vale+desk@mail.example.org.", "vale", "jo.vale+desk@mail.example.org"),
        ("in /etc/saywhere/conf.d, or", "saywhere", "/etc/saywhere/conf.d"),
        (r"in C:\Data\plan.xlsx now", "Data", r"C:\Data\plan.xlsx"),
        ("in ~/notes/a.md now", "notes", "~/notes/a.md"),
        ("edit docs/plan.md first", "plan", "docs/plan.md"),
        ("open report-2024.xlsx.", "2024", "report-2024.xlsx"),
        ("version 2.4.1-rc1 is", "4", "2.4.1-rc1"),
        ("needs v3.11.2.", "3", "v3.11.2"),
        ("has 20 GB of", "20", "20 GB"),
        ("has 20 GB of", "GB", "20 GB"),
        ("is 20GB of", "20", "20GB"),
        ("costs $40 million now", "40", "$40 million"),
        ("costs CHF 1'250 now", "250", "CHF 1'250"),
        ("costs 14 euros.", "14", "14 euros"),
        ("costs €3.50.", "3", "€3.50"),
        ("about 1 234 567 of", "234", "1 234 567"),
        ("at -5 °C or", "5", "-5 °C"),
        ("64.5% of", "64", "64.5%"),
        ("at 10:30 sharp", "10", "10:30"),
        ("invoice INV-2031 is", "2031", "INV-2031"),
        ("part A-12/3-B is", "12", "A-12/3-B"),
        ("by COVID-19 and", "19", "COVID-19"),
        ("of 2024-05-06 and", "05", "2024-05-06"),
        ("call +49 30 1234-567 now", "1234", "+49 30 1234-567"),
        ("to DE89 3704 0044 0532 0130 00 now", "0044", "DE89 3704 0044 0532 0130 00"),
        ("pass --dry-run to", "dry", "--dry-run"),
        ("set SAYWHERE_LIMITS__PAGES to", "LIMITS", "SAYWHERE_LIMITS__PAGES"),
        ("from 10.0.0.12 on", "0.0", "10.0.0.12"),
    ],
)
def test_a_span_is_extended_to_what_it_is_cut_inside_of(text: str, part: str, whole: str) -> None:
    """At both ends, and not to the punctuation behind it."""
    assert whole_words(text, find(text, part), Span(0, len(text))).slice(text) == whole


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("after 20 days of", "20"),
        ("in 1987.", "1987"),
        ("a 24-yard run", "24"),
        ("from 1990–95 on", "1990"),
        ("paid in 2024. Then", "2024"),
        ("red and/or blue", "or"),
        ("for 3, 4 or 5 of", "3"),
        ("the mill pond", "mill"),
        ("Years: 5; Days: 30", "5"),
        ("2 to 5 | 25 | two weeks", "5"),
        ("at noon, e.g. here", "noon"),
        ("Grade 5 Maths", "5"),
    ],
)
def test_other_spans_stay_as_they_are(text: str, part: str) -> None:
    """Units in words, ranges, hyphens and cells end them."""
    assert whole_words(text, find(text, part), Span(0, len(text))).slice(text) == part


def test_a_span_stays_in_its_passage_and_line() -> None:
    """What lies past them is not read."""
    text = "has 20 GB of"
    assert whole_words(text, find(text, "20"), Span(0, 6)).slice(text) == "20"
    text = "costs 20\nGB is short"
    assert whole_words(text, find(text, "20"), Span(0, len(text))).slice(text) == "20"


@given(st.text(st.sampled_from("ab1.:/-@ _|€%()\n"), max_size=60), st.data())
def test_a_span_only_grows_stays_inside_and_then_stays(text: str, data: st.DataObject) -> None:
    """For any text and span; extended twice it is the same, or grows no further than its line."""
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    whole = whole_words(text, span, Span(0, len(text)))
    assert whole.contains(span)
    assert whole.end <= len(text)


@pytest.mark.parametrize("part", ["a.", "1 234", "/a", "A-1-", "a@", "://", "((", "1,", "_", "0"])
def test_time_is_bounded(part: str) -> None:
    """Whatever a long line consists of."""
    text = part * 200_000
    began = time.perf_counter()
    whole_words(text, Span(100_001, 100_002), Span(0, len(text)))
    assert time.perf_counter() - began < 1
