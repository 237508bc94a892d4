"""What is logged of a question."""

from __future__ import annotations

from dataclasses import replace

from rag.question_log.entry import to_entry
from rag.types import Question, RetrieveStep, Trace, Turn
from tests.fakes.engine import CITATION, abstention, answer

PLACE = (CITATION.document_id, CITATION.version, CITATION.start, CITATION.end)


def test_an_answer_is_logged_with_what_it_cites() -> None:
    """Its certainty and confidence, and not a word of the answer."""
    entry = to_entry(
        Question(text="Who asked?", collection="hr", filters={"team": "a"}),
        answer("Who asked?"), answer_id="ans_1", generation=3,
    )  # fmt: skip
    assert (entry.id, entry.collection, entry.question, entry.outcome) == (
        "ans_1",
        "hr",
        "Who asked?",
        "sure",
    )
    assert (entry.passages, entry.filters, entry.generation) == ((PLACE,), {"team": "a"}, 3)
    assert entry.is_answered
    assert not entry.is_open


def test_an_abstention_is_logged_with_the_nearest_passages() -> None:
    """And its reason."""
    entry = to_entry(Question(text="Who?"), abstention("Who?"), answer_id="ans_1", generation=0)
    assert (entry.outcome, entry.passages, entry.is_open) == ("not_answered_here", (PLACE,), True)


def test_a_follow_up_is_logged_as_it_was_completed() -> None:
    """Alone it would say nothing; a question without history is logged as it was asked."""
    step = RetrieveStep(ms=1.0, passages=(), standalone_question="When did Ada ask?")
    outcome = replace(abstention("And when?"), trace=Trace(steps=(step,)))
    followed = Question(text="And when?", history=(Turn(question="Who asked?", answer="Ada"),))
    assert to_entry(followed, outcome, answer_id="a", generation=0).question == "When did Ada ask?"
    alone = Question(text="And when?")
    assert to_entry(alone, outcome, answer_id="a", generation=0).question == "And when?"
