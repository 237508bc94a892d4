from __future__ import annotations

import pytest

from evals.cases.dates import PartialDate
from evals.cases.matchers import Contains, Date, Exact, ItemList, Matcher, Number, Regex
from evals.diagnose.accepted_spans import accepted_spans

LICENCE = "The licence costs 1,200 euros a year."
BUILT = "The mill was built on 24 November 1861 by Ada Moss."
STAFF = "It has 1.2 million visitors."
PORTERS = "Porters are Ben and Cy."
TEXT = " ".join((LICENCE, BUILT, STAFF, PORTERS))


@pytest.mark.parametrize(
    ("matcher", "spans"),
    [
        (Exact("Ada Moss"), ["Ada Moss"]),
        (Exact("the mill"), [BUILT]),  # as answers are compared: in any case, without articles
        (Exact("Ida Moss"), []),
        (Contains(("built", "Moss")), [BUILT]),
        (Contains(("Moss", "visitors")), [BUILT, STAFF]),  # in two sentences
        (Contains(("Moss", "windmill")), []),
        (Contains(("mil",)), []),  # whole words
        (Number(1200), ["1,200"]),
        (Number(1195, tolerance=10), ["1,200"]),
        (Number(1_200_000), ["1.2 million"]),
        (Number(1100), []),
        (Date(PartialDate(1861, 11, 24)), [BUILT]),
        (Date(PartialDate(1861)), [BUILT]),
        (Date(PartialDate(1862)), []),
        (Regex(r"\d+ euros"), [LICENCE]),
        (Regex("^Ben"), [PORTERS]),  # an anchor is that of a short answer, not of the sentence
        (Regex("^Dan"), []),
        (ItemList(("Cy", "Ben")), [PORTERS]),
    ],
    ids=str,
)
def test_the_places_of_what_a_matcher_accepts(matcher: Matcher, spans: list[str]) -> None:
    """A number by its value, a date by its parts, phrases and patterns by the sentence that holds them."""
    assert [span.slice(TEXT) for span in accepted_spans(matcher, TEXT)] == spans


def test_an_unknown_kind_of_matcher_is_an_error() -> None:
    """A new one needs its places, else its cases would be told as not ingested."""
    with pytest.raises(TypeError, match="no places are known for object"):
        accepted_spans(object(), TEXT)  # type: ignore[arg-type]
