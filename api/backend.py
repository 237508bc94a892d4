"""The service as the HTTP layer uses it, as a Protocol. ``rag.wiring.Service`` implements it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rag.ports.access_keys import KeyStore
from rag.ports.catalog import Catalog
from rag.ports.embedder import Embedder
from rag.ports.feedback import FeedbackStore
from rag.ports.originals import OriginalStore
from rag.ports.question_log import QuestionLog
from rag.settings import Settings
from rag.types import Candidate, Outcome, Progress, Question
from rag.types.view import View


class Engine(Protocol):
    """Answers questions and retrieves passages. Calls block; they may come from several threads at once."""

    def ask(
        self,
        question: Question,
        *,
        deadline: float | None = None,
        observe: Callable[[Progress], None] | None = None,
    ) -> Outcome: ...

    def search(self, question: Question, k: int = 10) -> list[Candidate]: ...


class Backend(Protocol):
    """An opened service."""

    @property
    def settings(self) -> Settings: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def catalog(self) -> Catalog: ...

    @property
    def feedback(self) -> FeedbackStore: ...

    @property
    def original_files(self) -> OriginalStore | None:
        """The files that documents were read from; None where none are kept."""
        ...

    @property
    def question_log(self) -> QuestionLog: ...

    @property
    def access_keys(self) -> KeyStore: ...

    @property
    def embedder(self) -> Embedder: ...

    @property
    def notes(self) -> Sequence[str]: ...

    def models(self) -> dict[str, str]: ...

    def index_states(self) -> dict[str, str]:
        """``ready``, ``filling``, or why an index is broken, by its name."""
        ...

    def index_rows(self) -> dict[str, int]:
        """The number of rows by index. Raises StorageError."""
        ...

    def model_times(self) -> Mapping[str, tuple[int, float]]:
        """The number of calls of each model so far, and their seconds."""
        ...

    def check_ready(self) -> None:
        """Raises StorageError while no question can be answered."""
        ...

    def seen_by(self, view: View) -> Backend:
        """The service for somebody who may see these documents alone: the others don't exist in it."""
        ...
