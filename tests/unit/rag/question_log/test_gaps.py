"""Gaps: unanswered questions by meaning, with counts, trend and closest passages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rag.adapters.onnx.embedder import OnnxEmbedder
from rag.ports.question_log import LoggedQuestion, Place
from rag.question_log.gaps import WEEKS, find_gap, find_gaps, gap_id
from rag.question_log.grouping import group_by_meaning
from tests.fakes.models import BagEmbedder

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
NEAR: Place = ("travel", "v1", 0, 9)
FAR: Place = ("pay", "v1", 5, 8)


def entry(question: str, days: float = 0, **changes: object) -> LoggedQuestion:
    """An open question that was asked so many days ago."""
    at = (NOW - timedelta(days=days)).isoformat(timespec="milliseconds")
    fields = {"outcome": "not_answered_here", "confidence": 0.2, "collection": "default"} | changes
    return LoggedQuestion(id=f"ans_{question}{days}", question=question, at=at, **fields)  # type: ignore[arg-type]


def test_paraphrases_are_one_group_and_look_alikes_are_not(embedder: OnnxEmbedder) -> None:
    """By the meaning of the real embedder; other numbers are another question."""
    texts = [
        "How long are server logs kept?", "How long do we keep logs of the servers?",
        "retention of server logs",
        "How long are invoices kept?", "How long must invoices be archived?",
        "When is the canteen open?", "opening hours of the canteen", "When does the gym open?",
        "How many vacation days do I get in 2025?", "How many vacation days do I get in 2026?",
        "How do I reset my password?", "I forgot my password, what now?", "How do I reset my VPN token?",
    ]  # fmt: skip
    groups = group_by_meaning(texts, embedder)
    assert groups == [[0, 1, 2], [3, 4], [5, 6], [7], [8], [9], [10, 11], [12]]


def test_no_questions_are_no_groups(embedder: OnnxEmbedder) -> None:
    """Also of the real embedder."""
    assert group_by_meaning([], embedder) == []
    assert find_gaps([], embedder, now=NOW) == []


def test_a_gap_has_counts_a_trend_and_the_closest_passages() -> None:
    """Its most asked wording first, case and marks folded; passages by how near and how often."""
    log = [
        entry("who pays for trains?", 1, passages=(FAR, NEAR), confidence=0.3),
        entry("Who pays for trains", 2, passages=(NEAR,)),
        entry("Today who pays for trains?", 8, passages=(NEAR,)),
        entry("Who pays for trains?", 7 * WEEKS + 1, passages=(NEAR,)),
        entry("Who pays?", 1, outcome="sure"),
    ]
    [gap] = find_gaps(log, BagEmbedder(), now=NOW)
    assert [(w.question, w.count) for w in gap.wordings] == [
        ("who pays for trains?", 3), ("Today who pays for trains?", 1)
    ]  # fmt: skip
    assert (gap.count, gap.by_week, gap.confidence) == (4, (0, 0, 0, 0, 0, 0, 1, 2), 0.3)
    assert gap.closest == (NEAR, FAR)
    assert (gap.first_at, gap.last_at) == (log[3].at, log[0].at)


def test_a_gap_is_open_while_a_wording_is_not_answered() -> None:
    """Then it is closed since the last of them was answered; asked again in vain, it is open once more."""
    answered = entry("Who pays for trains?", 1, answered_at="2026-03-31T10:00:00.000+00:00")
    other = entry("Today who pays for trains?", 1)
    [gap] = find_gaps([answered, other], BagEmbedder(), now=NOW)
    assert (gap.is_open, [w.is_open for w in gap.wordings]) == (True, [False, True])
    later = "2026-03-31T11:00:00.000+00:00"
    [gap] = find_gaps([answered, replace(other, answered_at=later)], BagEmbedder(), now=NOW)
    assert (gap.is_open, gap.closed_at) == (False, later)
    [gap] = find_gaps([entry("Who pays for trains?"), answered], BagEmbedder(), now=NOW)
    assert gap.is_open


def test_gaps_are_listed_by_count_and_closed_ones_last() -> None:
    """Each collection has its own."""
    closed = {"answered_at": "2026-03-31T10:00:00.000+00:00"}
    log = [
        *(entry("Where is the lamp?", days, **closed) for days in range(5)),
        *(entry("Which boat sails?", days) for days in range(2)),
        entry("Which boat sails?", 4, collection="hr"),
        entry("Anything else new?", 1),
    ]
    gaps = find_gaps(log, BagEmbedder(), now=NOW)
    assert [(gap.question, gap.collection, gap.count) for gap in gaps] == [
        ("Which boat sails?", "default", 2), ("Anything else new?", "default", 1),
        ("Which boat sails?", "hr", 1), ("Where is the lamp?", "default", 5),
    ]  # fmt: skip


def test_a_gap_is_found_by_any_of_its_wordings() -> None:
    """So that an id holds when another wording is asked more often."""
    gaps = find_gaps(
        [entry("Who pays for trains?"), entry("Now who pays for trains?", 1)], BagEmbedder(), now=NOW
    )
    assert [find_gap(gaps, gap_id(text)) for text in ("now who pays for trains", "who PAYS for trains?")] == [
        gaps[0], gaps[0]
    ]  # fmt: skip
    assert find_gap(gaps, gap_id("Who pays?")) is None
