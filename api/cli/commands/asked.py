"""Who is asked by ``ask`` and ``search``: the data folder in this process, or the server that owns it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from api.cli.options import service_token
from evals.run.remote import Remote
from rag.client import ClientError, RequestFailed, Saywhere, Unreachable
from rag.errors import (
    DataFolderLocked,
    IndexUnavailable,
    InvalidQuestion,
    SaywhereError,
    UnknownCollection,
)
from rag.explanation.corpus import Corpus
from rag.read_only import open_to_ask
from rag.settings import Settings
from rag.types import Outcome, Question, Turn
from rag.wire.asking import AnswerOut
from rag.wire.convert import outcome_in, outcome_out, passage_out, trace_out
from rag.wire.searching import SearchOut
from rag.wiring import Service

_ANY_ADDRESS = {"//0.0.0.0:": "//127.0.0.1:", "//[::]:": "//[::1]:"}
_MOST_NAMED = 20  # collections that an error lists


class Asked(Protocol):
    """Answers and searches. Its methods raise SaywhereError; an unknown collection names those there are."""

    def ask(
        self, question: str, collection: str, *, history: tuple[Turn, ...] = (), trace: bool
    ) -> tuple[Outcome, AnswerOut]: ...

    def search(self, query: str, k: int, collection: str) -> SearchOut: ...

    def is_empty(self) -> bool:
        """Whether there is no document at all."""
        ...

    def corpus(self, collection: str) -> Corpus: ...


@contextmanager
def open_asked(settings: Settings) -> Iterator[Asked]:
    """The data folder, opened; or the server that has it open, which is said on standard error.

    Raises:
        NoDataFolder: there is none.
        DataFolderLocked: a process has it that serves nothing, or its server doesn't answer.
        SaywhereError: what ``open_service`` raises.
    """
    with ExitStack() as stack:
        asked: Asked
        try:
            asked = _Opened(stack.enter_context(open_to_ask(settings)))
        except DataFolderLocked as error:
            if error.url is None:
                raise
            asked = stack.enter_context(_served(error, settings))
            print(
                f"saywhere: asked the server at {error.url}, which has {settings.data} open", file=sys.stderr
            )
        yield asked


class _Opened:
    """A service in this process."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def ask(
        self, question: str, collection: str, *, history: tuple[Turn, ...] = (), trace: bool
    ) -> tuple[Outcome, AnswerOut]:
        asked = Question(text=question, history=history, collection=collection)
        with self._naming_collections():
            outcome = self._service.engine.ask(asked)
        if not trace:
            return outcome, outcome_out(outcome)
        index = self._service.catalog.fingerprint()
        traced = trace_out(outcome.trace, models=self._service.models(), index=index)
        return outcome, outcome_out(outcome, trace=traced)

    def search(self, query: str, k: int, collection: str) -> SearchOut:
        with self._naming_collections():
            candidates = self._service.engine.search(Question(text=query, collection=collection), k)
        results = [passage_out(candidate) for candidate in candidates]
        return SearchOut(query=query, collection=collection, results=results)

    def is_empty(self) -> bool:
        return not self._service.catalog.count()

    def corpus(self, collection: str) -> Corpus:
        return Corpus(self._service.catalog, collection)

    @contextmanager
    def _naming_collections(self) -> Iterator[None]:
        try:
            yield
        except UnknownCollection as error:
            raise _with_names(error, sorted(self._service.catalog.collections())) from None


@contextmanager
def _served(locked: DataFolderLocked, settings: Settings) -> Iterator[Asked]:
    url = locked.url or ""
    for every, this in _ANY_ADDRESS.items():
        url = url.replace(every, this)
    token = service_token(settings)
    with Saywhere(url, key=token) as client, Remote(url, token=token) as store:
        try:
            client.collections()
        except ClientError as error:
            raise DataFolderLocked(f"{locked}; it doesn't answer there: {error}") from None
        yield _Served(client, store)


class _Served:
    """A running service."""

    def __init__(self, client: Saywhere, store: Remote) -> None:
        self._client = client
        self._store = store

    def ask(
        self, question: str, collection: str, *, history: tuple[Turn, ...] = (), trace: bool
    ) -> tuple[Outcome, AnswerOut]:
        turns = [(turn.question, turn.answer) for turn in history]
        with self._core_errors():
            answer = self._client.ask(question, collection=collection, history=turns, trace=True)
        return outcome_in(answer), answer if trace else answer.model_copy(update={"trace": None})

    def search(self, query: str, k: int, collection: str) -> SearchOut:
        with self._core_errors():
            return self._client.search(query, k, collection=collection)

    def is_empty(self) -> bool:
        with self._core_errors():
            return not self._client.collections()

    def corpus(self, collection: str) -> Corpus:
        return Corpus(self._store, collection)

    @contextmanager
    def _core_errors(self) -> Iterator[None]:
        """The client's errors as those of a service in this process."""
        try:
            yield
        except Unreachable as error:
            raise IndexUnavailable(str(error)) from error
        except RequestFailed as error:
            if error.problem == "unknown-collection":
                names = [collection.name for collection in self._client.collections()]
                raise _with_names(UnknownCollection(error.detail), names) from None
            kind = InvalidQuestion if error.problem == "invalid-question" else SaywhereError
            raise kind(error.detail or str(error)) from error
        except ClientError as error:
            raise SaywhereError(str(error)) from error


def _with_names(error: UnknownCollection, names: list[str]) -> UnknownCollection:
    if not names:
        return UnknownCollection(f"{error}; there are no documents yet")
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return UnknownCollection(f"{error}; there are: {', '.join(names[:_MOST_NAMED])}{more}")
