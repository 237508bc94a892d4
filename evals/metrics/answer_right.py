"""Whether an answer is one that a case accepts."""

from __future__ import annotations

from collections.abc import Iterable

from evals.cases.matchers import Matcher, Prediction


def answer_right(prediction: Prediction, accepted: Iterable[Matcher]) -> bool:
    """True where any of the case's matchers accepts the answer.

    >>> from evals.cases.matchers import Exact
    >>> answer_right(Prediction(text="Judd", statements=()), [Exact("Grady Judd"), Exact("Judd")])
    True
    """
    return any(matcher.accepts(prediction) for matcher in accepted)
