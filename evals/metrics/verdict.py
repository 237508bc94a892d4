"""The verdict on an outcome: right, partly right, wrong, abstained, declined, answered anyway.

What is right depends on the form that the question asks for:

- fact, definition: an accepted answer stands in what is said; without accepted answers as for the rest;
- list, how-to: 70 % of the items or steps are cited;
- yes/no, why, overview: half of the evidence is cited. An answer that says yes where no is right, or no where
  yes is, is wrong, whatever it cites.

A case without a form is right where its short answer equals an accepted one; it is never partly right.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from evals.cases.case import Case
from evals.cases.matchers import Prediction
from evals.metrics.accepted_answer import (
    is_accepted_answer_said,
    is_most_of_accepted_answer,
    said_polarity,
)
from evals.metrics.answer_right import answer_right
from evals.metrics.citation_precision_recall import citation_recall
from evals.metrics.evidence_coverage import evidence_coverage
from rag.types import Answer, Citation, Outcome, QuestionForm

ITEMS_SHARE = 0.7  # of a list's items or a procedure's steps
EVIDENCE_SHARE = 0.5  # of the evidence in every other form
_ITEM_FORMS = frozenset({QuestionForm.LIST, QuestionForm.HOW_TO})
_ANSWER_FORMS = frozenset({QuestionForm.FACT, QuestionForm.DEFINITION})


class AnswerVerdict(StrEnum):
    """What became of a question: the first four are of answerable ones, the others of unanswerable ones."""

    RIGHT = "right"
    PARTLY = "partly"  # some of the evidence is cited, not enough of it
    WRONG = "wrong"
    ABSTAINED = "abstained"
    DECLINED = "declined"
    ANSWERED_ANYWAY = "answered_anyway"

    @property
    def is_wrong_answer(self) -> bool:
        """True where an answer was given that misleads: a wrong one, or one to an unanswerable question."""
        return self in {AnswerVerdict.WRONG, AnswerVerdict.ANSWERED_ANYWAY}


def verdict(case: Case, outcome: Outcome) -> AnswerVerdict:
    """The verdict on one outcome."""
    if not isinstance(outcome, Answer):
        return AnswerVerdict.ABSTAINED if case.answerable else AnswerVerdict.DECLINED
    if not case.answerable:
        return AnswerVerdict.ANSWERED_ANYWAY
    if _is_right(case, outcome):
        return AnswerVerdict.RIGHT
    is_partly = case.form is not None and not has_wrong_polarity(case, outcome)
    return AnswerVerdict.PARTLY if is_partly and coverage(case, outcome.citations) else AnswerVerdict.WRONG


def has_wrong_polarity(case: Case, answer: Answer) -> bool:
    """True where an answer says yes and no is right, or the other way round."""
    said = said_polarity(answer)
    return case.polarity is not None and said is not None and said != case.polarity


def coverage(case: Case, citations: Iterable[Citation]) -> float:
    """Evidence coverage of a case; 0.0 where it names no evidence."""
    return evidence_coverage(tuple(citations), case.must_cite) if case.must_cite else 0.0


def required_share(case: Case) -> float:
    """The share of the evidence that an answer must cite to hold what was asked."""
    return ITEMS_SHARE if case.form in _ITEM_FORMS else EVIDENCE_SHARE


def is_decided_by_answers(case: Case) -> bool:
    """True for a fact or definition with accepted answers: these decide, and not the evidence."""
    return bool(case.answers) and case.form in _ANSWER_FORMS


def evidence_holds(case: Case, outcome: Answer) -> bool:
    """Whether what an answer cites holds what was asked: enough of the evidence, or the accepted answer.

    That is what ``Answer.confidence`` is the probability of. A short answer may be wrong beside it.
    """
    if not case.answerable:
        return False
    return coverage(case, outcome.citations) >= required_share(case) or _is_right(case, outcome)


def _is_right(case: Case, answer: Answer) -> bool:
    prediction = Prediction(text=answer.text, statements=tuple(s.text for s in answer.statements))
    if case.form is None:
        return _is_right_without_form(case, answer, prediction)
    if has_wrong_polarity(case, answer):
        return False
    share = coverage(case, answer.citations)
    if is_decided_by_answers(case):
        is_part = share >= EVIDENCE_SHARE and is_most_of_accepted_answer(case, answer.text)
        return is_accepted_answer_said(case, prediction) or is_part
    return share >= required_share(case)


def _is_right_without_form(case: Case, answer: Answer, prediction: Prediction) -> bool:
    if not case.answers:  # a ranking set: only the documents that answer are known
        return bool(case.must_cite) and citation_recall(answer.citations, case.must_cite) == 1.0
    return answer_right(prediction, case.answers)
