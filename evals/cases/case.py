"""Question-answer pairs with known answers: their type, and reading them from a file.

How they are written is told in ``evals/datasets/README.md``; the models of that form are in
``evals/cases/form.py``, the linter in ``evals/cases/lint.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from evals.cases.matchers import Exact, Matcher
from evals.cases.places import Place
from rag.errors import SaywhereError
from rag.types import DEFAULT_COLLECTION, Question, Turn

Kind = Literal[
    "missing_detail",  # the subject is there, the detail asked for is not
    "swapped_name",  # another person, place or body than the documents'
    "false_premise",  # takes for granted what the documents don't say
    "neighbouring_topic",  # near the documents' subject, not in them
    "off_topic",
    "underspecified",  # which of several is meant can't be told
]
YAML = (".yaml", ".yml")


class DatasetError(SaywhereError):
    """A data set that can't be used; the message names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question with what is known of its answer. ``answers`` is empty where there is none.

    ``must_cite`` are needs, each met by a citation of any one of its places; ``may_cite`` is fair to
    cite beside them, ``must_not_cite`` never. ``history`` are the turns before the question. A
    ``draft`` was made by a machine and not yet looked at by a person: it is never asked by a gate.
    """

    id: str
    question: str
    answerable: bool
    answers: tuple[Matcher, ...] = ()
    kind: Kind | None = None
    must_cite: tuple[tuple[Place, ...], ...] = ()
    may_cite: tuple[Place, ...] = ()
    must_not_cite: tuple[Place, ...] = ()
    history: tuple[Turn, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    draft: bool = False
    note: str = ""

    @property
    def exact_answers(self) -> tuple[str, ...]:
        """Accepted short answers, for exact match and F1; empty where only rules decide."""
        return tuple(answer.text for answer in self.answers if isinstance(answer, Exact))

    def asked(self, collection: str = DEFAULT_COLLECTION) -> Question:
        """The question as the engine takes it."""
        return Question(text=self.question, history=self.history, filters=self.filters, collection=collection)


def load(path: Path) -> list[Case]:
    """The cases of a file, in order: JSON Lines (empty lines are skipped) or YAML.

    Raises:
        DatasetError: the file can't be read, or something in it isn't a case.
    """
    text = read(path)
    if path.suffix in YAML:
        rows = _yaml_rows(path, text)
    else:
        rows = [(f"{path}:{n}", line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    return [_parse(where, row) for where, row in rows]


def read(path: Path) -> str:
    """A file's text. Raises DatasetError where it can't be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from None


def read_yaml(path: Path, text: str) -> Any:
    """Parsed YAML. Raises DatasetError, naming the line, where it isn't any."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise DatasetError(f"{path}{line}: {getattr(error, 'problem', None) or error}") from None


def _yaml_rows(path: Path, text: str) -> list[tuple[str, Any]]:
    """A list of cases, or a mapping that holds one under ``cases``."""
    data = read_yaml(path, text)
    rows = data.get("cases") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise DatasetError(f"{path}: no list of cases")
    return [(f"{path}: case {n}", row) for n, row in enumerate(rows, 1)]


def _parse(where: str, row: Any) -> Case:
    from evals.cases.form import CaseForm

    try:
        data = json.loads(row) if isinstance(row, str) else row
        return CaseForm.model_validate(data).case()
    except ValidationError as error:
        raise DatasetError(f"{where}: {_first(error)}") from None
    except ValueError as error:
        raise DatasetError(f"{where}: {error}") from None


def _first(error: ValidationError) -> str:
    """One thing that is wrong, said plainly: of a union's many complaints the one that fits best."""
    found = error.errors()
    # An answer may be a text or a rule: that a bad rule is no text either is no news.
    dull = {"string_type", "float_type", "date_type", "list_type", "model_type"}
    first = next((e for e in found if e["type"] not in dull), found[0])
    loc: Iterable[Any] = (part for part in first["loc"] if not str(part).endswith("Form"))
    where = ".".join(str(part) for part in loc) or "line"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
