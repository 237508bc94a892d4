"""Gaps as evaluation cases, in a file of the data folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from evals.cases.add import ExpectedAnswer, append_cases, case_ids, case_row
from rag.question_log.gaps import Gap, fold

FILE = "cases.jsonl"
_WRITING = Lock()


def add_case(path: Path, gap: Gap, expected: ExpectedAnswer) -> tuple[dict[str, Any], bool]:
    """The row of a gap's case, and whether it was added: a question is a case once.

    Raises:
        DatasetError: what is expected fits no case, or the file isn't one of cases.
        StorageError: the file can't be written.
    """
    with _WRITING:
        taken = case_ids(path)
        for row in _rows(path):
            if fold(row["question"]) in {fold(wording.question) for wording in gap.wordings}:
                return row, False
        tagged = replace(expected, tags=(*expected.tags, "gap"))
        row = case_row({"question": gap.question}, tagged, taken=taken)
        append_cases(path, [row])
    return row, True


def _rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file that ``case_ids`` has checked."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    rows: list[Mapping[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    return [dict(row) for row in rows]
