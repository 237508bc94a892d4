"""The messages of a conversation as a question with earlier turns.

System messages have no effect, since no language model is instructed: an answer is made of quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from api.markdown.message import ABSTENTIONS, DRAFTED, LIKELY, SOURCES
from api.openai.requests import Message
from rag.errors import InvalidQuestion
from rag.types import Question, Turn

_MAX_TURNS = 50
_TEXT_PARTS = {"text", "input_text", "output_text"}
_SHORT_ANSWER = re.compile(r"\*\*(.+?)\*\*(?:\n\n|$)")
_MARKS = re.compile(r" ?(?:\[\d+\])+")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def question_of(messages: Sequence[Message], *, collection: str, filters: Mapping[str, str]) -> Question:
    """The last message as a question; the user's earlier messages with their answers as its history.

    Raises:
        InvalidQuestion: the last message isn't the user's, or has parts that aren't text.
    """
    turns: list[Turn] = []
    asked: Message | None = None
    for message in messages:
        if message.role == "user":
            if asked is not None:
                turns.append(Turn(question=_text(asked)))
            asked = message
        elif message.role == "assistant" and asked is not None:
            turns.append(Turn(question=_text(asked), answer=earlier_answer(_text(message))))
            asked = None
    if asked is None:
        raise InvalidQuestion("the last message must be the user's question")
    return Question(
        text=_question_text(asked),
        history=tuple(turns[-_MAX_TURNS:]),
        collection=collection,
        filters=dict(filters),
    )


def earlier_answer(content: str) -> str:
    """What an earlier message of this service answered: its short answer, or its text without marks.

    Empty for an abstention. The message of another program is taken as it is.

    >>> earlier_answer("**Ada**\\n\\nShe asked. [1]\\n\\nSources:\\n\\n1. [Minutes](/documents/m)")
    'Ada'
    """
    text = content.strip()
    if text.startswith(tuple(ABSTENTIONS.values())):
        return ""
    text = text.rpartition(f"\n\n{SOURCES}\n")[0] or text
    text = text.removeprefix(LIKELY).removeprefix(DRAFTED).strip()
    short = _SHORT_ANSWER.match(text)
    return _ESCAPE.sub(r"\1", short[1] if short else _MARKS.sub("", text))


def _question_text(message: Message) -> str:
    if isinstance(message.content, list):
        for part in message.content:
            if part.type not in _TEXT_PARTS:
                raise InvalidQuestion(f"only text can be asked, not {part.type!r}")
    return _text(message)


def _text(message: Message) -> str:
    if isinstance(message.content, list):
        return "\n".join(part.text or "" for part in message.content if part.type in _TEXT_PARTS)
    return message.content or ""
