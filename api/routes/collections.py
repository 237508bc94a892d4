"""Collections: separate sets of documents. The first document of a collection creates it."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api import trail
from api.errors import OriginRefused
from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.security.access import SearchedBackend
from api.security.caller import caller_of
from api.security.write_access import Writer
from rag.errors import StorageFull, UnknownCollection
from rag.wire.documents import CollectionList, CollectionOut

router = APIRouter(prefix="/v1", tags=["collections"])


@router.get("/collections", responses=problem_responses(*ACCESS_ERRORS))
def listing(backend: SearchedBackend) -> CollectionList:
    """All collections by name, with the number of their documents."""
    catalog = backend.catalog
    return CollectionList(
        collections=[
            CollectionOut(name=name, documents=catalog.count(name)) for name in sorted(catalog.collections())
        ]
    )


@router.delete(
    "/collections/{name}",
    status_code=204,
    responses=problem_responses(UnknownCollection, OriginRefused, *ACCESS_ERRORS, StorageFull),
)
def delete(name: str, request: Request, ingestion: Writer) -> None:
    """Deletes a collection with all its documents. Once this returns, no answer cites them."""
    caller_of(request).require_collection(name)
    count = ingestion.remove_collection(name)
    trail.record("deletion", request, collection=name, documents=count)
