"""An answer as server-sent events.

In order: ``retrieved``, ``answer``, each ``statement`` with its citations and ``done``; or ``retrieved``,
``abstained`` and ``done``; at any point ``error``, which ends the stream. ``done`` holds the whole answer, as
without ``stream``. Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from rag.types import RetrieveStep, Step
from rag.wire.asking import AbstainedEvent, AnswerEvent, AnswerOut, RetrievedEvent, StatementEvent

MEDIA_TYPE = "text/event-stream"


def event(name: str, data: BaseModel) -> str:
    """One event. JSON has no line ends, so its data is one line.

    >>> event("retrieved", RetrievedEvent(passages=3))
    'event: retrieved\\ndata: {"passages":3}\\n\\n'
    """
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n"


def of_step(step: Step) -> Iterator[str]:
    """The events of a step: that passages were retrieved, and how many."""
    if isinstance(step, RetrieveStep):
        yield event("retrieved", RetrievedEvent(passages=len(step.passages)))


def of_answer(answer: AnswerOut) -> Iterator[str]:
    """An answer's events, or an abstention's."""
    if answer.abstention is not None:
        yield event("abstained", AbstainedEvent.model_validate(answer, from_attributes=True))
    else:
        yield event("answer", AnswerEvent.model_validate(answer, from_attributes=True))
    for statement in answer.statements:
        cited = [answer.citations[index] for index in statement.citations]
        yield event("statement", StatementEvent(**dict(statement), cited=cited))
    yield event("done", answer)
