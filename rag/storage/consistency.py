"""Whether the catalog and the two indexes hold the same; looks only, changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from rag.ports.catalog import Catalog
from rag.storage.indexes import Indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistency:
    """Where an index differs from the catalog.

    ``kind`` is ``missing`` or ``stale`` for a document version that the index lacks or should not
    have; ``rows`` where the versions agree and the number of rows doesn't: ``document_id`` and
    ``version`` are then empty.
    """

    index: str
    kind: str
    collection: str
    document_id: str = ""
    version: str = ""


def differing_versions(catalog: Catalog, indexes: Indexes) -> list[Inconsistency]:
    """Versions missing from an index or left in it, by collection, index and id."""
    return [
        Inconsistency(index=index, kind=kind, collection=collection, document_id=key, version=version)
        for collection in sorted(catalog.collections() | indexes.collections())
        for committed in [catalog.versions(collection)]
        for index, held in indexes.versions(collection).items()
        for kind, versions in (("missing", committed - held), ("stale", held - committed))
        for key, version in sorted(versions)
    ]


def differing_counts(catalog: Catalog, indexes: Indexes) -> list[Inconsistency]:
    """Collections whose rows were lost although no version is missing; reads every passage."""
    return [
        Inconsistency(index=index, kind="rows", collection=collection)
        for collection in sorted(catalog.collections())
        for wanted in [_rows(catalog, collection)]
        for index, rows in indexes.counts(collection).items()
        if rows != wanted[index]
    ]


def _rows(catalog: Catalog, collection: str) -> dict[str, int]:
    passages = [p for record in catalog.list(collection) for p in catalog.passages_of(record.id)]
    return {"dense": sum(len(p.sentences) for p in passages), "lexical": len(passages)}
