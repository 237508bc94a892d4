"""Risk: the share of the answers given that is wrong, at the system's own threshold.

Selective risk of Geifman & El-Yaniv 2017 (arXiv:1705.08500).
"""

from __future__ import annotations

from collections.abc import Iterable

from evals.metrics.verdict import AnswerVerdict

_NO_ANSWER = frozenset({AnswerVerdict.ABSTAINED, AnswerVerdict.DECLINED})


def risk(verdicts: Iterable[AnswerVerdict]) -> float | None:
    """Share of answers that mislead, in [0, 1], 0 best; None where no answer was given.

    Wrong answers count, and every answer to an unanswerable question; a partly right one does not.

    >>> risk([AnswerVerdict.RIGHT, AnswerVerdict.ANSWERED_ANYWAY, AnswerVerdict.ABSTAINED])
    0.5
    """
    answers = [one for one in verdicts if one not in _NO_ANSWER]
    return sum(one.is_wrong_answer for one in answers) / len(answers) if answers else None
