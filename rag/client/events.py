"""The server-sent events of a streamed answer as typed values.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from rag.client.errors import InvalidResponse, RequestFailed, failure
from rag.wire.asking import AbstainedEvent, AnswerEvent, AnswerOut, RetrievedEvent, StatementEvent


class DraftedEvent(StatementEvent):
    """A statement that an LLM drafted, verified; the answer may still be made without it."""


Event = RetrievedEvent | DraftedEvent | AnswerEvent | StatementEvent | AbstainedEvent | AnswerOut
"""In order: passages were retrieved; what an LLM drafts, if one does; the answer without its statements; each
statement with its citations (or the abstention); and the whole answer, which ends the stream."""

_FORMS: dict[str, type[BaseModel]] = {
    "retrieved": RetrievedEvent,
    "drafted": DraftedEvent,
    "answer": AnswerEvent,
    "statement": StatementEvent,
    "abstained": AbstainedEvent,
    "done": AnswerOut,
}


class EventParser:
    """Makes events of a stream's text as it comes. Events of unknown names are left out.

    Lines end with a line feed alone: other separators, such as U+2028, may stand in a document's text.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._name = ""
        self._data = ""

    def feed(self, text: str) -> Iterator[Event]:
        """The events that the text completes.

        Raises:
            RequestFailed: the service failed after the stream began.
            InvalidResponse: an event hasn't the form that it should have.
        """
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            event = self._line(line.removesuffix("\r"))
            if event is not None:
                yield event

    def _line(self, line: str) -> Event | None:
        """The event that a line completes, which is an empty one."""
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data += value
        elif not line and self._data:
            name, data = self._name, self._data
            self._name = self._data = ""
            return _event(name, data)
        return None


def _event(name: str, data: str) -> Event | None:
    try:
        if name == "error":
            raise _failure(_Problem.model_validate_json(data))
        form = _FORMS.get(name)
        event: Any = form.model_validate_json(data) if form else None
    except ValidationError as error:
        raise InvalidResponse(f"the event {name!r}: {error.errors()[0]['msg']}") from error
    return event  # type: ignore[no-any-return]


class _Problem(BaseModel):
    """The fields of a problem that an error has."""

    type: str
    title: str
    status: int
    detail: str | None = None
    request_id: str = ""


def _failure(problem: _Problem) -> RequestFailed:
    return failure(
        problem.status,
        problem=problem.type.rpartition("/")[2],
        detail=problem.detail or problem.title,
        request_id=problem.request_id,
        retry_after=None,
    )
