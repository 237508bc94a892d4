"""Question-answer pairs with known answers: their form on disk, their type, and a linter.

One JSON object a line::

    {"id": "apology-who-1", "question": "who demanded an apology?", "answerable": true,
     "answers": ["Grady Judd", "Sheriff Grady Judd"],
     "must_cite": ["He called for an apology", ["Sheriff Grady Judd", "Judd said"]],
     "may_cite": ["a sentence that is fair to cite too"], "tags": ["who", "pronoun"]}
    {"id": "judd-age", "question": "How old is Grady Judd?", "answerable": false,
     "kind": "missing_detail", "tags": ["age"]}

``answers`` are alternatives, any of which is right: a text (equal after SQuAD's normalisation),
``{"contains": [phrases]}`` (all of them in the answer or its supporting sentences),
``{"regex": pattern}`` (found in the answer), or ``{"number": 10000}`` (the answer's only number).
``must_cite`` are needs, each met by a citation that holds the quote (a list: any one of them); they
are exact text of a document but for white space. ``kind`` says why there is no answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from evals.matchers import Contains, Exact, Matcher, Number, Regex
from rag.errors import SaywhereError
from rag.types import Document

Kind = Literal[
    "missing_detail",  # the subject is there, the detail asked for is not
    "swapped_name",  # another person, place or body than the documents'
    "false_premise",  # takes for granted what the documents don't say
    "neighbouring_topic",  # near the documents' subject, not in them
    "off_topic",
]


_WORD = re.compile(r"[^\W_]+")


class DatasetError(SaywhereError):
    """A data set that can't be used; the message names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question with what is known of its answer. ``answers`` is empty where there is none."""

    id: str
    question: str
    answerable: bool
    answers: tuple[Matcher, ...] = ()
    kind: Kind | None = None
    must_cite: tuple[tuple[str, ...], ...] = ()
    may_cite: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def exact_answers(self) -> tuple[str, ...]:
        """Accepted short answers, for exact match and F1; empty where only rules decide."""
        return tuple(answer.text for answer in self.answers if isinstance(answer, Exact))


class _Rule(BaseModel):
    """A matcher on disk: exactly one of the three."""

    model_config = ConfigDict(extra="forbid")
    contains: list[str] | None = Field(None, min_length=1)
    regex: str | None = None
    number: float | None = None

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return value

    def matcher(self) -> Matcher:
        found: list[Matcher] = []
        if self.contains is not None:
            found.append(Contains(tuple(self.contains)))
        if self.regex is not None:
            found.append(Regex(self.regex))
        if self.number is not None:
            found.append(Number(self.number))
        if len(found) != 1:
            raise ValueError("an answer is a text or one of contains, regex, number")
        return found[0]


class _Line(BaseModel):
    """A case on disk."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answerable: bool
    answers: list[str | _Rule] = []
    kind: Kind | None = None
    must_cite: list[str | list[str]] = []
    may_cite: list[str] = []
    tags: list[str] = []

    def case(self) -> Case:
        return Case(
            id=self.id,
            question=self.question,
            answerable=self.answerable,
            answers=tuple(Exact(a) if isinstance(a, str) else a.matcher() for a in self.answers),
            kind=self.kind,
            must_cite=tuple((need,) if isinstance(need, str) else tuple(need) for need in self.must_cite),
            may_cite=tuple(self.may_cite),
            tags=tuple(self.tags),
        )


def load(path: Path) -> list[Case]:
    """The cases of a JSONL file, in order; empty lines are skipped.

    Raises:
        DatasetError: the file can't be read, or a line isn't a case.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from None
    return [_parse(path, n, line) for n, line in enumerate(lines, 1) if line.strip()]


def _parse(path: Path, number: int, line: str) -> Case:
    try:
        return _Line.model_validate_json(line).case()
    except ValidationError as error:
        # An answer may be a text or a rule: that a bad rule is no text either is no news.
        found = error.errors()
        first = next((e for e in found if e["type"] != "string_type"), found[0])
        where = ".".join(str(part) for part in first["loc"]) or "line"
        raise DatasetError(f"{path}:{number}: {where}: {first['msg']}") from None
    except ValueError as error:
        raise DatasetError(f"{path}:{number}: {error}") from None


def lint(cases: Sequence[Case], documents: Iterable[Document]) -> list[str]:
    """What is wrong with cases beside the documents they ask about, one plain line each.

    Finds double ids and questions, quotes that no document holds, answerable cases without answers
    or with none that the documents hold (rules apart), unanswerable ones with answers or without a
    kind. Empty: nothing wrong.
    """
    texts = [_flat(document.text) for document in documents]
    words = [_words(text) for text in texts]
    findings = [f"{name}: id used {n} times" for name, n in _doubles(case.id for case in cases)]
    asked = _doubles(" ".join(case.question.lower().split()) for case in cases)
    findings += [f"question asked {n} times: {question}" for question, n in asked]
    for case in cases:
        findings += [f"{case.id}: {line}" for line in (*_shape(case), *_held(case, texts, words))]
    return findings


def _doubles(values: Iterable[str]) -> list[tuple[str, int]]:
    return [(value, n) for value, n in Counter(values).items() if n > 1]


def _shape(case: Case) -> list[str]:
    if case.answerable:
        lines = [] if case.answers else ["answerable, but has no answers"]
        lines += [] if case.must_cite else ["answerable, but names no quote that must be cited"]
        return lines + ([f"answerable, but of kind {case.kind}"] if case.kind else [])
    lines = [] if case.kind else ["unanswerable, but has no kind"]
    return lines + (["unanswerable, but has answers or quotes"] if case.answers or case.must_cite else [])


def _held(case: Case, texts: Sequence[str], words: Sequence[str]) -> list[str]:
    quotes = [quote for need in (*case.must_cite, case.may_cite) for quote in need]
    lines = [f"no document holds {q!r}" for q in quotes if not any(_flat(q) in text for text in texts)]
    exact = [_words(answer) for answer in case.exact_answers]
    if len(exact) == len(case.answers) and exact and not _any_within(exact, words):
        lines.append(f"no document holds any of its answers ({', '.join(case.exact_answers)})")
    return lines


def _any_within(answers: Sequence[str], texts: Sequence[str]) -> bool:
    return any(answer in text for answer in answers for text in texts)


def _words(text: str) -> str:
    """Lower-cased words with a space around each: punctuation and mark-up tell none apart."""
    return " ".join(("", *_WORD.findall(text.lower()), ""))


def _flat(text: str) -> str:
    return " ".join(text.split())
