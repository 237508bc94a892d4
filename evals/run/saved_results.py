"""A saved run: a committed baseline, or a report's JSON. Both have the same form.

A baseline holds no times and no texts of documents, so that it can be committed and its diff reviewed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.cases.case import DatasetError

BASELINE_SUFFIX = ".baseline.json"
SAVED_FIELDS = (
    "id",
    "question",
    "answerable",
    "passed",
    "right",
    "answer",
    "stage",
    "why",
    "scores",
    "documents",
)
_FORM = ConfigDict(frozen=True, extra="ignore")


class SavedCase(BaseModel):
    """One case of a saved run. ``documents`` are the addresses of those it cited or showed."""

    model_config = _FORM
    id: str
    question: str
    answerable: bool
    passed: bool
    right: bool
    answer: str | None = None
    stage: str | None = None
    why: str | None = None
    scores: dict[str, float] = {}
    documents: tuple[str, ...] = ()


class _Figure(BaseModel):
    model_config = _FORM
    value: float | None
    n: int


class SavedRun(BaseModel):
    """A saved run. ``documents`` has the version of each document, by address."""

    model_config = _FORM
    dataset: str
    figures: dict[str, _Figure]
    models: dict[str, str] = {}
    documents: dict[str, str] = {}
    cases: tuple[SavedCase, ...]

    def value(self, name: str) -> float | None:
        """A figure's value, None where it was not measured."""
        figure = self.figures.get(name)
        return None if figure is None else figure.value


def saved_run(data: Mapping[str, Any]) -> SavedRun:
    """The part of a run's JSON data that is compared with other runs."""
    return SavedRun.model_validate(data)


def load_run(path: Path) -> SavedRun:
    """A baseline or report.

    Raises:
        DatasetError: it can't be read, or is neither.
    """
    try:
        return SavedRun.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "file"
        raise DatasetError(
            f"{path}: not a report or baseline of an evaluation: {where}: {first['msg']}"
        ) from None


def baseline_path(cases: Path) -> Path:
    """Where the baseline of a set lies: beside its cases."""
    return cases.with_name(cases.stem + BASELINE_SUFFIX)


def baseline_text(data: Mapping[str, Any]) -> str:
    """The text of a baseline: a case a line, so that a diff shows which ones changed."""
    head = {
        "dataset": data["dataset"],
        "models": data["models"],
        "documents": data["documents"],
        "figures": {k: {"value": f["value"], "n": f["n"]} for k, f in data["figures"].items()},
    }
    cases = [{key: case[key] for key in SAVED_FIELDS if case.get(key) is not None} for case in data["cases"]]
    lines = ",\n  ".join(json.dumps(case, ensure_ascii=False) for case in cases)
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{opening},\n "cases": [\n  {lines}\n ]\n}}\n'
