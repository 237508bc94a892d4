"""A running service, asked by its URL: the same questions, the same judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import httpx

from rag.errors import IndexUnavailable, SaywhereError, UnknownDocument
from rag.ports.catalog import DocumentRecord
from rag.types import (
    Abstention,
    Answer,
    Citation,
    Conflict,
    Document,
    Outcome,
    Question,
    Reason,
    Statement,
    Step,
    Trace,
)

_PAGE = 500
_TRIES = 3  # a busy service says when to come back


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
        body: dict[str, Any] = {
            "question": question.text,
            "collection": question.collection,
            "history": [{"question": turn.question, "answer": turn.answer} for turn in question.history],
            "filters": dict(question.filters),
            "trace": True,
        }
        try:
            told = self._get("POST", "/v1/ask", json=body)
            self._models.update((told.get("trace") or {}).get("models", {}))
            return _outcome(told)
        except (KeyError, TypeError, ValueError) as error:
            raise RemoteFault(f"not an answer of Saywhere: {error!r}") from error

    def search(self, question: Question, k: int) -> list[str]:
        """Addresses of the documents of the ``k`` best passages."""
        told = self._get(
            "GET", "/v1/search", params={"q": question.text, "k": k, "collection": question.collection}
        )
        return [result["citation"]["uri"] for result in told["results"]]

    def models(self) -> dict[str, str]:
        """Fingerprints of the models that answered, as far as they are known yet."""
        return dict(sorted(self._models.items()))

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]:
        """Every document of a collection, ordered by id."""
        found: list[DocumentRecord] = []
        while True:
            params: dict[str, Any] = {"limit": _PAGE, **({"after": after} if after else {})}
            if collection is not None:
                params["collection"] = collection
            told = self._get("GET", "/v1/documents", params=params)
            found += [_record(row) for row in told["documents"]]
            after = told.get("next") or ""
            if not after or (limit is not None and len(found) >= limit):
                return found[:limit]

    def document(self, document_id: str, version: str | None = None) -> Document:
        """The stored version; another one raises UnknownDocument, as it can't be looked up."""
        told = self._get("GET", f"/v1/documents/{document_id}")
        stored = _bare(told["version"])
        if version is not None and version != stored:
            raise UnknownDocument(f"version {version} of {document_id} is not the one that is stored")
        return Document(
            id=told["id"],
            uri=told["uri"],
            title=told["title"],
            text=told["text"],
            media_type=told["media_type"],
            collection=told["collection"],
        )

    def _get(self, method: str, path: str, **request: Any) -> Mapping[str, Any]:
        for last in range(_TRIES):
            try:
                response = self._http.request(method, path, **request)
            except httpx.HTTPError as error:
                raise IndexUnavailable(f"{self._http.base_url} can't be reached: {error}") from error
            if response.status_code in {429, 503} and last < _TRIES - 1:
                _wait(response)
                continue
            break
        if response.status_code == 404 and path.startswith("/v1/documents/"):
            raise UnknownDocument(path.rsplit("/", 1)[1])
        if response.is_error:
            raise RemoteFault(f"{method} {path}: {response.status_code} {_why(response)}")
        told: Any = response.json()
        if not isinstance(told, dict):
            raise RemoteFault(f"{method} {path}: not an object")
        return told


def _wait(response: httpx.Response) -> None:
    from time import sleep

    after = response.headers.get("retry-after", "")
    sleep(min(float(after), 10.0) if after.isdigit() else 1.0)


def _why(response: httpx.Response) -> str:
    try:
        told = response.json()
        return str(told.get("detail") or told.get("title") or "")
    except (ValueError, AttributeError):
        return response.reason_phrase


def _bare(version: str) -> str:
    return version.removeprefix("sha256:")


def _outcome(told: Mapping[str, Any]) -> Outcome:
    trace = _trace(told.get("trace"))
    if not told["answered"]:
        why = told["abstention"]
        return Abstention(
            question=told["question"],
            reason=Reason(why["reason"]),
            confidence=told["confidence"],
            nearest=tuple(_citation(row) for row in why["nearest"]),
            trace=trace,
        )
    return Answer(
        question=told["question"],
        text=told["answer"],
        statements=tuple(
            Statement(text=s["text"], citations=tuple(s["citations"])) for s in told["statements"]
        ),
        citations=tuple(_citation(row) for row in told["citations"]),
        confidence=told["confidence"],
        conflicts=tuple(Conflict(text=c["text"], citations=tuple(c["citations"])) for c in told["conflicts"]),
        trace=trace,
    )


def _trace(told: Mapping[str, Any] | None) -> Trace:
    steps: Sequence[Mapping[str, Any]] = (told or {}).get("steps", ())
    return Trace(steps=tuple(Step(name=s["name"], ms=s["ms"], detail=s["detail"]) for s in steps))


def _citation(row: Mapping[str, Any]) -> Citation:
    return Citation(
        document_id=row["document_id"],
        version=_bare(row["version"]),
        title=row["title"],
        uri=row["uri"],
        start=row["start"],
        end=row["end"],
        quote=row["quote"],
        prefix=row["prefix"],
        suffix=row["suffix"],
        section=tuple(row["section"]),
        page=row["page"],
        url=row["url"],
    )


def _record(row: Mapping[str, Any]) -> DocumentRecord:
    return DocumentRecord(
        id=row["id"],
        collection=row["collection"],
        uri=row["uri"],
        title=row["title"],
        media_type=row["media_type"],
        version=_bare(row["version"]),
        characters=row["characters"],
        passages=row["passages"],
        updated_at=row["updated_at"],
    )
