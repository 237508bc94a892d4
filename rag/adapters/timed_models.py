"""The time that models take, added up by model, for whoever watches the service."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from rag.ports.embedder import Embedder
from rag.ports.reader import Reader
from rag.types import Candidate, Reading, SpanAnswer

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors


class ModelTimes:
    """Calls and seconds by model; safe to use from many threads.

    >>> times = ModelTimes()
    >>> with times.measured("reader"):
    ...     pass
    >>> times.totals()["reader"][0]
    1
    """

    def __init__(self) -> None:
        self._totals: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    @contextmanager
    def measured(self, model: str) -> Iterator[None]:
        """Adds the time of the block, also where it raises."""
        began = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - began
            with self._lock:
                calls, total = self._totals.get(model, (0, 0.0))
                self._totals[model] = calls + 1, total + seconds

    def totals(self) -> dict[str, tuple[int, float]]:
        """The number of calls and their seconds, by model."""
        with self._lock:
            return dict(self._totals)


class TimedEmbedder:
    """Fulfils ``Embedder`` by another one, whose time is added up."""

    def __init__(self, embedder: Embedder, times: ModelTimes, name: str = "embedder") -> None:
        self._embedder = embedder
        self._times = times
        self._name = name

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        with self._times.measured(self._name):
            return self._embedder.embed(texts)


class TimedReader:
    """Fulfils ``Reader`` by another one, whose time is added up."""

    def __init__(self, reader: Reader, times: ModelTimes, name: str = "reader") -> None:
        self._reader = reader
        self._times = times
        self._name = name

    @property
    def fingerprint(self) -> str:
        return self._reader.fingerprint

    def knows(self, word: str, /) -> bool:
        return self._reader.knows(word)

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        with self._times.measured(self._name):
            return self._reader.read(question, candidates)

    def refine(self, question: str, answer: SpanAnswer, /) -> SpanAnswer:
        with self._times.measured(self._name):
            return self._reader.refine(question, answer)
