"""The target of a link that a short answer ends with: "the portal (https://example.org/apply)"."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.types import Span, SpanAnswer

_ASKS = re.compile(
    r"\bwhere\b|\b(?:links?|urls?|address(?:es)?|web ?(?:sites?|pages?)|portal|forms?|e-?mails?|mail|phone"
    r"|contact|reach|write to|apply|register|sign up|download|book)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"[^\S\n]?\((?:https?://(?:[^\s()]|\([^\s()]*\))+|[\w.+'-]+@[\w-]+(?:\.[\w-]+)+|\+?[\d ./-]{5,30})\)"
)


def with_link_target(question: str, answer: SpanAnswer) -> SpanAnswer:
    """The answer with the target behind it, where the question asks where, for an address or a contact."""
    if _ASKS.search(question) is None:
        return answer
    target = _TARGET.match(answer.candidate.document.text, answer.span.end, answer.candidate.passage.span.end)
    if target is None:
        return answer
    return replace(answer, span=Span(answer.span.start, target.end()), text=answer.text + target[0])
