"""A running service, asked by its URL; its answers are scored like those in process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from types import TracebackType

from rag.client import ClientError, NotFound, Saywhere, Unreachable
from rag.errors import IndexUnavailable, SaywhereError, UnknownDocument
from rag.ports.catalog import DocumentRecord
from rag.types import Document, Outcome, Question
from rag.wire.convert import document_in, outcome_in, question_out, summary_in, version_in


class RemoteFault(SaywhereError):
    """The service answered with an error, or not in the form it should."""


class Remote:
    """Asks over HTTP, and looks documents up there. A context manager; safe from several threads.

    Args:
        url: the service's address, as ``http://localhost:8000``.
        token: sent as a bearer token where given.
    """

    def __init__(self, url: str, *, token: str | None = None, seconds: float = 60.0) -> None:
        self._client = Saywhere(url, key=token, seconds=seconds)
        self._models: dict[str, str] = {}

    def __enter__(self) -> Remote:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, question: Question) -> Outcome:
        """The service's answer with its trace, where it may give one.

        Raises:
            IndexUnavailable: it can't be reached.
            RemoteFault: it answered with an error.
        """
        body = question_out(question)
        with _core_errors():
            answer = self._client.ask(
                body.question,
                collection=body.collection,
                history=body.history,
                filters=body.filters,
                trace=True,
            )
        if answer.trace is not None:
            self._models.update(answer.trace.models)
        try:
            return outcome_in(answer)
        except ValueError as error:
            raise RemoteFault(f"not an answer of Saywhere: {error}") from error

    def search(self, question: Question, k: int) -> list[str]:
        """Addresses of the documents of the ``k`` best passages."""
        with _core_errors():
            found = self._client.search(question.text, k, collection=question.collection)
        return [result.citation.uri for result in found.results]

    def models(self) -> dict[str, str]:
        """Fingerprints of the models, as far as the answers so far have named them."""
        return dict(sorted(self._models.items()))

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]:
        """Every document of a collection, ordered by id."""
        with _core_errors():
            summaries = islice(self._client.documents(collection=collection, after=after), limit)
            return [summary_in(summary) for summary in summaries]

    def document(self, document_id: str, version: str | None = None) -> Document:
        """The stored version; another one raises UnknownDocument, as it can't be looked up."""
        with _core_errors():
            try:
                body = self._client.document(document_id)
            except NotFound as error:
                raise UnknownDocument(document_id) from error
        if version is not None and version != version_in(body.version):
            raise UnknownDocument(f"version {version} of {document_id} is not the one that is stored")
        return document_in(body)


@contextmanager
def _core_errors() -> Iterator[None]:
    """The client's errors as those that the rest of the program knows."""
    try:
        yield
    except Unreachable as error:
        raise IndexUnavailable(str(error)) from error
    except ClientError as error:
        raise RemoteFault(str(error)) from error
