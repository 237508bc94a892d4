"""Stored documents: upload, list, read (the text that citations point into), delete."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api import trail
from api.errors import NotAllowed, OriginRefused
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.schemas.convert import job_out
from api.security.access import ReadBackend, SearchedBackend, UsesBackend, WrittenBackend
from api.security.caller import caller_of
from api.security.write_access import Writer
from api.streaming.document_text import DocumentResponse
from api.uploads import OPENAPI_BODY, read_uploads
from rag.errors import (
    Busy,
    DocumentTooLarge,
    StorageFull,
    UnknownCollection,
    UnknownDocument,
    UnsupportedBody,
    UnsupportedFormat,
)
from rag.types import DEFAULT_COLLECTION, Span
from rag.wire.convert import summary_out
from rag.wire.documents import DocumentList, DocumentOut
from rag.wire.jobs import JobOut

router = APIRouter(prefix="/v1", tags=["documents"])

Filters = Annotated[
    list[Annotated[str, Field(json_schema_extra={"pattern": "^[^:]+:"})]],
    Query(alias="filter", max_length=20, description="`name:value` of the metadata a document must have"),
]


def parse_filters(pairs: list[str]) -> dict[str, str]:
    """Metadata filters by name, from ``name:value`` each.

    Raises:
        RequestValidationError: one has no colon.
    """
    parts = [pair.partition(":") for pair in pairs]
    if any(not name or not colon for name, colon, _ in parts):
        fault = {"type": "value_error", "loc": ("query", "filter"), "msg": "give each as name:value"}
        raise RequestValidationError([fault])
    return {name: value for name, _, value in parts}


@router.post(
    "/documents",
    status_code=202,
    responses=problem_responses(
        DocumentTooLarge, UnsupportedBody, UnsupportedFormat, OriginRefused, *ACCESS_ERRORS, Busy,
        StorageFull, statuses=(400, 408, 413, 422),
    ),
    openapi_extra={"requestBody": OPENAPI_BODY},
)  # fmt: skip
async def send(request: Request, response: Response, backend: UsesBackend, ingestion: Writer) -> JobOut:
    """Queues documents, sent as files of a form or as texts in JSON, as one job that survives a restart.

    A document replaces the one with the same `uri` (for a file: `uploads/` and its name, with the folders
    that the name has); unchanged bytes change nothing. Different files of one name in one request are
    different documents: the second has ` (2)` behind its uri. Files of a format that can't be read are
    refused at once, each by its name, and nothing is queued. A document that turns out to be damaged stops
    no other, and its earlier version stays: the job's `results` name each.
    """
    collection, uploads = await read_uploads(request, backend.settings.limits)
    if not caller_of(request).view.has(collection):
        raise NotAllowed(f"this key is not for the collection {collection!r}")
    job = await run_in_threadpool(ingestion.submit, collection, uploads)
    trail.record("documents", request, job=job.id, collection=collection, documents=len(uploads))
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_out(job)


@router.get(
    "/documents",
    responses=problem_responses(*ACCESS_ERRORS, UnknownCollection, statuses=(400,)),
)
def listing(
    request: Request,
    response: Response,
    backend: SearchedBackend,
    collection: Annotated[str | None, Query(description="only this collection")] = None,
    under: Annotated[str, Query(description="only uris that begin so")] = "",
    containing: Annotated[
        str, Query(alias="q", max_length=200, description="only with this in their title or uri")
    ] = "",
    filters: Filters = [],  # noqa: B006 (FastAPI copies it)
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    after: Annotated[str, Query(description="the last id of the page before")] = "",
) -> DocumentList:
    """Documents ordered by id. While there are more, `next` and a `Link` header give the next page."""
    catalog = backend.catalog
    if collection is not None:
        caller_of(request).require_collection(collection)
    if collection not in (None, DEFAULT_COLLECTION) and collection not in catalog.collections():
        raise UnknownCollection(f"there is no collection {collection!r}")
    metadata = parse_filters(filters)
    records = catalog.list(
        collection, limit=limit + 1, after=after, under=under, containing=containing, filters=metadata
    )
    page = records[:limit]
    next_page = None
    if len(records) > limit:
        query = [("limit", str(limit)), ("after", page[-1].id), ("collection", collection or "")]
        query += [("under", under), ("q", containing), *(("filter", pair) for pair in filters)]
        next_page = f"/v1/documents?{urlencode([(name, value) for name, value in query if value])}"
        response.headers["Link"] = f'<{next_page}>; rel="next"'
    return DocumentList(documents=[summary_out(record) for record in page], next=next_page)


@router.get(
    "/documents/{document_id:path}",
    response_model=DocumentOut,
    responses=problem_responses(*ACCESS_ERRORS, UnknownDocument, Busy, statuses=(400,)),
)
def document(
    document_id: str,
    request: Request,
    backend: ReadBackend,
    start: Annotated[int, Query(ge=0, description="where the text begins, in code points")] = 0,
    end: Annotated[int | None, Query(ge=0, description="where it ends; none: at its end")] = None,
) -> Response:
    """A document's current version with its text, or a part of it by offsets, as citations have them."""
    if end is not None and end < start:
        fault = {"type": "value_error", "loc": ("query", "end"), "msg": "lies before start"}
        raise RequestValidationError([fault])
    stored = backend.catalog.document(document_id)
    length = len(stored.text)
    part = Span(min(start, length), length if end is None else min(end, length))
    return DocumentResponse(stored, part, request.app.state.sending, backend.catalog.original(document_id))


@router.delete(
    "/documents/{document_id:path}",
    status_code=204,
    responses=problem_responses(UnknownDocument, OriginRefused, *ACCESS_ERRORS, StorageFull),
)
def delete(document_id: str, request: Request, ingestion: Writer, backend: WrittenBackend) -> None:
    """Deletes a document. Once this returns, no answer cites it.

    A document that is a file of a synced folder returns with the next sync, unless the file is deleted.
    """
    backend.catalog.document(document_id)  # which the caller may not know of
    ingestion.remove(document_id)
    trail.record("deletion", request, document=document_id)
