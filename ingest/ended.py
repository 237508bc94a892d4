"""The ends of ingest jobs, told to whoever wants to count them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ingest.report import Report
from rag.ports.jobs import JobKind, JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A job that ended. ``counts`` has its documents by outcome; ``seconds`` is the time that it ran."""

    kind: JobKind
    state: JobState
    seconds: float
    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of_sync(cls, report: Report) -> Ended:
        """The end of a sync that was done."""
        seconds = report.read_seconds + report.write_seconds
        return cls(kind=JobKind.SYNC, state=JobState.DONE, seconds=seconds, counts=report.counts())


class Ends:
    """Listeners, each called with every end, in the thread of the job.

    >>> ends = Ends()
    >>> ends.subscribe(lambda ended: print(ended.state))
    >>> ends.publish(Ended(kind=JobKind.SYNC, state=JobState.DONE, seconds=1.0))
    done
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[[Ended], None]] = []

    def subscribe(self, listener: Callable[[Ended], None]) -> None:
        self._listeners.append(listener)

    def publish(self, ended: Ended) -> None:
        for listener in self._listeners:
            listener(ended)
