"""Cases as they are written in a file: pydantic models that check every field.

``evals/datasets/README.md`` explains the form to people who write cases.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from evals.cases.case import Case, UnanswerableKind, YesOrNo
from evals.cases.dates import PartialDate
from evals.cases.evidence import Evidence
from evals.cases.matchers import Contains, Date, Exact, ItemList, Matcher, Number, Regex
from rag.types import QuestionForm, Span, Turn

_FORBID = ConfigDict(extra="forbid")
_RULES = ("contains", "regex", "number", "date", "list")
Text = Annotated[str, Field(min_length=1)]


def _as_written(value: object) -> object:
    """YAML reads an unquoted 2025 as a number; where a text is wanted, it is one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Written = Annotated[str, BeforeValidator(_as_written)]
Phrase = Annotated[Written, Field(min_length=1)]


class RuleForm(BaseModel):
    """A rule that accepts answers: exactly one of the five, with its options."""

    model_config = _FORBID
    contains: list[Phrase] | None = Field(None, min_length=1)
    regex: str | None = None
    number: float | None = None
    tolerance: float | None = Field(None, ge=0)
    day: str | None = Field(None, alias="date")
    items: list[Phrase] | None = Field(None, alias="list", min_length=1)
    ordered: bool | None = None

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return value

    @field_validator("day", mode="before")
    @classmethod
    def _is_date(cls, value: object) -> object:
        text = str(value) if isinstance(value, date | int) else value
        if isinstance(text, str):
            PartialDate.parse(text)
        return text

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        rules = [name for name, value in zip(_RULES, self._values(), strict=True) if value is not None]
        if len(rules) != 1:
            raise ValueError(f"an answer is a text or one of {', '.join(_RULES)}")
        if self.tolerance is not None and self.number is None:
            raise ValueError("tolerance belongs to a number")
        if self.ordered is not None and self.items is None:
            raise ValueError("ordered belongs to a list")
        return self

    def _values(self) -> tuple[object, ...]:
        return self.contains, self.regex, self.number, self.day, self.items

    def matcher(self) -> Matcher:
        """The rule as a matcher."""
        if self.contains is not None:
            return Contains(tuple(self.contains))
        if self.regex is not None:
            return Regex(self.regex)
        if self.number is not None:
            return Number(self.number, self.tolerance or 0.0)
        if self.day is not None:
            return Date(PartialDate.parse(self.day))
        return ItemList(tuple(self.items or ()), bool(self.ordered))


class EvidenceForm(BaseModel):
    """Evidence by its document, its quote, its offsets, or several of them."""

    model_config = _FORBID
    document: Phrase | None = None
    quote: Phrase | None = None
    start: int | None = Field(None, ge=0)
    end: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _is_evidence(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("a span has a start and an end")
        self.evidence()
        return self

    def evidence(self) -> Evidence:
        """As a value. Raises ValueError where it names nothing."""
        span = None if self.start is None or self.end is None else Span(self.start, self.end)
        return Evidence(quote=self.quote, document=self.document, span=span)


WrittenEvidence = Phrase | EvidenceForm
Rule = Text | RuleForm | float | date


class TurnForm(BaseModel):
    """An earlier question of the conversation with the answer it got."""

    model_config = _FORBID
    question: Text
    answer: str = ""


class CaseForm(BaseModel):
    """A case as it is written."""

    model_config = _FORBID
    id: Text
    question: Text
    answerable: bool
    answers: list[Rule] = []
    kind: UnanswerableKind | None = None
    form: QuestionForm | None = None
    polarity: YesOrNo | None = None
    must_cite: list[WrittenEvidence | list[WrittenEvidence]] = []
    may_cite: list[WrittenEvidence] = []
    must_not_cite: list[WrittenEvidence] = []
    history: list[TurnForm] = []
    filters: dict[str, Written] = {}
    tags: list[Written] = []
    draft: bool = False
    note: str = ""

    @field_validator("polarity", mode="before")
    @classmethod
    def _is_yes_or_no(cls, value: object) -> object:
        """YAML reads an unquoted yes or no as a truth value."""
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value

    @model_validator(mode="after")
    def _polarity_is_asked_for(self) -> Self:
        if self.polarity is not None and self.form is not QuestionForm.YES_NO:
            raise ValueError("polarity belongs to a question of form yes_no")
        if self.polarity is not None and not self.answerable:
            raise ValueError("an unanswerable question has no polarity")
        return self

    def case(self) -> Case:
        """The case as a value."""
        return Case(
            id=self.id,
            question=self.question,
            answerable=self.answerable,
            answers=tuple(_matcher(answer) for answer in self.answers),
            kind=self.kind,
            form=self.form,
            polarity=self.polarity,
            must_cite=tuple(_group(group) for group in self.must_cite),
            may_cite=_group(self.may_cite),
            must_not_cite=_group(self.must_not_cite),
            history=tuple(Turn(question=turn.question, answer=turn.answer) for turn in self.history),
            filters=self.filters,
            tags=tuple(self.tags),
            draft=self.draft,
            note=self.note,
        )


def _matcher(answer: Rule) -> Matcher:
    """An answer that YAML reads as a number or a date is a rule for numbers or dates."""
    if isinstance(answer, RuleForm):
        return answer.matcher()
    if isinstance(answer, float):
        return Number(answer)
    if isinstance(answer, date):
        return Date(PartialDate(answer.year, answer.month, answer.day))
    return Exact(answer)


def _group(written: WrittenEvidence | list[WrittenEvidence]) -> tuple[Evidence, ...]:
    alternatives = written if isinstance(written, list) else [written]
    return tuple(Evidence(quote=one) if isinstance(one, str) else one.evidence() for one in alternatives)
