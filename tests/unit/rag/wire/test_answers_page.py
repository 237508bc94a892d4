"""The page of the documentation about an answer's JSON."""

from __future__ import annotations

from pathlib import Path

from rag.types import AnswerUnit, Certainty, StatementRole
from rag.wire.asking import AnswerOut, StatementOut

PAGE = (Path(__file__).parents[4] / "docs" / "answers.md").read_text(encoding="utf-8")


def test_every_field_that_says_what_is_answered_is_described() -> None:
    """Of an answer and of a statement, but for identity and trace."""
    fields = {*AnswerOut.model_fields, *StatementOut.model_fields} - {"id", "question", "trace"}
    assert [name for name in sorted(fields) if f"`{name}`" not in PAGE] == []


def test_every_unit_role_and_certainty_is_described() -> None:
    """By its value on the wire, as a row of the table or in one."""
    assert [unit for unit in AnswerUnit if f"| `{unit}` |" not in PAGE] == []
    roles = {role for role in StatementRole if role is not StatementRole.SENTENCE}
    assert [value for value in (*roles, *Certainty) if f"`{value}`" not in PAGE] == []
