from __future__ import annotations

import pytest

from evals.cases.dates import PartialDate
from evals.cases.matchers import Contains, Date, Exact, ItemList, Matcher, Number, Prediction, Regex


@pytest.mark.parametrize(
    ("matcher", "text", "right"),
    [
        (Exact("the Captain"), "Captain.", True),
        (Exact("Captain"), "Captain Moss", False),
        (Contains(("force multipliers", "thanks")), "He said: “force multipliers”, no thanks", True),
        (Contains(("rust",)), "trust", False),
        (Regex(r"^a\b"), "a \n b", True),
        (Regex(r"^b"), "a b", False),
        (Number(10000), "10,000 new agents", True),
        (Number(10000), "10,000 of 20,000", False),
        (Number(10000), "ten thousand", False),
        (Number(2.5), "2.5 %", True),
        (Number(1_200_000), "about 1.2 million", True),
        (Number(100, 5), "104 people", True),
        (Number(100, 5), "106 people", False),
        (Date(PartialDate(2025, 11, 24)), "on November 24, 2025", True),
        (Date(PartialDate(2025, 11, 24)), "24 Nov", True),
        (Date(PartialDate(2025, 11, 24)), "2025-11-24", True),
        (Date(PartialDate(2025, 11, 24)), "2025", False),
        (Date(PartialDate(2025, 11, 24)), "November 25, 2025", False),
        (Date(PartialDate(2025)), "in 2025", True),
        (Date(PartialDate(2025)), "in the spring", False),
        (ItemList(("Ada", "Grace Hopper")), "Grace Hopper and Ada", True),
        (ItemList(("Ada", "Grace Hopper")), "Ada", False),
        (ItemList(("Ada", "Grace Hopper")), "Ada, Grace Hopper and Linus", False),
        (ItemList(("Ada", "Grace Hopper"), ordered=True), "Grace Hopper, Ada", False),
        (ItemList(("Ada", "Grace Hopper"), ordered=True), "Ada, then Grace Hopper", False),
        (ItemList(("Ada", "Grace Hopper"), ordered=True), "Ada, Grace Hopper", True),
    ],
)
def test_matchers_accept_right_answers_alone(matcher: Matcher, text: str, right: bool) -> None:
    """Each rule on a hit and a miss."""
    assert matcher.accepts(Prediction(text=text)) is right


def test_only_contains_reads_the_support() -> None:
    """A right sentence in support makes a wrong short answer right for questions of how and why alone."""
    prediction = Prediction(text="Ines Falk", statements=("He called for a recount.",))
    assert Contains(("called for a recount",)).accepts(prediction)
    assert not Regex("recount").accepts(prediction)
    assert not Exact("He called for a recount").accepts(prediction)
