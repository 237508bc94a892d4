"""Wording of what happened at a stage."""

from __future__ import annotations

from evals.cases.case import Case
from evals.metrics.evidence_coverage import covered_groups
from rag.explanation.passage_trace import PassageTrace
from rag.types import Answer


def quoted(text: str, limit: int = 80) -> str:
    """A text in one line and quotation marks, cut where it is long."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= limit else line[: limit - 3] + '…'}”"


def sure(confidence: float) -> str:
    """A confidence as a percentage."""
    return f"{confidence:.0%} sure"


def nth(rank: int) -> str:
    """A rank as an ordinal number."""
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def first_instead(trace: PassageTrace) -> str:
    """That an expected passage was read, and another one ranks first."""
    read = f"its passage was read as {quoted(trace.read[0].text)}" if trace.read else "its passage was read"
    rank = f" and came {nth(trace.read_rank.rank)} by relevance" if trace.read_rank else ""
    other = f", but {quoted(trace.chosen.text)} elsewhere was preferred" if trace.chosen else ""
    return f"{read}{rank}{other}"


def cited_parts(case: Case, answer: Answer) -> str:
    """How many parts of the evidence an answer cites, and how much of a list or table it shows."""
    cited = len(covered_groups(answer.citations, case.must_cite))
    of_list = "" if answer.item_count is None else f"; the list or table has {answer.item_count}"
    return f"{cited} of {len(case.must_cite)} parts of the evidence are cited{of_list}"
