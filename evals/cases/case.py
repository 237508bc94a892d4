"""A question with its known answer: the type that outcomes are scored against.

``evals/datasets/README.md`` shows how cases are written, ``evals/cases/form.py`` checks that form, and
``evals/cases/load.py`` reads a file of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evals.cases.evidence import Evidence
from evals.cases.matchers import Exact, Matcher
from rag.errors import SaywhereError
from rag.types import DEFAULT_COLLECTION, Question, QuestionForm, Turn

UnanswerableKind = Literal[
    "missing_detail",  # the documents have the subject, not the detail asked for
    "swapped_name",  # asked of another person, place or organisation than the documents'
    "false_premise",  # presupposes what the documents don't say
    "neighbouring_topic",  # close to the documents' subject, not in them
    "off_topic",
    "underspecified",  # several things could be meant
]
YesOrNo = Literal["yes", "no"]


class DatasetError(SaywhereError):
    """A data set that can't be used; the message names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question with its known answer. ``answers`` is empty where there is none.

    ``must_cite`` has groups of alternative evidence: of each group one must be cited. ``may_cite`` is
    acceptable too, ``must_not_cite`` never. ``form`` is the form in which the answer is asked for: it decides
    when an answer is right (``evals/metrics/verdict.py``); the items of a list and the steps of a procedure
    are each a group of ``must_cite``. ``polarity`` is the right answer of a yes/no question. ``history`` are
    the turns before the question. A ``draft`` was made by a program and not yet checked by a person: it is
    never asked.
    """

    id: str
    question: str
    answerable: bool
    answers: tuple[Matcher, ...] = ()
    kind: UnanswerableKind | None = None
    form: QuestionForm | None = None
    polarity: YesOrNo | None = None
    must_cite: tuple[tuple[Evidence, ...], ...] = ()
    may_cite: tuple[Evidence, ...] = ()
    must_not_cite: tuple[Evidence, ...] = ()
    history: tuple[Turn, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    draft: bool = False
    note: str = ""

    @property
    def exact_answers(self) -> tuple[str, ...]:
        """Accepted short answers, for exact match and F1; empty where only rules accept answers."""
        return tuple(answer.text for answer in self.answers if isinstance(answer, Exact))

    def as_question(self, collection: str = DEFAULT_COLLECTION) -> Question:
        """The question in the engine's form."""
        return Question(text=self.question, history=self.history, filters=self.filters, collection=collection)
