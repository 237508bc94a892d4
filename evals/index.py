"""Writes documents into a service, in batches, as ingest does but without files."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.split import PassageSplitter
from rag.ports.catalog import Change
from rag.ports.reading import Resolver
from rag.types import Document
from rag.wiring import Service

BATCH = 64


def write_documents(service: Service, documents: Iterable[Document], resolver: Resolver | None) -> int:
    """Splits, resolves and commits documents; those without a passage are left out.

    Returns:
        How many documents were written.
    """
    split = service.settings.split
    splitter = PassageSplitter(min_words=split.min_words, max_words=split.max_words)
    batch: list[Change] = []
    written = 0
    for document in documents:
        passages = list(splitter.split(document))
        if resolver is not None:
            passages = resolver.resolve(document, passages)
        if passages:
            batch.append(Change(document=document, passages=tuple(passages)))
            written += 1
        if len(batch) == BATCH:
            service.library.write(batch)
            batch = []
    if batch:
        service.library.write(batch)
    return written
