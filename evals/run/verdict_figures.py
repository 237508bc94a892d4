"""Figures of verdicts, of certainty, and of both probabilities of an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from evals.metrics.calibration import expected_calibration_error
from evals.metrics.risk import risk
from evals.metrics.verdict import AnswerVerdict
from evals.run.figures import Figure, mean, statistic
from evals.run.runner import Record
from rag.types import Answer, Certainty


def share_figures(records: Sequence[Record]) -> list[Figure]:
    """Shares of verdicts, ``shown`` and evidence coverage, of the answerable; ``abstained`` of the others.

    A question that raised an error stays in every denominator.
    """
    answerable = [record for record in records if record.case.answerable]
    return [
        _share("answered_right", answerable, lambda record: record.scores.right),
        _share("partly_right", answerable, _is(AnswerVerdict.PARTLY)),
        _share("answered_wrong", answerable, _is(AnswerVerdict.WRONG)),
        _share("unanswered", answerable, _is(AnswerVerdict.ABSTAINED)),
        mean("shown", [record.scores.shown for record in answerable]),
        mean("evidence_coverage", [record.scores.evidence_coverage for record in answerable]),
        _share(
            "abstained", [r for r in records if not r.case.answerable], lambda record: record.scores.right
        ),
    ]


def certainty_figures(records: Sequence[Record]) -> list[Figure]:
    """The share of answerable questions answered with each certainty, and the risk of answers told as sure.

    ``risk`` and ``risk_sure`` are over all answers given, those to unanswerable questions included.
    """
    answerable = [record for record in records if record.case.answerable]
    answered = [record for record in records if record.answered]
    sure = [record for record in answered if _certainty(record) is Certainty.SURE]
    return [
        *(_share(f"coverage_{one}", answerable, _has_certainty(one)) for one in Certainty),
        statistic("risk", _verdicts(answered), risk),
        statistic("risk_sure", _verdicts(sure), risk),
    ]


def calibration_figures(records: Sequence[Record]) -> list[Figure]:
    """Calibration errors over answers, in bins of equal mass.

    ``ece_evidence``: of ``confidence``, that the cited evidence holds what was asked. ``ece_short_answer``:
    of ``short_answer_confidence``, that the short answer, yes or no is right; only of answers that have one,
    to cases that accept one or are unanswerable.
    """
    answers = [(record.outcome, record.scores) for record in records if isinstance(record.outcome, Answer)]
    evidence = [(answer.confidence, scores.evidence_holds) for answer, scores in answers]
    short = [(answer.short_answer_confidence, scores.short_answer_right) for answer, scores in answers]
    return [_calibration("ece_evidence", evidence), _calibration("ece_short_answer", short)]


def _share(name: str, records: Sequence[Record], test: Callable[[Record], bool]) -> Figure:
    return mean(name, [float(test(record)) for record in records])


def _is(wanted: AnswerVerdict) -> Callable[[Record], bool]:
    return lambda record: record.scores.verdict is wanted


def _has_certainty(wanted: Certainty) -> Callable[[Record], bool]:
    return lambda record: _certainty(record) is wanted


def _certainty(record: Record) -> Certainty | None:
    return record.outcome.certainty if isinstance(record.outcome, Answer) else None


def _verdicts(records: Sequence[Record]) -> list[AnswerVerdict]:
    return [record.scores.verdict for record in records if record.scores.verdict is not None]


def _calibration(name: str, pairs: Iterable[tuple[float | None, float | None]]) -> Figure:
    """The figure over the pairs of a probability and what came true (1 or 0) of which both are there."""
    measured = [(p, bool(label)) for p, label in pairs if p is not None and label is not None]
    return statistic(name, measured, _ece)


def _ece(pairs: Sequence[tuple[float, bool]]) -> float | None:
    probabilities, labels = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return expected_calibration_error(probabilities, labels, mass="equal_mass")
