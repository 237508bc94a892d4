"""A run for people (tables on a terminal) and for programs (JSON in a stable order)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.gate import Verdict
from evals.run import Record, Run, answer_text, citations_of
from evals.summary import Figure
from rag.types import Answer, Citation, Outcome

_WORDS = {
    "answered_right": "answered right (of answerable)",
    "abstained": "abstained (of unanswerable)",
    "citations_exact": "citations exact",
    "citation_recall": "citation recall",
    "citation_precision": "citation precision",
    "answer_in_citation": "answer stands in a citation",
    "em": "exact match",
    "f1": "F1",
    "abstention_precision": "abstention precision",
    "abstention_recall": "abstention recall",
    "balanced_accuracy": "balanced accuracy",
    "auroc": "AUROC (confidence: answerable or not)",
    "aurc": "AURC (0 best)",
    "ece": "calibration error (0 best)",
    "errors": "questions that broke",
    "latency_p50": "latency, median",
    "latency_p95": "latency, 95th percentile",
}


def show(console: Console, name: str, run: Run, figures: Mapping[str, Figure]) -> None:
    """Prints the figures, then each case with trouble: what was asked, expected, got."""
    console.print(_figures_table(name, figures))
    troubled = [record for record in run.records if record.trouble]
    if troubled:
        console.print(_cases_table(troubled))


def show_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Prints a line a threshold."""
    for verdict in verdicts:
        console.print(
            escape(str(verdict)),
            style=None if verdict.passed else "bold red",
            highlight=False,
            soft_wrap=True,
        )


def expected(record: Record) -> str:
    """What would have been right, in words."""
    if not record.case.answerable:
        return f"no answer ({record.case.kind})"
    return " | ".join(str(answer) for answer in record.case.answers)


def got(record: Record) -> str:
    """What came back, in words."""
    if record.outcome is None:
        return "an error"
    return answer_text(record.outcome) or "no answer"


def as_data(
    name: str,
    run: Run,
    figures: Mapping[str, Figure],
    times: Mapping[str, Figure],
    verdicts: Sequence[Verdict],
    models: Mapping[str, str],
) -> dict[str, Any]:
    """The whole run as JSON data. Everything that varies from run to run is under ``times``."""
    return {
        "dataset": name,
        "passed": all(verdict.passed for verdict in verdicts),
        "models": dict(models),
        "figures": {key: _figure_data(figure) for key, figure in figures.items()},
        "verdicts": [_verdict_data(verdict) for verdict in verdicts],
        "cases": [_record_data(record) for record in run.records],
        "times": {
            **{key: _figure_data(figure) for key, figure in times.items()},
            "ms": {record.case.id: round(record.ms, 3) for record in run.records},
        },
    }


def _figures_table(name: str, figures: Mapping[str, Figure]) -> Table:
    table = Table(title=f"evaluation: {escape(name)}", title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("n", justify="right")
    for key, figure in figures.items():
        interval = "" if figure.low is None else f"{figure.low:.3f} – {figure.high:.3f}"
        table.add_row(_WORDS.get(key, key), _value(figure), interval, str(figure.n))
    return table


def _value(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    if figure.unit:
        return f"{figure.value:.1f} {figure.unit}"
    return f"{figure.value:g}" if figure.name == "errors" else f"{figure.value:.3f}"


def _cases_table(records: Sequence[Record]) -> Table:
    table = Table(title=f"{len(records)} cases with trouble", title_justify="left", show_lines=True)
    for column in ("case", "question", "expected", "got", "reason"):
        table.add_column(column, overflow="fold")
    for record in records:
        row = (record.case.id, record.case.question, expected(record), got(record), record.trouble)
        table.add_row(*(escape(cell) for cell in row))
    return table


def _figure_data(figure: Figure) -> dict[str, Any]:
    data: dict[str, Any] = {"value": _rounded(figure.value), "n": figure.n}
    if figure.low is not None:
        data["interval"] = [_rounded(figure.low), _rounded(figure.high)]
    return data


def _verdict_data(verdict: Verdict) -> dict[str, Any]:
    return {
        "figure": verdict.name,
        "bound": verdict.bound,
        "direction": "at_least" if verdict.at_least else "at_most",
        "passed": verdict.passed,
        "cases": list(verdict.cases),
    }


def _record_data(record: Record) -> dict[str, Any]:
    case, scores = record.case, record.scores
    return {
        "id": case.id,
        "question": case.question,
        "answerable": case.answerable,
        "kind": case.kind,
        "tags": list(case.tags),
        "expected": [str(answer) for answer in case.answers],
        "right": scores.right,
        "trouble": record.trouble,
        "scores": {
            "em": scores.em,
            "f1": _rounded(scores.f1),
            "citation_recall": _rounded(scores.citation_recall),
            "citation_precision": _rounded(scores.citation_precision),
            "answer_in_citation": scores.answer_in_citation,
        },
        "citations_exact": None if record.exact is None else all(record.exact),
        "outcome": None if record.outcome is None else _outcome_data(record.outcome),
        "error": record.error or None,
    }


def _outcome_data(outcome: Outcome) -> dict[str, Any]:
    """What was said with where; the trace, which holds times, is left out."""
    data: dict[str, Any] = {
        "answered": isinstance(outcome, Answer),
        "answer": answer_text(outcome) or None,
        "confidence": _rounded(outcome.confidence),
    }
    if isinstance(outcome, Answer):
        data["statements"] = [
            {"text": statement.text, "citations": list(statement.citations)}
            for statement in outcome.statements
        ]
    else:
        data["reason"] = str(outcome.reason)
    key = "citations" if isinstance(outcome, Answer) else "nearest"
    data[key] = [_citation_data(citation) for citation in citations_of(outcome)]
    return data


def _citation_data(citation: Citation) -> dict[str, Any]:
    return {
        "document_id": citation.document_id,
        "version": citation.version,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def _rounded(value: float | None) -> float | None:
    """Six digits: the last bits of a model's arithmetic say nothing."""
    return None if value is None else round(value, 6)
