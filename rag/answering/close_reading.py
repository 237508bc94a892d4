"""Short answers of the best passages, by a second reader that learnt nothing but spans.

The evidence reader ranks many passages by what they hold. Of the best few a span reader finds the short
answer and its margin over "no answer", which tells near misses: a passage on the subject that says something
else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.ports.reader import Reader
from rag.types import Reading, SpanAnswer


class CloseReading:
    """The spans of one question's best passages; each passage is read once.

    Args:
        reader: None leaves the readings as they are.
    """

    def __init__(self, reader: Reader | None, question: str) -> None:
        self._reader = reader
        self._question = question
        self._spans: dict[str, tuple[SpanAnswer, ...]] = {}  # by passage id

    def of(self, ranked: Sequence[Reading], count: int) -> list[Reading]:
        """The readings in their order, with the second reader's spans for the first ``count``.

        Args:
            ranked: best first.
            count: that of the passages to read closely.

        Raises:
            ModelError: the model can't be loaded.
        """
        if self._reader is None:
            return list(ranked)
        unread = [r.candidate for r in ranked[:count] if r.candidate.passage.id not in self._spans]
        for reading in self._reader.read(self._question, unread):
            self._spans[reading.candidate.passage.id] = reading.spans
        return [
            replace(reading, spans=self._spans[reading.candidate.passage.id], read_closely=True)
            if reading.candidate.passage.id in self._spans
            else reading
            for reading in ranked
        ]
