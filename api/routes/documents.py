"""The stored documents: a listing, and the text that citations point into."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from api import problems
from api.backend import UsesBackend
from api.schemas import DocumentList, DocumentOut
from api.wire import document_out, summary_out
from rag.errors import UnknownCollection, UnknownDocument
from rag.types import DEFAULT_COLLECTION

router = APIRouter(prefix="/v1", tags=["documents"])


@router.get("/documents", responses=problems.documented(UnknownCollection, statuses=(400,)))
def listing(
    response: Response,
    backend: UsesBackend,
    collection: Annotated[str | None, Query(description="only this collection")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    after: Annotated[str, Query(description="the last id of the page before")] = "",
) -> DocumentList:
    """Documents ordered by id. `next` (and a `Link` header) leads on while there are more."""
    catalog = backend.catalog
    if collection not in (None, DEFAULT_COLLECTION) and collection not in catalog.collections():
        raise UnknownCollection(f"there is no collection {collection!r}")
    records = catalog.list(collection, limit=limit + 1, after=after)
    shown = records[:limit]
    following = None
    if len(records) > limit:
        wanted = {"limit": limit, "after": shown[-1].id, **({"collection": collection} if collection else {})}
        following = f"/v1/documents?{urlencode(wanted)}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return DocumentList(documents=[summary_out(r) for r in shown], next=following)


@router.get("/documents/{document_id:path}", responses=problems.documented(UnknownDocument, statuses=(400,)))
def document(document_id: str, backend: UsesBackend) -> DocumentOut:
    """A document's current version with its whole text."""
    return document_out(backend.catalog.document(document_id))
