"""The service as the HTTP layer uses it, as a Protocol. ``rag.wiring.Service`` implements it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from rag.ports.catalog import Catalog
from rag.ports.embedder import Embedder
from rag.ports.feedback import FeedbackStore
from rag.ports.originals import OriginalStore
from rag.ports.question_log import QuestionLog
from rag.settings import Settings
from rag.types import Candidate, Outcome, Progress, Question


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
    def embedder(self) -> Embedder: ...

    @property
    def notes(self) -> Sequence[str]: ...

    def models(self) -> dict[str, str]: ...

    def index_states(self) -> dict[str, str]:
        """``ready``, ``filling``, or why an index is broken, by its name."""
        ...

    def check_ready(self) -> None:
        """Raises StorageError while no question can be answered."""
        ...


async def _backend(request: Request) -> Backend:
    return cast(Backend, request.app.state.backend)


UsesBackend = Annotated[Backend, Depends(_backend)]
