"""How reports name figures, stages and outcomes."""

from __future__ import annotations

from evals.run.runner import Record, answer_text

FIGURES = {
    "answered_right": "answered right (of answerable)",
    "partly_right": "answered partly right (of answerable)",
    "answered_wrong": "answered wrong (of answerable)",
    "unanswered": "abstained (of answerable)",
    "shown": "shown, answered or not (of answerable)",
    "evidence_coverage": "evidence cited (of answerable)",
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
    "coverage_sure": "answered as sure (of answerable)",
    "coverage_likely": "answered as likely (of answerable)",
    "risk": "wrong (of all answers)",
    "risk_sure": "wrong (of answers told as sure)",
    "auroc": "AUROC (confidence: answerable or not)",
    "aurc": "risk-coverage area (0 best)",
    "ece": "calibration error: answer right (0 best)",
    "ece_evidence": "calibration error: evidence holds what was asked (0 best)",
    "ece_short_answer": "calibration error: short answer right (0 best)",
    "errors": "questions that broke",
    "latency_p50": "latency, median",
    "latency_p95": "latency, 95th percentile",
    "cpu": "processor time a question",
}

FORMS = {
    "fact": "fact",
    "yes_no": "yes/no",
    "list": "list",
    "how_to": "how-to",
    "why": "why",
    "definition": "definition",
    "overview": "overview",
}

VERDICTS = {
    "right": "right",
    "partly": "partly right",
    "wrong": "wrong",
    "abstained": "abstained",
    "declined": "declined",
    "answered_anyway": "answered anyway",
}

# Of a form, in the order of the columns of a table.
FORM_FIGURES = {
    "answered_right": "right",
    "partly_right": "partly",
    "answered_wrong": "wrong",
    "unanswered": "abstained",
    "shown": "shown",
    "evidence_coverage": "evidence",
}

STAGES = {
    "ingest": "not ingested",
    "retrieve": "not retrieved",
    "unread": "retrieved, not read",
    "rank": "another passage ranked first",
    "read": "not read right",
    "trust": "not trusted rightly",
    "polarity": "yes for no, or no for yes",
    "cut": "too little of it",
    "cite": "not cited rightly",
    "broke": "broke",
    "unknown": "stage unknown",
}


def expected_label(record: Record) -> str:
    """The accepted answers, else the evidence that must be cited; for an unanswerable case its kind.

    Alternatives are set apart by a bar; of a case with a form, parts that all count by a plus sign.
    """
    case = record.case
    if not case.answerable:
        return f"no answer ({case.kind})"
    answers = " | ".join(str(answer) for answer in case.answers)
    sign = " | " if case.form is None else " + "
    evidence = sign.join(str(group[0]) for group in case.must_cite if group)
    return f"{case.polarity}: {evidence}" if case.polarity else answers or evidence


def shortened(expected: str, shown: int = 2) -> str:
    """The first of several accepted answers or parts, and how many more there are."""
    for sign, word in ((" | ", "or"), (" + ", "and")):
        parts = expected.split(sign)
        if len(parts) > shown + 1:
            return f"{sign.join(parts[:shown])} ({word} {len(parts) - shown} more)"
    return expected


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
