"""Asks the engine for somebody, and logs the question where the settings say so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from secrets import token_hex

from api.backend import Backend
from api.telemetry.telemetry import Telemetry
from rag.errors import StorageError
from rag.question_log.entry import to_entry
from rag.types import Abstention, Answer, Outcome, Progress, Question

_LOG = logging.getLogger("saywhere.questions")


def ask_engine(
    backend: Backend,
    question: Question,
    *,
    deadline: float | None = None,
    observe: Callable[[Progress], None] | None = None,
    answer_id: str | None = None,
    telemetry: Telemetry | None = None,
) -> Outcome:
    """The outcome of a question that came over an interface. Blocks; raises what ``Engine.ask`` raises.

    Small talk is not logged: nothing was asked of the documents.

    Args:
        answer_id: by which the answer can be rated; None: it can't be.
        telemetry: told of the question; None: nobody is.
    """
    ask = partial(backend.engine.ask, question, deadline=deadline, observe=observe)
    work = ask if telemetry is None else partial(telemetry.question, ask)
    if not backend.settings.question_log.enabled:
        return work()
    generation = backend.catalog.generation()
    outcome = work()
    if isinstance(outcome, Answer) or (isinstance(outcome, Abstention) and outcome.reply is None):
        _log(backend, question, outcome, answer_id or f"ask_{token_hex(16)}", generation)
    return outcome


def _log(backend: Backend, question: Question, outcome: Outcome, answer_id: str, generation: int) -> None:
    """Stores the entry. A log that can't be written keeps nobody from an answer."""
    try:
        backend.question_log.put(to_entry(question, outcome, answer_id=answer_id, generation=generation))
    except StorageError as error:
        _LOG.error("a question is not logged: %s", error)
