"""An answer as a chat completion, whole or in chunks.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any, Literal
from uuid import uuid4

from pydantic import Field

from api.markdown.writer import Annotation, Message
from api.openai.usage import Usage
from api.openai.verdict import Verdict
from rag.wire.base import Out

DONE = "data: [DONE]\n\n"


class UrlCitation(Out):
    """The mark at code points `[start_index, end_index)` of the message leads to this source."""

    start_index: int
    end_index: int
    title: str
    url: str


class ChatAnnotation(Out):
    """One citation."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AssistantMessage(Out):
    """The answer in Markdown, with its citations."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[ChatAnnotation]


class Choice(Out):
    """The one answer."""

    index: int = 0
    message: AssistantMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class ChatUsage(Out):
    """Words, since no tokens are spent."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(Out):
    """An answer or an abstention."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="seconds since 1970")
    model: str
    choices: list[Choice]
    usage: ChatUsage
    saywhere: Verdict


class ChatWriter:
    """Forms the responses to one request: all have its id, time and model."""

    def __init__(self, model: str) -> None:
        self._id = f"chatcmpl-{uuid4().hex}"
        self._created = int(time.time())
        self._model = model

    def completion(self, message: Message, usage: Usage, verdict: Verdict) -> ChatCompletion:
        """The whole response."""
        content = AssistantMessage(content=message.text, annotations=_annotations(message.annotations))
        return ChatCompletion(
            id=self._id,
            created=self._created,
            model=self._model,
            choices=[Choice(message=content)],
            usage=_usage(usage),
            saywhere=verdict,
        )

    def opening(self) -> str:
        """The first chunk, before there is an answer."""
        return self._chunk([_choice({"role": "assistant", "content": ""})])

    def chunks(
        self, message: Message, usage: Usage, verdict: Verdict, *, include_usage: bool
    ) -> Iterator[str]:
        """The message's pieces, its annotations, the stop; then the usage if asked for, and the end."""
        for piece in message.pieces:
            yield self._chunk([_choice({"content": piece})])
        if message.annotations:
            annotations = [one.model_dump() for one in _annotations(message.annotations)]
            yield self._chunk([_choice({"annotations": annotations})])
        yield self._chunk([_choice({}, finish_reason="stop")], saywhere=verdict.model_dump(mode="json"))
        if include_usage:
            yield self._chunk([], usage=_usage(usage).model_dump())
        yield DONE

    def _chunk(self, choices: list[dict[str, Any]], **more: Any) -> str:
        return event_line(
            {
                "id": self._id,
                "object": "chat.completion.chunk",
                "created": self._created,
                "model": self._model,
                "choices": choices,
                **more,
            }
        )


def event_line(data: object) -> str:
    """Data as a server-sent event without a name."""
    return f"data: {json.dumps(data, separators=(',', ':'))}\n\n"


def _choice(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _annotations(annotations: tuple[Annotation, ...]) -> list[ChatAnnotation]:
    return [
        ChatAnnotation(
            url_citation=UrlCitation(start_index=a.start, end_index=a.end, title=a.title, url=a.url)
        )
        for a in annotations
    ]


def _usage(usage: Usage) -> ChatUsage:
    return ChatUsage(
        prompt_tokens=usage.read,
        completion_tokens=usage.written,
        total_tokens=usage.read + usage.written,
    )
