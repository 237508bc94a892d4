"""How reports name figures, stages and outcomes."""

from __future__ import annotations

from evals.run.runner import Record, answer_text

FIGURES = {
    "answered_right": "answered right (of answerable)",
    "abstained": "abstained (of unanswerable)",
    "citations_exact": "citations exact",
    "citation_recall": "citation recall",
    "citation_precision": "citation precision",
    "not_forbidden": "no forbidden place cited",
    "answer_in_citation": "answer stands in a citation",
    "statement_recall": "statements supported by their citations",
    "statement_precision": "citations that bear on their statement",
    "em": "exact match",
    "f1": "F1",
    "recall_1": "passage recall@1",
    "recall_5": "passage recall@5",
    "recall_10": "passage recall@10",
    "reciprocal_rank": "passage MRR",
    "ndcg_10": "passage nDCG@10",
    "abstention_precision": "abstention precision",
    "abstention_recall": "abstention recall",
    "balanced_accuracy": "balanced accuracy",
    "auroc": "AUROC (confidence: answerable or not)",
    "aurc": "risk-coverage area (0 best)",
    "ece": "calibration error (0 best)",
    "errors": "questions that broke",
    "latency_p50": "latency, median",
    "latency_p95": "latency, 95th percentile",
    "cpu": "processor time a question",
}

STAGES = {
    "ingest": "not ingested",
    "retrieve": "not retrieved",
    "read": "not read right",
    "trust": "not trusted rightly",
    "cite": "not cited rightly",
    "broke": "broke",
    "unknown": "stage unknown",
}


def expected_label(record: Record) -> str:
    """The accepted answers, else the evidence that must be cited; for an unanswerable case its kind."""
    if not record.case.answerable:
        return f"no answer ({record.case.kind})"
    answers = " | ".join(str(answer) for answer in record.case.answers)
    return answers or " | ".join(str(group[0]) for group in record.case.must_cite if group)


def shortened(alternatives: str, shown: int = 2) -> str:
    """The first of several accepted answers, and how many more there are."""
    parts = alternatives.split(" | ")
    more = len(parts) - shown
    return alternatives if more <= 1 else f"{' | '.join(parts[:shown])} (or {more} more)"


def outcome_label(record: Record) -> str:
    """The answer, or that there was none."""
    if record.outcome is None:
        return "an error"
    return answer_text(record.outcome) or "no answer"


def number(name: str, value: float | None, unit: str = "") -> str:
    """A figure's value as text."""
    if value is None:
        return "–"
    if unit:
        return f"{value:.1f} {unit}"
    return f"{value:g}" if name == "errors" else f"{value:.3f}"
