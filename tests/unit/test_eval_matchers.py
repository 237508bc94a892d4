from __future__ import annotations

import pytest

from evals.matchers import Contains, Exact, Number, Regex, Said


@pytest.mark.parametrize(
    ("matcher", "text", "right"),
    [
        (Exact("the Sheriff"), "Sheriff.", True),
        (Exact("Sheriff"), "Sheriff Judd", False),
        (Contains(("force multipliers", "thanks")), "He said: “force multipliers”, no thanks", True),
        (Contains(("rust",)), "trust", False),
        (Regex(r"^a\b"), "a \n b", True),
        (Regex(r"^b"), "a b", False),
        (Number(10000), "10,000 new agents", True),
        (Number(10000), "10,000 of 20,000", False),
        (Number(10000), "ten thousand", False),
        (Number(2.5), "2.5 %", True),
    ],
)
def test_matchers_accept_what_they_say(matcher: Exact, text: str, right: bool) -> None:
    """Each rule on a hit and a miss."""
    assert matcher.accepts(Said(text=text)) is right


def test_only_contains_looks_into_the_support() -> None:
    """A right sentence as support makes no wrong short answer right, but for how and why."""
    said = Said(text="Kristi Noem", statements=("He called for an apology.",))
    assert Contains(("called for an apology",)).accepts(said)
    assert not Regex("apology").accepts(said)
    assert not Exact("He called for an apology").accepts(said)
