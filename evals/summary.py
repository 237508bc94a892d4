"""A run in figures: each with its n and, where it is a mean over questions, its 95 % interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.metrics.abstention import abstaining
from evals.metrics.auroc import auroc
from evals.metrics.calibration import expected_calibration_error
from evals.metrics.latency import percentile
from evals.metrics.risk_coverage import aurc
from evals.run import Record, Run
from evals.statistics import bootstrap_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number about a run over ``n`` things. ``value`` None: nothing to measure it on."""

    name: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    unit: str = ""


def summarise(run: Run) -> dict[str, Figure]:
    """All figures by name, in the order a reader wants them.

    No record ever drops out of a figure because the system kept silent or broke: an answerable
    question without an answer counts as wrong in ``answered_right``, ``em``, ``f1`` and
    ``citation_recall``, an unanswerable one that broke as not abstained.
    """
    records = run.records
    answerable = [r for r in records if r.case.answerable]
    unanswerable = [r for r in records if not r.case.answerable]
    figures = [
        _mean("answered_right", [float(r.scores.right) for r in answerable]),
        _mean("abstained", [float(r.scores.right) for r in unanswerable]),
        _mean("citations_exact", [float(e) for r in records for e in r.exact or ()]),
        _mean("citation_recall", _given(r.scores.citation_recall for r in records)),
        _mean("citation_precision", _given(r.scores.citation_precision for r in records)),
        _mean("answer_in_citation", _given(r.scores.answer_in_citation for r in records)),
        _mean("em", _given(r.scores.em for r in answerable)),
        _mean("f1", _given(r.scores.f1 for r in answerable)),
        *_abstention(records),
        *_confidence(records),
        Figure(name="errors", value=float(sum(bool(r.error) for r in records)), n=len(records)),
    ]
    return {figure.name: figure for figure in figures}


def latencies(run: Run) -> dict[str, Figure]:
    """Median and 95th percentile of a question, in milliseconds; apart, as they differ from run to run."""
    times = [record.ms for record in run.records]
    return {
        name: Figure(name=name, value=percentile(times, q), n=len(times), unit="ms")
        for name, q in (("latency_p50", 50), ("latency_p95", 95))
    }


def _given(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(name: str, values: Sequence[float]) -> Figure:
    if not values:
        return Figure(name=name, value=None, n=0)
    interval = bootstrap_interval(values)
    return Figure(name=name, value=interval.mean, n=len(values), low=interval.low, high=interval.high)


def _abstention(records: Sequence[Record]) -> list[Figure]:
    counts = abstaining([r.abstained for r in records], [r.case.answerable for r in records])
    return [
        Figure(name="abstention_precision", value=counts.precision, n=counts.right + counts.wrong),
        Figure(name="abstention_recall", value=counts.recall, n=counts.right + counts.missed),
        Figure(name="balanced_accuracy", value=counts.balanced_accuracy, n=len(records)),
    ]


def _confidence(records: Sequence[Record]) -> list[Figure]:
    """Confidence over all that came back tells answerable apart (``auroc``); over answers given, it
    is held against their being right (``aurc``, ``ece``)."""
    back = [(r.outcome.confidence, r.case.answerable) for r in records if r.outcome is not None]
    given = [(r.outcome.confidence, r.scores.right) for r in records if r.outcome and r.answered]
    confidence, right = [c for c, _ in given], [g for _, g in given]
    return [
        Figure(name="auroc", value=auroc([c for c, _ in back], [a for _, a in back]), n=len(back)),
        Figure(name="aurc", value=aurc(confidence, right), n=len(given)),
        Figure(
            name="ece",
            value=expected_calibration_error(confidence, right, mass="equal_mass"),
            n=len(given),
        ),
    ]
