"""Metrics and traces of one application, for the places where work is done."""

from __future__ import annotations

import time
from collections.abc import Callable

from api.errors import ClientGone
from api.problems.kinds import UNEXPECTED, kind_of
from api.telemetry.metrics import Metrics
from api.telemetry.traces import NoTraces, Traces
from rag.errors import SaywhereError
from rag.types import Outcome


class Telemetry:
    """What is counted, timed and traced.

    >>> Telemetry().metrics.exposition("")[1].split(";")[0]
    'text/plain'
    """

    def __init__(self, metrics: Metrics | None = None, traces: Traces | None = None) -> None:
        self.metrics = metrics or Metrics()
        self.traces = traces or NoTraces()

    def question(self, work: Callable[[], Outcome]) -> Outcome:
        """The outcome of ``work``, counted, timed and traced; raises what it raises."""
        began = time.perf_counter()
        with self.traces.question() as add_outcome:
            try:
                outcome = work()
            except Exception as error:
                self.metrics.failed(_kind(error))
                raise
            self.metrics.answered(outcome, seconds=time.perf_counter() - began)
            add_outcome(outcome)
            return outcome

    def close(self) -> None:
        self.traces.close()


def _kind(error: Exception) -> str:
    """The last part of its problem's type; ``withdrawn`` where the client went away."""
    if isinstance(error, ClientGone):
        return "withdrawn"
    return kind_of(type(error)).slug if isinstance(error, SaywhereError) else UNEXPECTED.slug
