"""What OpenAI's forms have no field for: the field ``saywhere`` of its responses."""

from __future__ import annotations

from pydantic import Field

from rag.types import AnswerUnit, Certainty, Reason, TalkKind
from rag.wire.asking import AnswerOut, AskedAs, Confidence, Drafted, ShortAnswerConfidence
from rag.wire.base import Out


class Verdict(Out):
    """Whether there is an answer, and how certain it is; the fields are those of an answer of `/v1/ask`."""

    id: str = Field(description="names this answer, for feedback")
    answered: bool
    unit: AnswerUnit | None
    certainty: Certainty | None
    confidence: Confidence
    short_answer_confidence: ShortAnswerConfidence
    drafted: Drafted
    reason: Reason | None = Field(description="why there is no answer")
    reply: TalkKind | None = Field(
        None, description="what the line is where nothing was asked of the documents"
    )
    asked_as: AskedAs = None


def verdict_of(answer: AnswerOut) -> Verdict:
    """The verdict of an answer or abstention."""
    return Verdict(
        id=answer.id,
        answered=answer.answered,
        unit=answer.unit,
        certainty=answer.certainty,
        confidence=answer.confidence,
        short_answer_confidence=answer.short_answer_confidence,
        drafted=answer.drafted,
        reason=answer.abstention.reason if answer.abstention else None,
        reply=answer.reply.kind if answer.reply else None,
        asked_as=answer.asked_as,
    )
