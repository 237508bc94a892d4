"""What a run came to, as it is kept: a committed baseline, or a report's JSON. Both are read alike.

A baseline holds no times and no texts of documents, so that it may be committed and its diff read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.cases.case import DatasetError

ENDING = ".baseline.json"
KEPT = ("id", "question", "answerable", "passed", "right", "answer", "stage", "why", "scores", "documents")
_FORM = ConfigDict(frozen=True, extra="ignore")


class Result(BaseModel):
    """One case of a kept run. ``documents`` are the addresses of what it cited or showed."""

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


class Results(BaseModel):
    """A kept run. ``documents`` are the versions that were asked, by address."""

    model_config = _FORM
    dataset: str
    figures: dict[str, _Figure]
    models: dict[str, str] = {}
    documents: dict[str, str] = {}
    cases: tuple[Result, ...]

    def value(self, name: str) -> float | None:
        """A figure's value, None where it was not measured."""
        figure = self.figures.get(name)
        return None if figure is None else figure.value


def of_data(data: Mapping[str, Any]) -> Results:
    """The kept part of a run's JSON data."""
    return Results.model_validate(data)


def load(path: Path) -> Results:
    """A baseline or report.

    Raises:
        DatasetError: it can't be read, or is neither.
    """
    try:
        return Results.model_validate_json(path.read_text(encoding="utf-8"))
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
    return cases.with_name(cases.stem + ENDING)


def as_baseline(data: Mapping[str, Any]) -> str:
    """The text of a baseline: a case a line, so that a diff shows which ones changed."""
    head = {
        "dataset": data["dataset"],
        "models": data["models"],
        "documents": data["documents"],
        "figures": {k: {"value": f["value"], "n": f["n"]} for k, f in data["figures"].items()},
    }
    lines = [_dump({key: case[key] for key in KEPT if case.get(key) is not None}) for case in data["cases"]]
    told = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{told},\n "cases": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
