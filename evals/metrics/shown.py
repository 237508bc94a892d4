"""Whether a person who reads an outcome sees what was asked, though the answer may be none."""

from __future__ import annotations

from evals.cases.case import Case
from evals.cases.words import holds_words
from evals.metrics.verdict import EVIDENCE_SHARE, AnswerVerdict, coverage, has_wrong_polarity, verdict
from rag.types import Answer, Outcome


def shown(case: Case, outcome: Outcome) -> bool:
    """True where what was asked stands in what is shown, for an answerable case.

    Of an answer: it is right, or cites some of the evidence and doesn't say the opposite. Of an abstention:
    the nearest passages hold half of the evidence, or an accepted answer.

    Raises:
        ValueError: the case is unanswerable, so that there is nothing to show.
    """
    if not case.answerable:
        raise ValueError("of an unanswerable question there is nothing to show")
    if isinstance(outcome, Answer):
        if verdict(case, outcome) is AnswerVerdict.RIGHT:
            return True
        return coverage(case, outcome.citations) > 0 and not has_wrong_polarity(case, outcome)
    nearest = " ".join(citation.quote for citation in outcome.nearest)
    has_answer = any(holds_words(nearest, answer) for answer in case.exact_answers)
    return has_answer or coverage(case, outcome.nearest) >= EVIDENCE_SHARE
