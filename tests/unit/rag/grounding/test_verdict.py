"""Verdicts: supported, partly, contradicted, not found."""

from __future__ import annotations

import pytest

from rag.grounding.clauses import clauses
from rag.grounding.verdict import Verdict, judge

PUMP = "The pump runs for 10 hours on one battery."
TREASURER = "Write in confidence to the treasurer, Oswin Dray."


@pytest.mark.parametrize(
    ("sentence", "cited", "verdict"),
    [
        ("On one battery the pump runs for ten hours.", PUMP, Verdict.SUPPORTED),
        ("The pump runs for 12 hours on one battery.", PUMP, Verdict.CONTRADICTED),
        ("The pump doesn't run for 10 hours on one battery.", PUMP, Verdict.CONTRADICTED),
        ("Write in confidence to the treasurer, Ada Moss.", TREASURER, Verdict.CONTRADICTED),
        ("Claims are due on 8 June.", "Claims are due on 9 June.", Verdict.CONTRADICTED),
        (
            "The pump runs for 10 hours on one battery and it was bought from Messrs Vane in 1987.",
            PUMP,
            Verdict.PARTLY,
        ),
        ("The pump runs in Oslo for 10 hours on one battery.", PUMP, Verdict.PARTLY),
        ("The ferry leaves from the northern pier.", PUMP, Verdict.NOT_FOUND),
        ("The ferry leaves at 12 from the northern pier.", PUMP, Verdict.NOT_FOUND),
    ],
)
def test_verdicts(sentence: str, cited: str, verdict: Verdict) -> None:
    """Another number, date or name for the same, or the opposite, contradicts; a part is partly."""
    assert judge(sentence, [cited]).verdict is verdict


def test_the_contradicting_text_is_named() -> None:
    """Of several cited texts, those that say something else."""
    judgement = judge("The pump runs for 12 hours on one battery.", [TREASURER, PUMP])
    assert judgement.contradicting == (1,)


def test_clauses_have_two_content_words_at_least() -> None:
    """A shorter one belongs to the one before it."""
    sentence = "The van leaves at six, at night, and labels are printed."
    assert [span.slice(sentence) for span in clauses(sentence)] == [
        "The van leaves at six, at night,",
        "and labels are printed.",
    ]
