"""A running service, asked by its URL; its answers are scored like those in process."""

from __future__ import annotations

from types import TracebackType
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from rag.errors import IndexUnavailable, SaywhereError, UnknownDocument
from rag.ports.catalog import DocumentRecord
from rag.types import Document, Outcome, Question
from rag.wire.asking import AnswerOut
from rag.wire.convert import document_in, outcome_in, question_out, summary_in, version_in
from rag.wire.documents import DocumentList, DocumentOut
from rag.wire.searching import SearchOut

_PAGE = 500
_TRIES = 3  # of a request to a busy service, which says when to try again
_Form = TypeVar("_Form", bound=BaseModel)


class RemoteFault(SaywhereError):
    """The service answered with an error, or not in the form it should."""


class Remote:
    """Asks over HTTP, and looks documents up there. A context manager; safe from several threads.

    Args:
        url: the service's address, as ``http://localhost:8000``.
        token: sent as a bearer token where given.
    """

    def __init__(self, url: str, *, token: str | None = None, seconds: float = 60.0) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=url.rstrip("/"), timeout=seconds, headers=headers)
        self._models: dict[str, str] = {}

    def __enter__(self) -> Remote:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, question: Question) -> Outcome:
        """The service's answer with its trace, where it may give one.

        Raises:
            IndexUnavailable: it can't be reached.
            RemoteFault: it answered with an error.
        """
        body = question_out(question, trace=True).model_dump()
        answer = self._send(AnswerOut, "POST", "/v1/ask", json=body)
        if answer.trace is not None:
            self._models.update(answer.trace.models)
        try:
            return outcome_in(answer)
        except ValueError as error:
            raise RemoteFault(f"not an answer of Saywhere: {error}") from error

    def search(self, question: Question, k: int) -> list[str]:
        """Addresses of the documents of the ``k`` best passages."""
        params = {"q": question.text, "k": k, "collection": question.collection}
        return [r.citation.uri for r in self._send(SearchOut, "GET", "/v1/search", params=params).results]

    def models(self) -> dict[str, str]:
        """Fingerprints of the models, as far as the answers so far have named them."""
        return dict(sorted(self._models.items()))

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]:
        """Every document of a collection, ordered by id."""
        records: list[DocumentRecord] = []
        while True:
            params: dict[str, Any] = {"limit": _PAGE, **({"after": after} if after else {})}
            if collection is not None:
                params["collection"] = collection
            page = self._send(DocumentList, "GET", "/v1/documents", params=params)
            records += [summary_in(summary) for summary in page.documents]
            after = page.next or ""
            if not after or (limit is not None and len(records) >= limit):
                return records[:limit]

    def document(self, document_id: str, version: str | None = None) -> Document:
        """The stored version; another one raises UnknownDocument, as it can't be looked up."""
        body = self._send(DocumentOut, "GET", f"/v1/documents/{document_id}")
        if version is not None and version != version_in(body.version):
            raise UnknownDocument(f"version {version} of {document_id} is not the one that is stored")
        return document_in(body)

    def _send(self, form: type[_Form], method: str, path: str, **request: Any) -> _Form:
        """The response's body in the form that it should have. A busy service is asked again."""
        response = self._request(method, path, **request)
        if response.status_code == 404 and path.startswith("/v1/documents/"):
            raise UnknownDocument(path.rsplit("/", 1)[1])
        if response.is_error:
            raise RemoteFault(f"{method} {path}: {response.status_code} {_why(response)}")
        try:
            return form.model_validate_json(response.content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "body"
            raise RemoteFault(
                f"{method} {path}: not an answer of Saywhere: {where}: {first['msg']}"
            ) from error

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        for attempt in range(_TRIES):
            try:
                response = self._http.request(method, path, **request)
            except httpx.HTTPError as error:
                raise IndexUnavailable(f"{self._http.base_url} can't be reached: {error}") from error
            if response.status_code not in {429, 503} or attempt == _TRIES - 1:
                break
            _wait(response)
        return response


def _wait(response: httpx.Response) -> None:
    from time import sleep

    after = response.headers.get("retry-after", "")
    sleep(min(float(after), 10.0) if after.isdigit() else 1.0)


def _why(response: httpx.Response) -> str:
    try:
        problem = response.json()
        return str(problem.get("detail") or problem.get("title") or "")
    except (ValueError, AttributeError):
        return response.reason_phrase
