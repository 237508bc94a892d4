"""An answer as a response of OpenAI's Responses API, whole or as events.

https://platform.openai.com/docs/api-reference/responses
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any, Literal
from uuid import uuid4

from pydantic import Field

from api.markdown.writer import Annotation, Message
from api.openai.errors import ErrorOut
from api.openai.usage import Usage
from api.openai.verdict import Verdict
from rag.wire.base import Out


class UrlAnnotation(Out):
    """The mark at code points `[start_index, end_index)` of the text leads to this source."""

    type: Literal["url_citation"] = "url_citation"
    start_index: int
    end_index: int
    title: str
    url: str


class OutputText(Out):
    """The answer in Markdown, with its citations."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[UrlAnnotation]
    logprobs: list[None] = Field(default=[])


class OutputMessage(Out):
    """The one item of the output."""

    type: Literal["message"] = "message"
    id: str
    status: Literal["in_progress", "completed"]
    role: Literal["assistant"] = "assistant"
    content: list[OutputText]


class InputDetails(Out):
    """No prompt is cached."""

    cached_tokens: int = 0
    cache_write_tokens: int = 0


class OutputDetails(Out):
    """Nothing is spent on reasoning."""

    reasoning_tokens: int = 0


class ResponseUsage(Out):
    """Words, since no tokens are spent."""

    input_tokens: int
    input_tokens_details: InputDetails = InputDetails()
    output_tokens: int
    output_tokens_details: OutputDetails = OutputDetails()
    total_tokens: int


class TextOut(Out):
    """The form of the answer."""

    format: dict[str, str] = Field(default={"type": "text"})


class ResponseOut(Out):
    """An answer or an abstention. Fields that are always null or empty are those that clients require."""

    id: str
    object: Literal["response"] = "response"
    created_at: int = Field(description="seconds since 1970")
    status: Literal["in_progress", "completed"]
    model: str
    output: list[OutputMessage]
    usage: ResponseUsage | None
    saywhere: Verdict | None
    error: None = None
    incomplete_details: None = None
    instructions: None = None
    metadata: dict[str, str] = Field(default={})
    parallel_tool_calls: bool = False
    previous_response_id: None = None
    store: bool = False
    temperature: None = None
    text: TextOut = TextOut()
    tool_choice: Literal["none"] = "none"
    tools: list[None] = Field(default=[])
    top_p: None = None
    truncation: Literal["disabled"] = "disabled"


class ResponseWriter:
    """Forms the response to one request, or its events, which are numbered in order."""

    def __init__(self, model: str) -> None:
        self._id = f"resp_{uuid4().hex}"
        self._message_id = f"msg_{uuid4().hex}"
        self._created_at = int(time.time())
        self._model = model
        self._sequence_number = 0

    def response(self, message: Message, usage: Usage, verdict: Verdict) -> ResponseOut:
        """The whole response."""
        return self._response("completed", self._item("completed", [_text(message)]), usage, verdict)

    def opening(self) -> Iterator[str]:
        """The first events, before there is an answer."""
        started = self._response("in_progress").model_dump(mode="json")
        yield self._event("response.created", response=started)
        yield self._event("response.in_progress", response=started)

    def events(self, message: Message, usage: Usage, verdict: Verdict) -> Iterator[str]:
        """The message's item: its pieces, its annotations, its whole text; then the whole response."""
        place = {"item_id": self._message_id, "output_index": 0, "content_index": 0}
        started = self._item("in_progress", [])
        part, done = OutputText(text="", annotations=[]), _text(message)
        yield self._event("response.output_item.added", output_index=0, item=started.model_dump())
        yield self._event("response.content_part.added", **place, part=part.model_dump())
        for piece in message.pieces:
            yield self._event("response.output_text.delta", **place, delta=piece, logprobs=[])
        for index, annotation in enumerate(done.annotations):
            yield self._event(
                "response.output_text.annotation.added",
                **place,
                annotation_index=index,
                annotation=annotation.model_dump(),
            )
        yield self._event("response.output_text.done", **place, text=message.text, logprobs=[])
        yield self._event("response.content_part.done", **place, part=done.model_dump())
        item = self._item("completed", [done])
        yield self._event("response.output_item.done", output_index=0, item=item.model_dump())
        response = self._response("completed", item, usage, verdict)
        yield self._event("response.completed", response=response.model_dump(mode="json"))

    def error(self, error: ErrorOut) -> str:
        """The event of an error after the response began; it ends the stream."""
        body = error.error
        return self._event("error", code=body.code, message=body.message, param=body.param)

    def _response(
        self,
        status: Literal["in_progress", "completed"],
        item: OutputMessage | None = None,
        usage: Usage | None = None,
        verdict: Verdict | None = None,
    ) -> ResponseOut:
        return ResponseOut(
            id=self._id,
            created_at=self._created_at,
            status=status,
            model=self._model,
            output=[item] if item else [],
            usage=_usage(usage) if usage else None,
            saywhere=verdict,
        )

    def _item(self, status: Literal["in_progress", "completed"], content: list[OutputText]) -> OutputMessage:
        return OutputMessage(id=self._message_id, status=status, content=content)

    def _event(self, type_: str, **data: Any) -> str:
        body = {"type": type_, "sequence_number": self._sequence_number, **data}
        self._sequence_number += 1
        return f"event: {type_}\ndata: {json.dumps(body, separators=(',', ':'))}\n\n"


def _text(message: Message) -> OutputText:
    return OutputText(text=message.text, annotations=[_annotation(one) for one in message.annotations])


def _annotation(annotation: Annotation) -> UrlAnnotation:
    return UrlAnnotation(
        start_index=annotation.start, end_index=annotation.end, title=annotation.title, url=annotation.url
    )


def _usage(usage: Usage) -> ResponseUsage:
    return ResponseUsage(
        input_tokens=usage.read, output_tokens=usage.written, total_tokens=usage.read + usage.written
    )
