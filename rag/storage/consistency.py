"""Consistency of the catalog and the two indexes: checks, and the removal of what is stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import DamagedDocument
from rag.ports.catalog import Catalog, DocumentRecord
from rag.storage.indexes import Indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistency:
    """A difference between an index (``dense`` or ``lexical``) and the catalog.

    ``kind`` is ``missing`` for a committed document version without rows in the index, ``stale`` for rows
    of a version that isn't committed, ``rows`` for a wrong number of rows in a collection whose versions
    are right (``document_id`` and ``version`` are then empty).
    """

    index: str
    kind: str
    collection: str
    document_id: str = ""
    version: str = ""


def differing_versions(catalog: Catalog, indexes: Indexes) -> list[Inconsistency]:
    """Versions that are missing from an index or stale in it, by collection, index and id."""
    return [
        Inconsistency(index=index, kind=kind, collection=collection, document_id=document_id, version=version)
        for collection in sorted(catalog.collections() | indexes.collections())
        for committed in [catalog.versions(collection)]
        for index, indexed in indexes.versions(collection).items()
        for kind, versions in (("missing", committed - indexed), ("stale", indexed - committed))
        for document_id, version in sorted(versions)
    ]


def differing_counts(catalog: Catalog, indexes: Indexes) -> list[Inconsistency]:
    """Collections with a wrong number of rows in an index; reads every passage of the catalog."""
    return [
        Inconsistency(index=index, kind="rows", collection=collection)
        for collection in sorted(catalog.collections())
        for expected in [_expected_rows(catalog, collection)]
        for index, rows in indexes.counts(collection).items()
        if rows != expected[index]
    ]


def altered_documents(catalog: Catalog) -> list[str]:
    """The ids of documents whose stored text isn't that of their version, or can't be read."""
    return [record.id for record in catalog.list() if _is_altered(catalog, record)]


def _is_altered(catalog: Catalog, record: DocumentRecord) -> bool:
    try:
        catalog.passages_of(record.id)
        return catalog.document(record.id).sha256 != record.version
    except DamagedDocument:
        return True


def _expected_rows(catalog: Catalog, collection: str) -> dict[str, int]:
    passages = [p for record in catalog.list(collection) for p in catalog.passages_of(record.id)]
    return {"dense": sum(len(p.sentences) for p in passages), "lexical": len(passages)}


def remove_stale(indexes: Indexes, inconsistencies: Sequence[Inconsistency]) -> int:
    """Removes the rows of stale versions from the indexes; returns the number of versions.

    Raises:
        IndexUnavailable, StorageFull: an index can't be written.
    """
    stale: dict[str, set[tuple[str, str]]] = {}
    for inconsistency in inconsistencies:
        if inconsistency.kind == "stale":
            version = (inconsistency.document_id, inconsistency.version)
            stale.setdefault(inconsistency.collection, set()).add(version)
    for collection, versions in stale.items():
        indexes.remove(collection, sorted(versions))
    return sum(map(len, stale.values()))
