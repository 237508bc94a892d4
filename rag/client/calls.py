"""The calls of the API without their transport: what is sent, and the type of what comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from rag.client.errors import InvalidResponse, RequestFailed, failure
from rag.client.retries import retry_after_seconds
from rag.wire.asking import AnswerOut, AskIn, TurnIn
from rag.wire.documents import CollectionList, DocumentList, DocumentOut, TextIn, TextsIn
from rag.wire.grounding import CheckGroundingIn, GroundingOut
from rag.wire.jobs import JobOut
from rag.wire.searching import SearchOut

T = TypeVar("T", bound=BaseModel)

Params = Sequence[tuple[str, str | int]]
"""A query's parameters by name, some of them several times."""

PAGE = 500  # documents of one listing


class Nothing(BaseModel):
    """The body of a response without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """A request, and the model of its response. ``fields`` and ``files`` are those of a form."""

    form: type[T]
    path: str
    method: str = "GET"
    params: Params = ()
    body: Mapping[str, Any] | None = None
    fields: Mapping[str, str] | None = None
    files: Sequence[tuple[str, tuple[str, bytes]]] | None = None

    def build(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """The request, with the client's address and headers."""
        return client.build_request(
            self.method,
            self.path,
            params=list(self.params),
            json=self.body,
            data=self.fields,
            files=self.files,
        )

    def parse(self, response: httpx.Response) -> T:
        """The body of a successful response.

        Raises:
            InvalidResponse: it hasn't the form of the model.
        """
        try:
            return self.form.model_validate_json(response.content or b"{}")
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "body"
            raise InvalidResponse(
                f"{self.method} {self.path}: not an answer of Saywhere: {where}: {first['msg']}"
            ) from error


def ask(
    question: str,
    *,
    collection: str,
    history: Sequence[TurnIn | tuple[str, str]],
    filters: Mapping[str, str],
    trace: bool,
    stream: bool = False,
) -> Call[AnswerOut]:
    """``POST /v1/ask``."""
    turns = [t if isinstance(t, TurnIn) else TurnIn(question=t[0], answer=t[1]) for t in history]
    body = AskIn(
        question=question,
        collection=collection,
        history=turns,
        filters=dict(filters),
        trace=trace,
        stream=stream,
    )
    return Call(form=AnswerOut, method="POST", path="/v1/ask", body=body.model_dump())


def search(query: str, *, k: int, collection: str, filters: Mapping[str, str]) -> Call[SearchOut]:
    """``GET /v1/search``."""
    params: Params = [("q", query), ("k", k), ("collection", collection), *_filters(filters)]
    return Call(form=SearchOut, path="/v1/search", params=params)


def check_grounding(
    text: str,
    *,
    collection: str,
    document_ids: Sequence[str],
    texts: Sequence[str],
    filters: Mapping[str, str],
) -> Call[GroundingOut]:
    """``POST /v1/check-grounding``."""
    body = CheckGroundingIn(
        text=text,
        collection=collection,
        document_ids=list(document_ids),
        texts=list(texts),
        filters=dict(filters),
    )
    return Call(form=GroundingOut, method="POST", path="/v1/check-grounding", body=body.model_dump())


def documents(
    *, collection: str | None, under: str, filters: Mapping[str, str], limit: int, after: str
) -> Call[DocumentList]:
    """``GET /v1/documents``: one page."""
    named = {"collection": collection or "", "under": under, "after": after}
    params: Params = [("limit", limit), *((k, v) for k, v in named.items() if v), *_filters(filters)]
    return Call(form=DocumentList, path="/v1/documents", params=params)


def document(document_id: str) -> Call[DocumentOut]:
    """``GET /v1/documents/{document_id}``."""
    return Call(form=DocumentOut, path=f"/v1/documents/{quote(document_id, safe='/')}")


def add(texts: Sequence[TextIn], *, collection: str) -> Call[JobOut]:
    """``POST /v1/documents`` with texts."""
    body = TextsIn(collection=collection, documents=list(texts)).model_dump()
    return Call(form=JobOut, method="POST", path="/v1/documents", body=body)


def upload(files: Mapping[str, bytes], *, collection: str, metadata: Mapping[str, str]) -> Call[JobOut]:
    """``POST /v1/documents`` with files."""
    return Call(
        form=JobOut,
        method="POST",
        path="/v1/documents",
        fields={"collection": collection, "metadata": json.dumps(dict(metadata))},
        files=[("files", (name, content)) for name, content in files.items()],
    )


def job(job_id: str) -> Call[JobOut]:
    """``GET /v1/jobs/{job_id}``."""
    return Call(form=JobOut, path=f"/v1/jobs/{quote(job_id, safe='')}")


def delete(document_id: str) -> Call[Nothing]:
    """``DELETE /v1/documents/{document_id}``."""
    return Call(form=Nothing, method="DELETE", path=f"/v1/documents/{quote(document_id, safe='/')}")


def collections() -> Call[CollectionList]:
    """``GET /v1/collections``."""
    return Call(form=CollectionList, path="/v1/collections")


def failed(response: httpx.Response) -> RequestFailed:
    """The error of a response with an error status, whose body has been read."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    fields = problem if isinstance(problem, dict) else {}
    faults = fields.get("errors") or []
    detail = fields.get("detail") or "; ".join(_fault(one) for one in faults) or fields.get("title")
    return failure(
        response.status_code,
        problem=str(fields.get("type", "")).rpartition("/")[2],
        detail=str(detail or response.reason_phrase),
        request_id=response.headers.get("x-request-id", ""),
        retry_after=retry_after_seconds(response.headers.get("retry-after")),
    )


def headers(key: str | None) -> dict[str, str]:
    """The headers of every request."""
    return {"authorization": f"Bearer {key}"} if key else {}


def _fault(fault: Mapping[str, Any]) -> str:
    place = fault.get("pointer") or fault.get("parameter")
    return f"{place}: {fault.get('detail')}" if place else str(fault.get("detail"))


def _filters(filters: Mapping[str, str]) -> Params:
    return [("filter", f"{name}:{value}") for name, value in filters.items()]
