"""Reads a file of cases: JSON Lines, or YAML."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from evals.cases.case import Case, DatasetError
from evals.cases.form import CaseForm

YAML_SUFFIXES = (".yaml", ".yml")


def load_cases(path: Path) -> list[Case]:
    """The cases of a file, in order: JSON Lines (empty lines are skipped) or YAML.

    Raises:
        DatasetError: the file can't be read, or something in it isn't a case.
    """
    text = read_text(path)
    if path.suffix in YAML_SUFFIXES:
        rows = _yaml_rows(path, text)
    else:
        rows = [(f"{path}:{n}", line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    return [_parse(where, row) for where, row in rows]


def read_text(path: Path) -> str:
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
    try:
        data = json.loads(row) if isinstance(row, str) else row
        return CaseForm.model_validate(data).case()
    except ValidationError as error:
        raise DatasetError(f"{where}: {_first(error)}") from None
    except ValueError as error:
        raise DatasetError(f"{where}: {error}") from None


def _first(error: ValidationError) -> str:
    """The error that explains most: a union gives one for each of its members."""
    errors = error.errors()
    # An answer may be a text or a rule: that a bad rule is no text either explains nothing.
    of_members = {"string_type", "float_type", "date_type", "list_type", "model_type"}
    first = next((e for e in errors if e["type"] not in of_members), errors[0])
    loc: Iterable[Any] = (part for part in first["loc"] if not str(part).endswith("Form"))
    where = ".".join(str(part) for part in loc) or "line"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
