"""A reader that reads no passage twice for the same question, for several decisions among its passages."""

from __future__ import annotations

from collections.abc import Sequence

from rag.ports.reader import Reader
from rag.types import Candidate, Reading, SpanAnswer


class ReadOnce:
    """Fulfils ``Reader``: keeps the readings of the wrapped reader, by question and passage id.

    Candidates of the same question and passage are taken to be equal, as those of one retrieval are. Nothing
    is forgotten: use one for a few questions.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._readings: dict[tuple[str, str], Reading] = {}

    @property
    def fingerprint(self) -> str:
        return self._reader.fingerprint

    def knows(self, word: str, /) -> bool:
        return self._reader.knows(word)

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        unread = {c.passage.id: c for c in candidates if (question, c.passage.id) not in self._readings}
        for reading in self._reader.read(question, list(unread.values())):
            self._readings[question, reading.candidate.passage.id] = reading
        return [self._readings[question, candidate.passage.id] for candidate in candidates]

    def refine(self, question: str, answer: SpanAnswer, /) -> SpanAnswer:
        return self._reader.refine(question, answer)
