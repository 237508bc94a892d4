"""What OpenAI's clients send: the fields that are used here.

Other fields, such as ``temperature`` or ``tools``, are ignored: nothing is generated, so they have no
effect. Fields that ask for another form of answer than there is are refused.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator


class _In(BaseModel):
    """Received, with fields that aren't used."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Part(_In):
    """A part of a message; one without ``text`` is an image, a file or a sound."""

    type: str
    text: str | None = None


class Message(_In):
    """A message of the conversation. ``type`` is absent or ``message``; items of other types are ignored."""

    type: str | None = None
    role: str | None = Field(None, description="`user` and `assistant` are read, others ignored")
    content: str | list[Part] | None = None


class _Request(_In):
    """What chat completions and responses have in common."""

    model: str = Field(description="`saywhere`, or `saywhere/NAME` for the collection NAME")
    stream: StrictBool | None = False
    filters: dict[str, str] = Field(
        default={}, max_length=20, description="metadata that a document must have, exactly; not OpenAI's"
    )


class StreamOptions(_In):
    """What a stream includes."""

    include_usage: StrictBool | None = False


class TextFormat(_In):
    """The form of the answer: text only."""

    type: Literal["text"] = "text"


class ChatRequest(_Request):
    """A conversation whose last message is the question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "saywhere",
                    "messages": [{"role": "user", "content": "Who demanded an apology?"}],
                }
            ]
        }
    )

    messages: list[Message] = Field(min_length=1)
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = Field(1, description="there is one answer")
    response_format: TextFormat | None = None


class TextConfig(_In):
    """The form of the answer."""

    format: TextFormat | None = None


class ResponsesRequest(_Request):
    """A question, or a conversation whose last message is one. Nothing is stored between requests."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "saywhere", "input": "Who demanded an apology?"}]}
    )

    input: str | list[Message]
    text: TextConfig | None = None
    previous_response_id: None = Field(None, description="not supported: send the earlier turns as `input`")
    conversation: None = Field(None, description="not supported: send the earlier turns as `input`")
    background: Annotated[StrictBool, Field(json_schema_extra={"const": False})] | None = None

    @field_validator("background")
    @classmethod
    def _in_foreground(cls, value: bool | None) -> bool | None:
        if value:
            raise ValueError("not supported: there is nothing to wait for")
        return value
