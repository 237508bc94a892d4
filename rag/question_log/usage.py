"""What is asked of a collection: most asked, most disliked, documents never cited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.ports.catalog import DocumentRecord
from rag.ports.embedder import Embedder
from rag.ports.question_log import LoggedQuestion
from rag.question_log.gaps import group_entries


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOften:
    """Questions of one meaning: how often asked, answered and rated, by the most asked wording."""

    question: str
    count: int
    answered: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Figures of logged questions.

    ``most_asked`` and ``most_disliked`` (by thumbs down) are questions by meaning; ``never_cited`` are
    documents that no logged answer cites, by uri. ``since`` is the time of the oldest entry, empty if there
    is none.
    """

    asked: int
    answered: int
    since: str
    most_asked: tuple[AskedOften, ...]
    most_disliked: tuple[AskedOften, ...]
    never_cited: tuple[DocumentRecord, ...]


def usage_of(
    log: Sequence[LoggedQuestion], records: Iterable[DocumentRecord], embedder: Embedder, *, limit: int = 10
) -> Usage:
    """The figures of a collection.

    Args:
        log: its questions, the newest first.
        records: its documents.
        limit: the length of each list of questions.
    """
    asked = [_asked_often(group) for group in group_entries(log, embedder)]
    by_count = sorted(asked, key=lambda one: -one.count)
    disliked = sorted((one for one in asked if one.unhelpful), key=lambda one: (-one.unhelpful, -one.count))
    cited = {place[0] for entry in log if entry.is_answered for place in entry.passages}
    return Usage(
        asked=len(log),
        answered=sum(entry.is_answered for entry in log),
        since=min((entry.at for entry in log), default=""),
        most_asked=tuple(by_count[:limit]),
        most_disliked=tuple(disliked[:limit]),
        never_cited=tuple(sorted((r for r in records if r.id not in cited), key=lambda r: r.uri)),
    )


def _asked_often(entries: Sequence[LoggedQuestion]) -> AskedOften:
    return AskedOften(
        question=entries[0].question,
        count=len(entries),
        answered=sum(entry.is_answered for entry in entries),
        helpful=sum(entry.helpful is True for entry in entries),
        unhelpful=sum(entry.helpful is False for entry in entries),
    )
