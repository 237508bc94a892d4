"""What llama-index's chat responses hold beside their text: usage, refusals, and how the text ended.

llama-index leaves that in ``raw``: of OpenAI's protocol an object with ``choices`` and ``usage``, of Ollama's
a mapping with ``done`` and ``done_reason``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.errors import LlmError, LlmFailure
from rag.ports.llm import Usage


def usage_of(response: Any) -> Usage | None:
    """The token counts of a response; None where it has none."""
    raw = response.raw
    usage = raw.get("usage") if isinstance(raw, Mapping) else getattr(raw, "usage", None)
    if usage is None:
        return None
    prompt, completion = (_count(usage, name) for name in ("prompt_tokens", "completion_tokens"))
    if prompt is None and completion is None:
        return None
    return Usage(prompt_tokens=prompt, completion_tokens=completion)


def is_refusal(response: Any) -> bool:
    """Whether the model says in its protocol that it refuses, or a filter stopped it."""
    choice = _choice(response.raw)
    message = getattr(choice, "delta", None) or getattr(choice, "message", None)
    return bool(getattr(message, "refusal", None)) or _finish_reason(response.raw) == "content_filter"


def checked_end(response: Any, *, is_last: bool = True) -> bool:
    """Whether this response ends the text.

    Args:
        response: None where there was none.
        is_last: whether no other follows, so that it must end the text.

    Raises:
        LlmError: the text was cut off; MALFORMED where there was no response at all.
    """
    if response is None:
        raise LlmError(LlmFailure.MALFORMED, "the LLM's answer is empty")
    reason = _finish_reason(response.raw)
    if reason == "length":
        raise LlmError(LlmFailure.CUT_OFF, "the LLM's answer is longer than it may be")
    if reason is None and is_last:
        raise LlmError(LlmFailure.CUT_OFF, "the LLM's answer broke off")
    return reason is not None


def _finish_reason(raw: Any) -> str | None:
    if isinstance(raw, Mapping):
        return (raw.get("done_reason") or "stop") if raw.get("done") else None
    reason = getattr(_choice(raw), "finish_reason", None)
    return reason if isinstance(reason, str) else None


def _choice(raw: Any) -> Any:
    choices = getattr(raw, "choices", None)
    return choices[0] if choices else None


def _count(usage: Any, name: str) -> int | None:
    value = usage.get(name) if isinstance(usage, Mapping) else getattr(usage, name, None)
    return value if isinstance(value, int) else None
