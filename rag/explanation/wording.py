"""Wording of numbers and texts in explanations."""

from __future__ import annotations

from rag.types import Answer, Certainty, StatementRole

_ITEM_ROLES = frozenset({StatementRole.ITEM, StatementRole.ROW})


def one_line(text: str) -> str:
    """A text with all white space folded."""
    return " ".join(text.split())


def count(n: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{n} {one if n == 1 else many}"


def margin(value: float) -> str:
    """How far, in logits, the reader scored a span above or below "no answer"."""
    if value >= 0:
        return f"{value:.1f} above “not answered here”"
    return f"{-value:.1f} below “not answered here”"


def relevance(value: float) -> str:
    """A passage's relevance: the logit that it holds what was asked, against "none does"."""
    return f"{abs(value):.1f} {'above' if value >= 0 else 'below'} “none of them”"


def certainty(answer: Answer) -> str:
    """How an answer is marked."""
    return "yes" if answer.certainty is Certainty.SURE else str(answer.certainty)


def items_shown(answer: Answer) -> int:
    """How many items or rows the statements of an answer show."""
    return sum(statement.role in _ITEM_ROLES for statement in answer.statements)
