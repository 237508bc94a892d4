"""Reader for a folder of documents with questions in a colleague's words: ``docs/`` and ``queries.jsonl``.

A line has ``kind`` (fact, howto, yesno, list, definition, why), ``question``, ``answerable``, ``answer`` (the
shortest exact text that answers, or null), ``yesno`` ("yes", "no" or null) and ``evidence``: the exact
sentences, items or rows that a person needs to see, of a list or procedure all of them. ``id``, ``file`` and
``near`` (what looks like an answer) are optional and further keys are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.cases.case import Case, DatasetError, YesOrNo
from evals.cases.evidence import Evidence
from evals.cases.matchers import Exact
from evals.datasets.published import read_rows
from rag.types import QuestionForm

DOCUMENTS, QUERIES = "docs", "queries.jsonl"
Kind = Literal["fact", "howto", "yesno", "list", "definition", "why"]
_FORMS: Mapping[Kind, QuestionForm] = {
    "fact": QuestionForm.FACT,
    "howto": QuestionForm.HOW_TO,
    "yesno": QuestionForm.YES_NO,
    "list": QuestionForm.LIST,
    "definition": QuestionForm.DEFINITION,
    "why": QuestionForm.WHY,
}
_Text = Annotated[str, Field(min_length=1)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: str | None = None
    kind: Kind
    question: _Text
    answerable: bool
    answer: _Text | None = None
    yesno: YesOrNo | None = None
    evidence: list[_Text] = []


def is_colleague_set(folder: Path) -> bool:
    """True where a folder holds a set of this form."""
    return (folder / QUERIES).is_file() and (folder / DOCUMENTS).is_dir()


def read_colleague_cases(folder: Path) -> Iterator[Case]:
    """The questions as cases. Each part of the evidence must be cited, from whichever page it stands on.

    Raises:
        DatasetError: the file can't be read, or a line isn't of this form.
    """
    path = folder / QUERIES
    for number, row in enumerate(read_rows(path), 1):
        yield _case(_line(row, f"{path}: question {number}"), f"{folder.name}-{number}")


def _line(row: Mapping[str, Any], where: str) -> _Line:
    try:
        return _Line.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        raise DatasetError(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _case(line: _Line, default_id: str) -> Case:
    """Why an unanswerable question has no answer isn't said: it counts as ``missing_detail``."""
    case_id, form = line.id or default_id, _FORMS[line.kind]
    if not line.answerable:
        return Case(id=case_id, question=line.question, answerable=False, kind="missing_detail", form=form)
    return Case(
        id=case_id,
        question=line.question,
        answerable=True,
        answers=(Exact(line.answer),) if line.answer else (),
        form=form,
        polarity=line.yesno if form is QuestionForm.YES_NO else None,
        must_cite=tuple((Evidence(quote=text),) for text in line.evidence),
    )
