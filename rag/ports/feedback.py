"""The feedback store: readers' judgements of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A reader's judgement of one answer, or of an abstention (``answer`` is empty then).

    ``citations`` are the answer's, as ``(document_id, version, start, end)`` with offsets in code points.
    ``at`` is a UTC time in ISO 8601, set by the store.
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
    """Feedback, in the data folder.

    Laws: one entry for each answer, later feedback replaces earlier feedback; the number of entries and
    their age are bounded, the oldest are deleted first; each call is one transaction, durable when it
    returns. Every call may raise StorageError.
    """

    def key(self) -> bytes:
        """The secret by which this folder's answers are signed: random, made once, 32 bytes."""
        ...

    def put(self, feedback: Feedback) -> None:
        """Stores feedback with the present time as ``at``; deletes what is too old or too much."""
        ...

    def list(self, *, helpful: bool | None = None, limit: int = 100) -> list[Feedback]:
        """The newest entries first; only those with this value of ``helpful``, if given."""
        ...

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        """Deletes the feedback on answers that cite one of these documents; returns the number of entries."""
        ...

    def vacuum(self) -> None:
        """Shrinks the file: no byte of deleted entries stays in it."""
        ...

    def close(self) -> None: ...
