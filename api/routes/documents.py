"""The stored documents: put in, listed, taken out, and the text that citations point into."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool

from api import problems
from api.backend import UsesBackend
from api.openapi import UPLOAD_BODY
from api.schemas.convert import job_out
from api.schemas.jobs import JobOut
from api.security.origins import OriginRefused
from api.security.write_access import KeyNeeded, MayWrite, WritingOff
from api.uploads import received
from rag.errors import (
    Busy,
    DocumentTooLarge,
    StorageFull,
    UnknownCollection,
    UnknownDocument,
    UnsupportedBody,
)
from rag.types import DEFAULT_COLLECTION
from rag.wire.convert import document_out, summary_out
from rag.wire.documents import DocumentList, DocumentOut

router = APIRouter(prefix="/v1", tags=["documents"])

Filters = Annotated[
    list[str],
    Query(alias="filter", max_length=20, description="`name:value` of the metadata a document must have"),
]


def filters_in(given: list[str]) -> dict[str, str]:
    """Filters of an address, as ``name:value`` each.

    Raises:
        RequestValidationError: one has no colon.
    """
    pairs = [one.partition(":") for one in given]
    if any(not name or not colon for name, colon, _ in pairs):
        fault = {"type": "value_error", "loc": ("query", "filter"), "msg": "give each as name:value"}
        raise RequestValidationError([fault])
    return {name: value for name, _, value in pairs}


@router.post(
    "/documents",
    status_code=202,
    responses=problems.documented(
        DocumentTooLarge, UnsupportedBody, OriginRefused, WritingOff, KeyNeeded, Busy, StorageFull,
        statuses=(400, 413, 422),
    ),
    openapi_extra={"requestBody": UPLOAD_BODY},
)  # fmt: skip
async def send(request: Request, response: Response, backend: UsesBackend, ingestion: MayWrite) -> JobOut:
    """Takes documents in, files as a form or texts as JSON, as one job that outlives a restart.

    A document takes the place of the one with its `uri` (a file's is `uploads/` and its name); the
    same bytes again change nothing. One that can't be read stops no other and leaves its earlier
    version in place: look at the job's `results`.
    """
    collection, uploads = await received(request, backend.settings.limits)
    job = await run_in_threadpool(ingestion.submit, collection, uploads)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_out(job)


@router.get("/documents", responses=problems.documented(UnknownCollection, statuses=(400,)))
def listing(
    response: Response,
    backend: UsesBackend,
    collection: Annotated[str | None, Query(description="only this collection")] = None,
    under: Annotated[str, Query(description="only uris that begin so")] = "",
    filters: Filters = [],  # noqa: B006 (FastAPI copies it)
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    after: Annotated[str, Query(description="the last id of the page before")] = "",
) -> DocumentList:
    """Documents ordered by id. `next` (and a `Link` header) leads on while there are more."""
    catalog = backend.catalog
    if collection not in (None, DEFAULT_COLLECTION) and collection not in catalog.collections():
        raise UnknownCollection(f"there is no collection {collection!r}")
    wanted = filters_in(filters)
    records = catalog.list(collection, limit=limit + 1, after=after, under=under, filters=wanted)
    shown = records[:limit]
    following = None
    if len(records) > limit:
        asked = [("limit", str(limit)), ("after", shown[-1].id), ("collection", collection or "")]
        asked += [("under", under), *(("filter", one) for one in filters)]
        following = f"/v1/documents?{urlencode([(name, value) for name, value in asked if value])}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return DocumentList(documents=[summary_out(r) for r in shown], next=following)


@router.get("/documents/{document_id:path}", responses=problems.documented(UnknownDocument, statuses=(400,)))
def document(document_id: str, backend: UsesBackend) -> DocumentOut:
    """A document's current version with its whole text."""
    return document_out(backend.catalog.document(document_id))


@router.delete(
    "/documents/{document_id:path}",
    status_code=204,
    responses=problems.documented(UnknownDocument, OriginRefused, WritingOff, KeyNeeded, StorageFull),
)
def delete(document_id: str, ingestion: MayWrite) -> None:
    """Removes a document: when this returns, it answers no more.

    One that is a file of a synced folder comes back with the next sync, unless the file is removed too.
    """
    ingestion.remove(document_id)
