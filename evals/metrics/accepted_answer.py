"""Whether an accepted short answer is given, in a question that has a form.

A case with a form is judged by what a reader is told: the accepted answer may stand anywhere in it. (A case
without a form is judged by ``answer_right``: the short answer equals an accepted one.)
"""

from __future__ import annotations

from evals.cases.case import Case, YesOrNo
from evals.cases.matchers import Exact, Prediction
from evals.cases.words import holds_words, words
from evals.metrics.answer_right import answer_right
from rag.types import Answer, QuestionForm

MIN_SHARE = 0.5  # of an accepted answer's words, where a shorter one is given


def is_accepted_answer_said(case: Case, prediction: Prediction) -> bool:
    """True where the words of an accepted answer stand in what is said, or a rule of the case accepts it."""
    said = " ".join((prediction.text, *prediction.statements))
    if any(holds_words(said, answer) for answer in case.exact_answers):
        return True
    return answer_right(prediction, [rule for rule in case.answers if not isinstance(rule, Exact)])


def is_most_of_accepted_answer(case: Case, text: str) -> bool:
    """True where a short answer is a part of an accepted one, and at least half of it.

    >>> case = Case(id="a", question="?", answerable=True, answers=(Exact("in late May"),))
    >>> is_most_of_accepted_answer(case, "late May"), is_most_of_accepted_answer(case, "May")
    (True, False)
    """
    return any(
        holds_words(answer, text) and len(words(text)) >= MIN_SHARE * len(words(answer))
        for answer in case.exact_answers
    )


def said_polarity(answer: Answer) -> YesOrNo | None:
    """Yes or no where an answer says nothing else; None for every other answer."""
    match words(answer.text):
        case ["yes"]:
            return "yes"
        case ["no"]:
            return "no"
    return None


def short_answer_right(case: Case, answer: Answer) -> bool | None:
    """Whether the short answer, yes or no is right; None where the case accepts none to compare it with.

    Every short answer to an unanswerable question is wrong. Of an answer without a short one ask nothing.
    """
    if not case.answerable:
        return False
    polarity = said_polarity(answer)
    if case.form is QuestionForm.YES_NO and polarity is not None:
        return None if case.polarity is None else polarity == case.polarity
    if not case.answers:
        return None
    prediction = Prediction(text=answer.text)
    if case.form is None:
        return answer_right(prediction, case.answers)
    return is_accepted_answer_said(case, prediction) or is_most_of_accepted_answer(case, answer.text)
