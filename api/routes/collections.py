"""Collections: sets of documents that know nothing of each other. One is made by its first document."""

from __future__ import annotations

from fastapi import APIRouter

from api import problems
from api.backend import UsesBackend
from api.security.origins import OriginRefused
from api.security.write_access import KeyNeeded, MayWrite, WritingOff
from rag.errors import StorageFull, UnknownCollection
from rag.wire.documents import CollectionList, CollectionOut

router = APIRouter(prefix="/v1", tags=["collections"])


@router.get("/collections", responses=problems.documented())
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
    responses=problems.documented(UnknownCollection, OriginRefused, WritingOff, KeyNeeded, StorageFull),
)
def delete(name: str, ingestion: MayWrite) -> None:
    """Removes a collection with all its documents; none of them answers any more."""
    ingestion.remove_collection(name)
