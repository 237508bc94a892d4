"""Collections: separate sets of documents. The first document of a collection creates it."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api import trail
from api.backend import UsesBackend
from api.errors import KeyNeeded, OriginRefused, WritingOff
from api.openapi.problem_responses import problem_responses
from api.security.write_access import Writer
from rag.errors import StorageFull, UnknownCollection
from rag.wire.documents import CollectionList, CollectionOut

router = APIRouter(prefix="/v1", tags=["collections"])


@router.get("/collections", responses=problem_responses())
def listing(backend: UsesBackend) -> CollectionList:
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
    responses=problem_responses(UnknownCollection, OriginRefused, WritingOff, KeyNeeded, StorageFull),
)
def delete(name: str, request: Request, ingestion: Writer) -> None:
    """Deletes a collection with all its documents. Once this returns, no answer cites them."""
    count = ingestion.remove_collection(name)
    trail.record("deletion", request, collection=name, documents=count)
