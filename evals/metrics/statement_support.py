"""Whether each statement is supported by its own citations: ALCE's citation recall and precision.

ALCE (Gao et al. 2023, arXiv:2305.14627) judges support by an entailment model. The judge here needs none: a
statement is supported where all its words stand in the quotes it cites. That is strict for a paraphrase and
exact for a quote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.answering.comparison import normalise
from rag.types import Statement

Supports = Callable[[str, str], bool]  # (premise, statement)


def words_supported(premise: str, statement: str) -> bool:
    """True where every word of the statement is in the premise.

    >>> words_supported("He called. Ada Byron spoke.", "He [Ada Byron] called.")
    True
    """
    return set(normalise(statement).split()) <= set(normalise(premise).split())


def statement_recall(
    statements: Sequence[Statement], quotes: Sequence[str], supports: Supports = words_supported
) -> float:
    """Share of statements that all their citations together support; 0.0 without a statement."""
    supported = sum(supports(_joined(s.citations, quotes), s.text) for s in statements)
    return supported / len(statements) if statements else 0.0


def statement_precision(
    statements: Sequence[Statement], quotes: Sequence[str], supports: Supports = words_supported
) -> float:
    """Share of citations that are needed, in [0, 1]; 0.0 where nothing is cited.

    A citation is needed where its statement is supported, and either by this one alone or not without it.
    """
    verdicts = [
        _is_needed(citation, statement, quotes, supports)
        for statement in statements
        for citation in statement.citations
    ]
    return sum(verdicts) / len(verdicts) if verdicts else 0.0


def _is_needed(citation: int, statement: Statement, quotes: Sequence[str], supports: Supports) -> bool:
    if not supports(_joined(statement.citations, quotes), statement.text):
        return False
    others = [index for index in statement.citations if index != citation]
    return supports(quotes[citation], statement.text) or not supports(_joined(others, quotes), statement.text)


def _joined(indices: Sequence[int], quotes: Sequence[str]) -> str:
    return " ".join(quotes[index] for index in indices)
