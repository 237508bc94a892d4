"""Open questions are asked again when the documents have changed."""

from __future__ import annotations

from rag.errors import UnknownCollection
from rag.ports.question_log import LoggedQuestion
from rag.question_log.asking_again import ask_outdated_again
from rag.types import Outcome, Question
from tests.fakes.engine import abstention, answer
from tests.fakes.storage import MemoryQuestionLog


def log_of(*questions: str) -> MemoryQuestionLog:
    log = MemoryQuestionLog()
    for number, question in enumerate(questions):
        log.put(
            LoggedQuestion(
                id=str(number), collection="hr", question=question, outcome="not_confident",
                confidence=0.1, filters={"team": "a"}, generation=1,
            )
        )  # fmt: skip
    return log


def test_what_is_answered_now_is_closed() -> None:
    """Each wording is asked once for a state of the documents, in its collection and with its filters."""
    log, asked = log_of("Who pays?", "Who sings?", "Who pays?"), list[Question]()

    def ask(question: Question) -> Outcome:
        asked.append(question)
        return answer(question.text) if "pays" in question.text else abstention(question.text)

    assert ask_outdated_again(log, ask, generation=1) == 0
    assert asked == []
    assert ask_outdated_again(log, ask, generation=2) == 1
    assert ask_outdated_again(log, ask, generation=2) == 0
    assert [(q.text, q.collection, q.filters) for q in asked] == [
        ("Who pays?", "hr", {"team": "a"}), ("Who sings?", "hr", {"team": "a"})
    ]  # fmt: skip
    assert {entry.question: entry.is_open for entry in log.list()} == {"Who pays?": False, "Who sings?": True}


def test_a_question_of_a_collection_that_is_gone_stays_open() -> None:
    """And isn't asked again before the documents change."""

    def ask(question: Question) -> Outcome:
        raise UnknownCollection(question.collection)

    log = log_of("Who pays?")
    assert ask_outdated_again(log, ask, generation=2) == 0
    assert log.outdated(2, limit=9) == []
    assert log.list()[0].is_open
