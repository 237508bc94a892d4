"""Gaps: questions that the documents don't answer, grouped by meaning."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from rag.ports.embedder import Embedder
from rag.ports.question_log import LoggedQuestion, Place
from rag.question_log.grouping import group_by_meaning

WEEKS = 8  # of which a gap has counts
_MAX_WORDINGS = 2_000  # different questions that are grouped, the latest first
_CLOSEST = 3  # passages of a gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A question as it was worded, how often it was asked, and whether it is still not answered."""

    question: str
    count: int
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Unanswered questions of one meaning in one collection.

    Attributes:
        id: of any of its wordings (``gap_id``); given is that of the first.
        wordings: the most asked first.
        by_week: how often it was asked in each of the last ``WEEKS`` weeks, the oldest first.
        closest: the passages nearest to it, best first, as they were when it was asked.
        confidence: the highest.
        first_at, last_at: when it was asked first and last, ISO 8601 in UTC.
        closed_at: since when all wordings are answered; empty while one isn't.
    """

    id: str
    collection: str
    wordings: tuple[Wording, ...]
    count: int
    by_week: tuple[int, ...]
    closest: tuple[Place, ...]
    confidence: float
    first_at: str
    last_at: str
    closed_at: str = ""

    @property
    def question(self) -> str:
        """Its most asked wording."""
        return self.wordings[0].question

    @property
    def is_open(self) -> bool:
        return not self.closed_at


def find_gaps(log: Sequence[LoggedQuestion], embedder: Embedder, *, now: datetime) -> list[Gap]:
    """The gaps of logged questions: the open ones first, then by count, then the latest first.

    Args:
        log: the newest first.
        now: an aware time, the end of the last week that is counted.
    """
    unanswered = [entry for entry in log if not entry.is_answered]
    gaps = [
        _gap(group, now)
        for collection in sorted({entry.collection for entry in unanswered})
        for group in group_entries([e for e in unanswered if e.collection == collection], embedder)
    ]
    gaps.sort(key=lambda gap: gap.last_at, reverse=True)
    return sorted(gaps, key=lambda gap: (not gap.is_open, -gap.count))


def group_entries(entries: Sequence[LoggedQuestion], embedder: Embedder) -> list[list[LoggedQuestion]]:
    """The entries grouped by meaning, the group with the most asked wording first.

    Args:
        entries: the newest first; only their latest 2,000 wordings are grouped.
    """
    by_wording: dict[str, list[LoggedQuestion]] = {}
    for entry in entries:
        key = fold(entry.question)
        if key in by_wording or len(by_wording) < _MAX_WORDINGS:
            by_wording.setdefault(key, []).append(entry)
    wordings = sorted(by_wording.values(), key=lambda same: -len(same))
    groups = group_by_meaning([same[0].question for same in wordings], embedder)
    return [[entry for index in group for entry in wordings[index]] for group in groups]


def gap_id(question: str) -> str:
    """The id of a wording.

    >>> gap_id("Who pays?") == gap_id("who pays ")
    True
    """
    return f"gap_{sha256(fold(question).encode('utf-8', 'replace')).hexdigest()[:12]}"


def find_gap(gaps: Sequence[Gap], key: str) -> Gap | None:
    """The gap one of whose wordings has this id."""
    return next((gap for gap in gaps if key in {gap_id(w.question) for w in gap.wordings}), None)


def fold(question: str) -> str:
    """A question without what doesn't make it another: case, spaces, marks at its end."""
    return " ".join(question.casefold().split()).rstrip("?!. ")


def _gap(entries: Sequence[LoggedQuestion], now: datetime) -> Gap:
    by_wording: dict[str, list[LoggedQuestion]] = {}
    for entry in entries:
        by_wording.setdefault(fold(entry.question), []).append(entry)
    wordings = tuple(
        Wording(question=same[0].question, count=len(same), is_open=any(e.is_open for e in same))
        for same in by_wording.values()
    )
    is_closed = not any(wording.is_open for wording in wordings)
    times = sorted(entry.at for entry in entries)
    return Gap(
        id=gap_id(wordings[0].question),
        collection=entries[0].collection,
        wordings=wordings,
        count=len(entries),
        by_week=_by_week(times, now),
        closest=_closest(entries),
        confidence=max(entry.confidence for entry in entries),
        first_at=times[0],
        last_at=times[-1],
        closed_at=max(entry.answered_at for entry in entries) if is_closed else "",
    )


def _by_week(times: Sequence[str], now: datetime) -> tuple[int, ...]:
    ages = Counter((now - datetime.fromisoformat(time)) // timedelta(days=7) for time in times)
    return tuple(ages[week] for week in reversed(range(WEEKS)))


def _closest(entries: Sequence[LoggedQuestion]) -> tuple[Place, ...]:
    """The places nearest to the most questions, weighted by their rank (reciprocal)."""
    weights: defaultdict[Place, float] = defaultdict(float)
    for entry in entries:
        for rank, place in enumerate(entry.passages, 1):
            weights[place] += 1 / rank
    return tuple(sorted(weights, key=lambda place: -weights[place])[:_CLOSEST])
