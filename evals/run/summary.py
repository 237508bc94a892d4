"""A run in figures: each with its n and its 95 % interval, over all cases or those of a tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.metrics.abstention import AbstentionCounts, count_abstentions
from evals.metrics.auroc import auroc
from evals.metrics.calibration import expected_calibration_error
from evals.metrics.latency import percentile
from evals.metrics.risk_coverage import aurc
from evals.run.by_form import bounded_by_form
from evals.run.figures import Figure as Figure
from evals.run.figures import mean, statistic
from evals.run.runner import Record, Run
from evals.run.verdict_figures import calibration_figures, certainty_figures, share_figures

_MEANS = (
    "citation_recall",
    "citation_precision",
    "not_forbidden",
    "answer_in_citation",
    "statement_recall",
    "statement_precision",
    "em",
    "f1",
    "recall_1",
    "recall_5",
    "recall_10",
    "reciprocal_rank",
    "ndcg_10",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The cases of one tag: the share that is right, and citation recall."""

    tag: str
    right: Figure
    citation_recall: Figure


def summarise(run: Run) -> dict[str, Figure]:
    """All figures by name, in the order of reports.

    A case stays in every figure where the system abstained or raised an error: an answerable question
    without an answer counts as wrong in ``answered_right``, ``em``, ``f1`` and ``citation_recall``, an
    unanswerable one that raised an error as not abstained.
    """
    records = run.records
    figures = [
        *share_figures(records),
        mean("citations_exact", [float(e) for r in records for e in r.exact or ()]),
        *(mean(name, [getattr(r.scores, name) for r in records]) for name in _MEANS),
        *_abstention(records),
        *certainty_figures(records),
        *_confidence(records),
        *calibration_figures(records),
        Figure(name="errors", value=float(sum(bool(r.error) for r in records)), n=len(records)),
    ]
    return {figure.name: figure for figure in figures}


def bounded_figures(run: Run) -> dict[str, Figure]:
    """All figures that may have a bound: those of the run, and those of each form."""
    return {**summarise(run), **bounded_by_form(run)}


def slices(run: Run) -> list[Slice]:
    """A slice for each tag, most cases first; kinds of unanswerable cases count as tags."""
    tagged: dict[str, list[Record]] = {}
    for record in run.records:
        kind = () if record.case.answerable else (f"no answer: {record.case.kind}",)
        for tag in dict.fromkeys((*record.case.tags, *kind)):
            tagged.setdefault(tag, []).append(record)
    ordered = sorted(tagged.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [
        Slice(
            tag=tag,
            right=mean("right", [float(r.scores.right) for r in records]),
            citation_recall=mean("citation_recall", [r.scores.citation_recall for r in records]),
        )
        for tag, records in ordered
    ]


def latencies(run: Run) -> dict[str, Figure]:
    """Milliseconds of a question, by the clock and of this process's processor time.

    Apart from the other figures, as they differ from run to run.
    """
    times = [record.ms for record in run.records]
    n = len(times)
    figures = [
        Figure(name="latency_p50", value=percentile(times, 50), n=n, unit="ms"),
        Figure(name="latency_p95", value=percentile(times, 95), n=n, unit="ms"),
        Figure(name="cpu", value=run.cpu_ms / n if n else None, n=n, unit="ms"),
    ]
    return {figure.name: figure for figure in figures}


def _abstention(records: Sequence[Record]) -> list[Figure]:
    counts = _counts(records)
    return [
        statistic("abstention_precision", records, lambda rs: _counts(rs).precision, n=counts.abstained),
        statistic("abstention_recall", records, lambda rs: _counts(rs).recall, n=counts.unanswerable),
        statistic("balanced_accuracy", records, lambda rs: _counts(rs).balanced_accuracy),
    ]


def _counts(records: Sequence[Record]) -> AbstentionCounts:
    return count_abstentions([r.abstained for r in records], [r.case.answerable for r in records])


def _confidence(records: Sequence[Record]) -> list[Figure]:
    """Over all outcomes, how well confidence tells answerable from unanswerable (``auroc``); over answers,
    how well it tells right from wrong (``aurc``, ``ece``)."""
    asked = [r for r in records if r.outcome is not None]
    answered = [r for r in records if r.answered]
    return [
        statistic("auroc", asked, lambda rs: auroc(_confidences(rs), [r.case.answerable for r in rs])),
        statistic("aurc", answered, lambda rs: aurc(_confidences(rs), [r.scores.right for r in rs])),
        statistic(
            "ece",
            answered,
            lambda rs: expected_calibration_error(
                _confidences(rs), [r.scores.right for r in rs], mass="equal_mass"
            ),
        ),
    ]


def _confidences(records: Sequence[Record]) -> list[float]:
    return [record.outcome.confidence for record in records if record.outcome is not None]
