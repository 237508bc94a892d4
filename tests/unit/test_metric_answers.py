"""Exact match, F1, right answers and answers in citations, on values worked out by hand."""

from __future__ import annotations

import pytest

from evals.matchers import Exact, Regex, Said
from evals.metrics.answer_in_citation import answer_in_citation
from evals.metrics.answer_right import answer_right
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.metrics.normalise import normalise


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Cat, a dog; an  owl!", "cat dog owl"),
        ("“One Big Beautiful Bill”", "one big beautiful bill"),
        ("sheriffs’ and sheriffs'", "sheriffs and sheriffs"),
        ("theatre and another", "theatre and another"),
        ("287(g)", "287g"),
        ("  \n ", ""),
    ],
)
def test_normalise_follows_squad(text: str, normal: str) -> None:
    """Case, punctuation, articles and white space go; words that start like articles stay."""
    assert normalise(text) == normal


@pytest.mark.parametrize(
    ("answer", "accepted", "score"),
    [
        ("The Sheriff", ["Judd", "sheriff."], 1.0),
        ("Sheriff Judd", ["Judd"], 0.0),
        ("", [""], 0.0),
        ("Judd", [], 0.0),
    ],
)
def test_exact_match(answer: str, accepted: list[str], score: float) -> None:
    """Equal once normalised; silence equals nothing, not even an empty answer."""
    assert exact_match(answer, accepted) == score


@pytest.mark.parametrize(
    ("answer", "accepted", "score"),
    [
        ("Grady Judd", ["Grady Judd"], 1.0),
        # 1 of 3 words shared with precision 1/3, recall 1/2: 2 * (1/3 * 1/2) / (5/6) = 0.4
        ("Kristi Noem Judd", ["Grady Judd"], 0.4),
        # a word counts as often as both have it: 1 of "no no", 1 of "no": p 1/2, r 1: 2/3
        ("no no", ["no"], 2 / 3),
        ("x", ["a x", "x y z"], 1.0),
        ("x", ["y"], 0.0),
        ("", ["y"], 0.0),
        ("x", [], 0.0),
    ],
)
def test_f1(answer: str, accepted: list[str], score: float) -> None:
    """Word overlap worked out by hand; the nearest accepted answer counts."""
    assert f1(answer, accepted) == pytest.approx(score)


def test_answer_right_needs_one_matcher() -> None:
    """One accepting matcher is enough; none accepts nothing."""
    said = Said(text="Judd")
    assert answer_right(said, [Exact("Noem"), Regex("^J")])
    assert not answer_right(said, [Exact("Noem")])
    assert not answer_right(said, [])


@pytest.mark.parametrize(
    ("answer", "quotes", "score"),
    [
        ("Grady Judd", ["Polk County, Florida, Sheriff Grady Judd expressed it."], 1.0),
        ("rady Jud", ["Sheriff Grady Judd"], 0.0),
        ("One. Two.", ["One.", "Two."], 1.0),
        ("Two. One.", ["One.", "Two."], 0.0),
        ("x", [], 0.0),
        ("", ["x"], 0.0),
    ],
)
def test_answer_in_citation(answer: str, quotes: list[str], score: float) -> None:
    """Whole words, in one quote or in the quotes read in order."""
    assert answer_in_citation(answer, quotes) == score
