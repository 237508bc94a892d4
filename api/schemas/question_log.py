"""What was asked and not answered, and how often."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from evals.cases.case import UnanswerableKind
from rag.wire.asking import CitationOut
from rag.wire.base import In, Out, Probability
from rag.wire.documents import DocumentSummary


class _OfLog(Out):
    """What says whether there can be anything."""

    enabled: bool = Field(description="whether questions are logged (`SAYWHERE_QUESTION_LOG__ENABLED`)")
    days: int = Field(description="how long they are kept")


class WordingOut(Out):
    """A question as it was worded."""

    question: str
    count: int
    open: bool = Field(description="not answered until now")


class GapOut(Out):
    """Questions of one meaning that were not answered, the most asked wording first."""

    id: str
    collection: str
    question: str = Field(description="the most asked wording")
    open: bool = Field(description="false: later documents answer every wording")
    count: int = Field(description="how often it was asked in vain")
    by_week: list[int] = Field(description="how often in each of the last eight weeks, the oldest first")
    confidence: Probability = Field(description="the highest that any of them had")
    wordings: list[WordingOut]
    closest: list[CitationOut] = Field(description="the nearest passages that are still stored as they were")
    first_at: str
    last_at: str
    closed_at: str | None


class GapList(_OfLog):
    """Gaps: the open ones first, the most asked first."""

    gaps: list[GapOut]


class AskedOut(Out):
    """Questions of one meaning, by their most asked wording."""

    question: str
    count: int
    answered: int
    helpful: int
    unhelpful: int


class UsageOut(_OfLog):
    """What is asked of a collection."""

    collection: str
    asked: int
    answered: int
    since: str | None = Field(description="time of the oldest question that is kept")
    most_asked: list[AskedOut]
    most_disliked: list[AskedOut] = Field(description="by thumbs down")
    never_cited: list[DocumentSummary] = Field(description="no answer that is kept cites them; at most 100")
    never_cited_total: int


class CaseIn(In):
    """What would be right. Neither of both makes a draft for a person to complete."""

    answers: list[Annotated[str, Field(min_length=1, max_length=1_000)]] = Field(
        [], max_length=20, description="accepted answers"
    )
    unanswerable: UnanswerableKind | None = Field(None, description="the documents hold no answer; says why")

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if self.answers and self.unanswerable:
            raise ValueError("a case has an answer or is unanswerable, not both")
        return self


class CaseOut(Out):
    """The evaluation case of a gap."""

    case: dict[str, Any] = Field(description="as it stands in a file of cases")
    added: bool = Field(description="false: the file has a case with this question already")
    file: str = Field(description="name of the file, in the data folder")
