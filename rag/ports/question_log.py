"""The question log: what was asked, and how it was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Place = tuple[str, str, int, int]
"""A passage: document id, version, start and end in code points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedQuestion:
    """One question as it was asked, with its outcome. Nothing says who asked.

    Attributes:
        id: the answer's id, by which a reader rates it.
        question: complete in itself: of a follow-up, the completed question.
        outcome: ``sure`` or ``likely`` of an answer, the ``Reason`` of an abstention.
        passages: cited by an answer, or nearest to an abstention, best first.
        helpful: a reader's thumb; None: not rated.
        generation: that of the catalog when it was last asked.
        answered_at: when asking it again gave an answer; empty: it didn't, or was answered at once.
        at: a UTC time in ISO 8601, set by the store.
    """

    id: str
    collection: str
    question: str
    outcome: str
    confidence: float
    filters: Mapping[str, str] = field(default_factory=dict)
    passages: tuple[Place, ...] = ()
    helpful: bool | None = None
    generation: int = 0
    answered_at: str = ""
    at: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether it was answered when it was asked."""
        return self.outcome in ANSWERED

    @property
    def is_open(self) -> bool:
        """Whether it has not been answered until now."""
        return not self.is_answered and not self.answered_at


ANSWERED = ("sure", "likely")
"""The outcomes of answers."""


class QuestionLog(Protocol):
    """Logged questions, in the data folder.

    Laws: number and age of entries are bounded, the oldest are deleted first, and none that is too old is
    ever listed; each call is one transaction, durable when it returns. Every call may raise StorageError.
    """

    def put(self, question: LoggedQuestion) -> None:
        """Stores a question with the present time as ``at``; deletes what is too old or too much."""
        ...

    def rate(self, question_id: str, *, helpful: bool) -> None:
        """Stores a reader's thumb, the last one given; an unknown id changes nothing."""
        ...

    def outdated(self, generation: int, *, limit: int) -> list[LoggedQuestion]:
        """Open questions that were last asked in another generation of the catalog: of those with the same
        collection, wording and filters the newest, the newest first."""
        ...

    def list(self, collection: str | None = None) -> list[LoggedQuestion]:
        """The questions of one collection, or of all; the newest first."""
        ...

    def asked_again(self, question: LoggedQuestion, *, generation: int, is_answered: bool) -> None:
        """Stores the outcome of asking again, for all open questions with this collection, wording and
        filters."""
        ...

    def purge(self) -> None:
        """Deletes what is too old."""
        ...

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        """Deletes questions with a passage of one of these documents; returns their number."""
        ...

    def vacuum(self) -> None:
        """Shrinks the file: no byte of deleted entries stays in it."""
        ...

    def close(self) -> None: ...
