"""Counts for the ``usage`` of a response.

No model's tokens are spent. Clients expect numbers, so words are counted: those of the messages that were
read, and those of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.markdown.writer import Message
from rag.types import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Words read and written."""

    read: int
    written: int


def usage_of(question: Question, message: Message) -> Usage:
    """The words of the question with its history, and those of the message."""
    texts = [question.text, *(text for turn in question.history for text in (turn.question, turn.answer))]
    return Usage(read=sum(len(text.split()) for text in texts), written=len(message.text.split()))
