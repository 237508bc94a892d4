"""A question and its outcome as the log keeps them."""

from __future__ import annotations

from rag.ports.question_log import LoggedQuestion
from rag.types import Abstention, Answer, Outcome, Question

_MAX_PASSAGES = 5  # kept of an outcome


def to_entry(question: Question, outcome: Outcome, *, answer_id: str, generation: int) -> LoggedQuestion:
    """The entry of a question, completed where it is a follow-up; of its passages at most 5.

    Args:
        answer_id: by which the answer can be rated.
        generation: the catalog's.
    """
    retrieved = outcome.trace.retrieved
    completed = retrieved.standalone_question if retrieved and question.history else None
    citations = outcome.citations if isinstance(outcome, Answer) else outcome.nearest
    return LoggedQuestion(
        id=answer_id,
        collection=question.collection,
        question=completed or outcome.question,
        filters=question.filters,
        outcome=str(outcome.reason if isinstance(outcome, Abstention) else outcome.certainty),
        confidence=outcome.confidence,
        passages=tuple((c.document_id, c.version, c.start, c.end) for c in citations[:_MAX_PASSAGES]),
        generation=generation,
    )
