"""An answer as server-sent events.

In order: ``retrieved``, ``answer``, each ``statement`` with its citations and ``done``; or ``retrieved``,
``abstained`` and ``done``; at any point ``error``, which ends the stream. ``done`` holds the whole answer, as
without ``stream``. Where an LLM drafts the answer, a ``drafted`` for each of its statements comes before
``answer``, as it is verified. Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from rag.types import DraftedStatement, Progress, RetrieveStep
from rag.wire.asking import AbstainedEvent, AnswerEvent, AnswerOut, RetrievedEvent, StatementEvent
from rag.wire.convert import drafted_out

MEDIA_TYPE = "text/event-stream"
EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "One event of the stream; `data` is JSON.",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["data"],
}
"""Of a stream in OpenAPI, which before version 3.2 has a media type's schema describe each event."""


def event(name: str, data: BaseModel) -> str:
    """One event. JSON has no line ends, so its data is one line.

    >>> event("retrieved", RetrievedEvent(passages=3))
    'event: retrieved\\ndata: {"passages":3}\\n\\n'
    """
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n"


def of_progress(progress: Progress) -> Iterator[str]:
    """The events before there is an answer: how many passages were retrieved, and each drafted statement."""
    if isinstance(progress, RetrieveStep):
        yield event("retrieved", RetrievedEvent(passages=len(progress.passages)))
    elif isinstance(progress, DraftedStatement):
        yield event("drafted", drafted_out(progress))


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
