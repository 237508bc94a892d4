"""A drafted question with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import QuestionForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question that a document answers.

    ``quotes`` are exact texts of the document but for white space; each has to be cited. ``answers`` are
    accepted short answers; where there are none, ``form`` says how the evidence decides. ``name`` is the name
    in the question that it is about, if any.
    """

    question: str
    quotes: tuple[str, ...]
    answers: tuple[str, ...] = ()
    form: QuestionForm | None = None
    polarity: str | None = None
    name: str | None = None
