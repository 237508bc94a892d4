"""Questions for more of the answer before."""

from __future__ import annotations

import pytest

from rag.question.more import question_to_tell_more_of
from rag.types import Question, Turn

FIRST = Turn(question="Who mends the nets?", answer="Ada")
SECOND = Turn(question="And when?", answer="on Monday")


@pytest.mark.parametrize(
    "text",
    [
        "Tell me more", "tell me more.", "More details, please", "Can you tell me more about that?", "More",
        "Please show me more", "I'd like to know more", "some more context please", "Mehr dazu",
    ],
)  # fmt: skip
def test_more_is_asked_of_the_question_before(text: str) -> None:
    """With the turns before that one."""
    question = Question(text=text, history=(FIRST, SECOND), collection="harbour")
    earlier = question_to_tell_more_of(question)
    assert earlier == Question(text=SECOND.question, history=(FIRST,), collection="harbour")


def test_more_of_more_is_of_the_same_question() -> None:
    """However often it is asked."""
    again = Turn(question="Tell me more", answer="The nets")
    earlier = question_to_tell_more_of(Question(text="tell me more", history=(FIRST, again, again)))
    assert earlier == Question(text=FIRST.question)


@pytest.mark.parametrize(
    "text",
    [
        "Tell me more about the nets", "How many more nets are there?", "Is more than one net mended?",
        "More nets?", "Who knows more details of the contract?",
    ],
)  # fmt: skip
def test_a_question_with_a_subject_is_another_question(text: str) -> None:
    """Though it says "more"."""
    assert question_to_tell_more_of(Question(text=text, history=(FIRST,))) is None


def test_without_an_earlier_turn_there_is_nothing_to_tell_more_of() -> None:
    """It is taken as it is put."""
    assert question_to_tell_more_of(Question(text="Tell me more")) is None
