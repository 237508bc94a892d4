"""Kinds of synthetic records, as teams keep them in tables, and how people ask about their fields.

The kinds are in ``kinds/`` (`mixed.toml` describes the format), remarks that fit any record in
`remarks.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evals.train.synthetic.values import alternatives

_KINDS, _REMARKS = Path(__file__).with_name("kinds"), Path(__file__).with_name("remarks.toml")


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a kind of record.

    Attributes:
        headings: its names in a table.
        value_spec: see ``sample_value``.
        questions: about a cell, with the record's key in braces.
        reverse_questions: with a cell's value in braces, whose answer is the key.
    """

    headings: tuple[str, ...]
    value_spec: str
    questions: tuple[str, ...]
    reverse_questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record: the names of its key's column, the key's specification, the other columns."""

    key_headings: tuple[str, ...]
    key_spec: str
    columns: tuple[Column, ...]


@cache
def remarks() -> Mapping[str, tuple[str, ...]]:
    """Remarks that fit any record, each with the questions that it answers."""
    return {remark: alternatives(questions) for remark, questions in read_toml(_REMARKS)["remarks"]}


@cache
def record_kinds() -> tuple[RecordKind, ...]:
    """All kinds of record, by file name and then in file order."""
    return tuple(
        RecordKind(
            key_headings=alternatives(kind["heads"]),
            key_spec=kind["key"],
            columns=tuple(_column(*column) for column in kind["columns"]),
        )
        for path in sorted(_KINDS.glob("*.toml"))
        for kind in read_toml(path)["kind"]
    )


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _column(headings: str, value_spec: str, questions: str, reverse_questions: str = "") -> Column:
    return Column(
        alternatives(headings), value_spec, alternatives(questions), alternatives(reverse_questions)
    )
