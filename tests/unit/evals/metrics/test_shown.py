from __future__ import annotations

import pytest

from evals.cases.case import Case
from evals.metrics.shown import shown
from rag.types import Outcome
from tests.unit.evals.forms import (
    DOGS,
    FACT,
    GATE,
    ITEMS,
    LIST,
    OTHER,
    UNANSWERABLE,
    YES_NO,
    abstention,
    answer,
)


@pytest.mark.parametrize(
    ("case", "outcome", "is_shown"),
    [
        (LIST, answer("a", *ITEMS), True),
        (LIST, answer("a", ITEMS[0]), True),
        (LIST, answer("a", OTHER), False),
        (YES_NO, answer("Yes", DOGS), False),
        (LIST, abstention(*ITEMS[:2]), True),
        (LIST, abstention(ITEMS[0], OTHER), False),
        (FACT, abstention("The gate shuts at nine"), True),
        (FACT, abstention(OTHER), False),
        (LIST, abstention(), False),
    ],
)
def test_what_was_asked_is_shown_by_an_answer_or_by_the_nearest_passages(
    case: Case, outcome: Outcome, *, is_shown: bool
) -> None:
    """Any of the evidence in an answer that doesn't say the opposite, half of it in an abstention."""
    assert shown(case, outcome) is is_shown


def test_of_an_unanswerable_question_nothing_can_be_shown() -> None:
    """It has neither answer nor evidence."""
    with pytest.raises(ValueError, match="nothing to show"):
        shown(UNANSWERABLE, abstention(GATE))
