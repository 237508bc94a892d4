"""The LLM: a prompt to text, within a time."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What an LLM is asked: its task, and the material. Text of documents belongs into ``user`` alone."""

    system: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the endpoint counts them; None where it doesn't say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A whole text."""

    text: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The next piece of a text; may be empty. ``usage`` is set at most once, mostly by the last piece."""

    text: str
    usage: Usage | None = None


class Llm(Protocol):
    """Prompts to texts. Safe to use from several threads at once.

    Laws: the only exception is LlmError; nothing is tried again; no call takes longer than ``seconds``; a
    text that the model didn't end by itself raises CUT_OFF, one that it refuses REFUSED; a stream's pieces
    joined are the text that ``complete`` gives; closing a stream ends the request.
    """

    @property
    def name(self) -> str:
        """Names provider and model."""
        ...

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        """The whole text.

        Raises:
            LlmError: with the reason; ``TIME_OUT`` after ``seconds``.
        """
        ...

    def stream(self, prompt: Prompt, *, seconds: float) -> Generator[Chunk]:
        """The text in pieces, as they come. The request begins with the first ``next``.

        Raises:
            LlmError: while iterating, as ``complete`` does; what came before it may be part of a sentence.
        """
        ...

    def close(self) -> None:
        """Releases connections."""
        ...
