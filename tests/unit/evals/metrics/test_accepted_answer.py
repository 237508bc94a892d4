from __future__ import annotations

from dataclasses import replace

import pytest

from evals.cases.matchers import Exact, Number, Prediction, Regex
from evals.metrics.accepted_answer import (
    is_accepted_answer_said,
    is_most_of_accepted_answer,
    said_polarity,
    short_answer_right,
)
from tests.unit.evals.fakes import WHO
from tests.unit.evals.forms import DOGS, FACT, GATE, UNANSWERABLE, WHY, YES_NO, answer


def test_an_accepted_answer_may_stand_in_the_statements() -> None:
    """As whole words: what a person reads beside the short answer counts."""
    assert is_accepted_answer_said(FACT, Prediction(text="the gate", statements=(GATE,)))
    assert not is_accepted_answer_said(FACT, Prediction(text="at ninety", statements=(DOGS,)))


def test_a_rule_is_asked_as_in_a_case_without_a_form() -> None:
    """A number must be the short answer's only one."""
    number = replace(FACT, answers=(Number(9),))
    assert is_accepted_answer_said(number, Prediction(text="9"))
    assert not is_accepted_answer_said(number, Prediction(text="9 or 10"))
    assert not is_accepted_answer_said(replace(FACT, answers=(Regex("^nine$"),)), Prediction(text="at nine"))


@pytest.mark.parametrize(
    ("text", "is_most"),
    [("nine", True), ("at nine", True), ("o'clock", False), ("", False), ("at ten", False)],
)
def test_half_of_an_accepted_answer_is_most_of_it(text: str, *, is_most: bool) -> None:
    """Half of its words, together and in order."""
    assert is_most_of_accepted_answer(FACT, text) is is_most
    assert not is_most_of_accepted_answer(replace(FACT, answers=(Exact("at half past nine"),)), "nine")


@pytest.mark.parametrize(
    ("text", "polarity"), [("Yes", "yes"), ("no.", "no"), ("No dogs", None), ("None", None), (DOGS, None)]
)
def test_only_yes_or_no_alone_is_a_polarity(text: str, polarity: str | None) -> None:
    """A sentence that begins with it is no more than a sentence."""
    assert said_polarity(answer(text, DOGS)) == polarity


def test_a_short_answer_is_judged_by_polarity_or_accepted_answers() -> None:
    """Without either there is nothing to compare it with; to an unanswerable question it is wrong."""
    assert short_answer_right(YES_NO, answer("No", DOGS)) is True
    assert short_answer_right(YES_NO, answer("Yes", DOGS)) is False
    assert short_answer_right(replace(YES_NO, polarity=None), answer("Yes", DOGS)) is None
    assert short_answer_right(FACT, answer("nine", GATE)) is True
    assert short_answer_right(FACT, answer("the night crew", DOGS)) is False
    assert short_answer_right(WHY, answer("the night crew", GATE)) is None
    assert short_answer_right(UNANSWERABLE, answer("two", GATE)) is False


def test_the_statements_do_not_make_a_short_answer_right() -> None:
    """The short answer is judged alone: beside a sentence that holds the right one it may be wrong."""
    assert short_answer_right(FACT, answer("the night crew", GATE)) is False


def test_without_a_form_a_short_answer_equals_an_accepted_one() -> None:
    """A part of it is not enough."""
    assert short_answer_right(WHO, answer("Ada Lovelace", GATE)) is True
    assert short_answer_right(WHO, answer("Ada", GATE)) is False
