"""What readers thought of answers, kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reader thought of one answer; ``answer`` empty: of an abstention.

    ``citations`` are the places it cited, as ``(document_id, version, start, end)``. ``at`` is a UTC
    time in ISO 8601, given by the store.
    """

    answer_id: str
    collection: str
    question: str
    answer: str
    helpful: bool
    note: str = ""
    citations: tuple[tuple[str, str, int, int], ...] = ()
    at: str = ""


class FeedbackStore(Protocol):
    """What readers said of answers, kept beside the documents.

    Laws: one entry an answer, the later one takes the earlier one's place; each call is one
    transaction, durable when it returns.
    """

    def put(self, feedback: Feedback) -> None: ...

    def list(self, *, helpful: bool | None = None, limit: int = 100) -> list[Feedback]:
        """The newest first, those of one kind where ``helpful`` is given."""
        ...

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        """Removes what was said of answers that cite one of these documents; how many there were."""
        ...
