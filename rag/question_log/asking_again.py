"""Asks open questions again after the documents changed, so that a gap closes when they answer it."""

from __future__ import annotations

from collections.abc import Callable

from rag.errors import InvalidQuestion, UnknownCollection
from rag.ports.question_log import LoggedQuestion, QuestionLog
from rag.types import Answer, Outcome, Question

BATCH = 200  # questions asked again after a change, the latest first


def ask_again(
    entry: LoggedQuestion, log: QuestionLog, ask: Callable[[Question], Outcome], *, generation: int
) -> bool:
    """Asks one logged question, stores whether it is answered now, and returns that.

    Args:
        generation: the catalog's before it is asked.

    Raises:
        SaywhereError: it couldn't be asked, or the outcome not be stored.
    """
    question = Question(text=entry.question, collection=entry.collection, filters=entry.filters)
    try:
        is_answered = isinstance(ask(question), Answer)
    except (UnknownCollection, InvalidQuestion):  # the collection is gone, or a limit was lowered
        is_answered = False
    log.asked_again(entry, generation=generation, is_answered=is_answered)
    return is_answered


def ask_outdated_again(log: QuestionLog, ask: Callable[[Question], Outcome], *, generation: int) -> int:
    """Asks the open questions that were last asked of other documents; returns how many are answered now.

    Raises:
        SaywhereError: as ``ask_again``.
    """
    entries = log.outdated(generation, limit=BATCH)
    return sum(ask_again(entry, log, ask, generation=generation) for entry in entries)
