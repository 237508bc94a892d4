"""An example of an answer that is a list: likely, cut, and with a part of the question unanswered."""

from __future__ import annotations

from typing import Any

from rag.answering.citations import to_citation
from rag.types import (
    Answer,
    AnswerUnit,
    Certainty,
    Document,
    Section,
    Span,
    Statement,
    StatementRole,
)
from rag.wire.convert import outcome_out

_LEAD_IN = "The following is paid back:"
_ITEMS = ("Train and bus tickets, second class.", "Meals on the way.")
_TEXT = "\n- ".join((_LEAD_IN, *_ITEMS, "Luggage of more than 20 kg."))
_DOCUMENT = Document(
    id="7be1a90c53d8f264",
    uri="handbook/travel.md",
    title="Travel handbook",
    text=_TEXT,
    media_type="text/markdown",
    sections=(Section(span=Span(0, len(_TEXT)), path=("What is paid",)),),
)
_PARTS = (_LEAD_IN, *_ITEMS)


def _span(part: str) -> Span:
    return Span(_TEXT.index(part), _TEXT.index(part) + len(part))


_ANSWER = Answer(
    question="What is paid back, and since when?",
    text="\n".join(_PARTS),
    unit=AnswerUnit.LIST,
    certainty=Certainty.LIKELY,
    statements=tuple(
        Statement(
            text=part, citations=(number,), role=StatementRole.ITEM if number else StatementRole.LEAD_IN
        )
        for number, part in enumerate(_PARTS)
    ),
    citations=tuple(to_citation(_DOCUMENT, _span(part)) for part in _PARTS),
    confidence=0.57,
    item_count=3,
    unanswered=("since when",),
)
LIST_ANSWER: dict[str, Any] = {
    **outcome_out(_ANSWER).model_dump(mode="json"),
    "id": "ans_3c9f1b6f0a6e4c7f9a0a5d2b8e417f60",
}
