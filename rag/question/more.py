"""Questions for more of what was just answered: "Tell me more"."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.types import Question

_MORE = re.compile(
    r"(?:(?:please|ok(?:ay)?|and|can you|could you|would you|i'?d like to)[,\s]+)*"
    r"(?:(?:tell|show|give) me (?:some )?more|(?:read|see|know|say|explain) (?:some )?more|more(?: please)?"
    r"|(?:some )?more (?:details?|context|information)|mehr dazu)"
    r"(?: (?:details?|context|information))?(?: (?:about|on|of) (?:this|that|it))?(?:[,\s]+please)?[\s.!?]*",
    re.IGNORECASE,
)


def question_to_tell_more_of(question: Question) -> Question | None:
    """The earlier question whose answer is asked more of, with the turns before it; None: it is another one.

    >>> question_to_tell_more_of(Question(text="Tell me more about refunds")) is None
    True
    """
    history = question.history
    if not history or not _asks_for_more(question.text):
        return None
    while len(history) > 1 and _asks_for_more(history[-1].question):
        history = history[:-1]
    return replace(question, text=history[-1].question, history=history[:-1])


def _asks_for_more(text: str) -> bool:
    return _MORE.fullmatch(text.strip().replace("’", "'")) is not None
