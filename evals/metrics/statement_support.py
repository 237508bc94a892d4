"""Whether each statement is supported by its own citations: ALCE's citation recall and precision.

ALCE (Gao et al. 2023, arXiv:2305.14627) judges support by an entailment model. The judge here is
literal, so that it needs no model and can't be talked round: a statement is supported where its
content words stand in the quotes it cites. That is strict for a paraphrase and exact for a quote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.answering.comparison import normalise
from rag.types import Statement

Supports = Callable[[str, str], bool]  # (premise, statement)


def stated(premise: str, statement: str) -> bool:
    """True where every word of the statement is in the premise, as often or less.

    >>> stated("He called for an apology. Grady Judd spoke.", "He [Grady Judd] called for an apology.")
    True
    """
    return set(normalise(statement).split()) <= set(normalise(premise).split())


def statement_recall(
    statements: Sequence[Statement], quotes: Sequence[str], supports: Supports = stated
) -> float:
    """Share of statements that all their citations together support; 0.0 without a statement."""
    good = sum(supports(_joined(s.citations, quotes), s.text) for s in statements)
    return good / len(statements) if statements else 0.0


def statement_precision(
    statements: Sequence[Statement], quotes: Sequence[str], supports: Supports = stated
) -> float:
    """Share of citations that bear on their statement: it is supported, and by this one alone or not
    without this one. 0.0 where nothing is cited."""
    verdicts = [
        _bears(citation, statement, quotes, supports)
        for statement in statements
        for citation in statement.citations
    ]
    return sum(verdicts) / len(verdicts) if verdicts else 0.0


def _bears(citation: int, statement: Statement, quotes: Sequence[str], supports: Supports) -> bool:
    if not supports(_joined(statement.citations, quotes), statement.text):
        return False
    others = [index for index in statement.citations if index != citation]
    return supports(quotes[citation], statement.text) or not supports(_joined(others, quotes), statement.text)


def _joined(indices: Sequence[int], quotes: Sequence[str]) -> str:
    return " ".join(quotes[index] for index in indices)
