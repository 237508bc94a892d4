"""What writes that were cut off left behind: finished, or taken back."""

from __future__ import annotations

from rag.errors import UnknownDocument
from rag.ports.catalog import Catalog, Change, Intent
from rag.storage.indexes import Indexes
from rag.types import Document


def resolve_intents(catalog: Catalog, indexes: Indexes) -> list[Intent]:
    """Finishes committed writes, rolls back the others, and clears their intents; returns these.

    Raises:
        IndexUnavailable, StorageFull: an index can't be written; the intents stay.
    """
    intents = catalog.intents()
    obsolete: dict[str, list[tuple[str, str]]] = {}
    for intent in intents:
        version = intent.replaces if intent.committed else intent.version
        if version is None:
            continue
        current = _current_document(catalog, intent, version)
        if current is None:
            obsolete.setdefault(intent.collection, []).append((intent.document_id, version))
        else:
            _restore_rows(catalog, indexes, current, overwritten=not intent.committed)
    for collection, versions in obsolete.items():
        if catalog.count(collection):
            indexes.remove(collection, versions)
        else:
            indexes.drop(collection)
    if intents:
        catalog.clear_intents()
    return intents


def _current_document(catalog: Catalog, intent: Intent, version: str) -> Document | None:
    """The intent's document if this version is its committed one: the write was only a new split."""
    try:
        document = catalog.document(intent.document_id)
    except UnknownDocument:
        return None
    is_current = (document.collection, document.sha256) == (intent.collection, version)
    return document if is_current else None


def _restore_rows(catalog: Catalog, indexes: Indexes, document: Document, *, overwritten: bool) -> None:
    """Leaves only the rows of the committed passages of this version in the indexes.

    ``overwritten``: an uncommitted split may have rows of the same ids, so that they are written again.
    """
    passages = catalog.passages_of(document.id)
    if overwritten:
        indexes.add(indexes.prepare([Change(document=document, passages=tuple(passages))]))
    indexes.remove_orphans(document, passages)
