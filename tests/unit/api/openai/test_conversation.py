"""Messages of OpenAI's clients as questions with earlier turns."""

from __future__ import annotations

import pytest

from api.markdown.message import message_of
from api.openai.conversation import earlier_answer, question_of
from api.openai.requests import Message, Part
from rag.errors import InvalidQuestion
from rag.types import Question, Turn
from rag.wire.convert import outcome_out
from tests.fakes import outcomes


def _ask(*messages: tuple[str, str]) -> Question:
    sent = [Message(role=role, content=content) for role, content in messages]
    return question_of(sent, collection="hr", filters={"team": "sea"})


def test_the_last_message_is_the_question() -> None:
    """Earlier ones are its history; system messages and tools' have no effect."""
    question = _ask(
        ("system", "Answer in verse."),
        ("user", "Who asked?"),
        ("assistant", "Ada"),
        ("tool", "{}"),
        ("developer", "Be short."),
        ("user", "And when?"),
    )
    assert question == Question(
        text="And when?",
        history=(Turn(question="Who asked?", answer="Ada"),),
        collection="hr",
        filters={"team": "sea"},
    )


def test_a_question_without_an_answer_is_a_turn() -> None:
    """As one that the service abstained from."""
    question = _ask(("user", "Who asked?"), ("user", "When?"))
    assert question.history == (Turn(question="Who asked?"),)


def test_the_last_fifty_turns_are_kept() -> None:
    """A long conversation goes on; its beginning is left out."""
    turns = [(role, str(n)) for n in range(60) for role in ("user", "assistant")]
    question = _ask(*turns, ("user", "And?"))
    assert [turn.question for turn in question.history] == [str(n) for n in range(10, 60)]


def test_parts_of_text_are_joined() -> None:
    """In the forms of both APIs."""
    parts = [Part(type="text", text="Who"), Part(type="input_text", text="asked?")]
    assert (
        question_of([Message(role="user", content=parts)], collection="x", filters={}).text == "Who\nasked?"
    )


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "the last message must be the user's"),
        ([Message(role="system", content="x")], "the last message must be the user's"),
        (
            [Message(role="user", content="x"), Message(role="assistant", content="y")],
            "the last message must be the user's",
        ),
        ([Message(role="user", content=[Part(type="image_url")])], "only text can be asked, not 'image_url'"),
    ],
)
def test_a_conversation_without_a_question_is_refused(messages: list[Message], reason: str) -> None:
    """With what is wrong."""
    with pytest.raises(InvalidQuestion, match=reason):
        question_of(messages, collection="default", filters={})


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (outcomes.SHORT_ANSWER, "the team's lead"),
        (outcomes.LIKELY_SHORT_ANSWER, "the team's lead"),
        (outcomes.SENTENCES, outcomes.PARAGRAPHS[3]),
        (outcomes.DRAFTED, outcomes.DRAFTED.text.replace(" For", "\n\nFor")),
        (outcomes.ABSTENTION, ""),
    ],
)
def test_an_earlier_message_is_read_back(outcome: object, answer: str) -> None:
    """Without marks, sources and emphasis: what ``/v1/ask`` takes as the answer of a turn."""
    message = message_of(outcome_out(outcome))  # type: ignore[arg-type]
    assert earlier_answer(message.text) == answer


def test_the_message_of_another_program_is_taken_as_it_is() -> None:
    """It may have been another model's."""
    assert earlier_answer("Ada asked for it.") == "Ada asked for it."
