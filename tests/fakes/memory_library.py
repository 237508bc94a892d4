"""A library and its catalog's listing in memory, to force faults that the real ones rarely have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.errors import StorageError, UnknownDocument
from rag.ports.catalog import Change, DocumentRecord, Move


class MemoryLibrary:
    """Holds the changes written, by collection and id. ``fail_on`` names the write that fails."""

    def __init__(self, *, fail_on: int | None = None) -> None:
        self.held: dict[tuple[str, str], Change] = {}
        self.writes: list[tuple[list[Change], list[tuple[str, str]]]] = []
        self.moves: list[Move] = []
        self.fail_on = fail_on

    def write(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]] = (),
        moves: Sequence[Move] = (),
    ) -> None:
        if len(self.writes) == self.fail_on:
            raise StorageError("no space left")
        if any(key not in self.held for key in removals):
            raise UnknownDocument("removes what is not there")
        self.writes.append((list(changes), list(removals)))
        for key in removals:
            del self.held[key]
        for change in changes:
            self.held[change.document.collection, change.document.id] = change
        for move in moves:
            old = self.held[move.collection, move.document_id]
            made = replace(old, document=replace(old.document, uri=move.uri), source=move.source)
            self.held[move.collection, move.document_id] = made
        self.moves += moves

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]:
        held = [c for c in self.held.values() if collection in (None, c.document.collection)]
        return sorted(map(_record, held), key=lambda record: record.id)

    @property
    def uris(self) -> set[str]:
        return {change.document.uri for change in self.held.values()}


def _record(change: Change) -> DocumentRecord:
    document = change.document
    return DocumentRecord(
        id=document.id,
        collection=document.collection,
        uri=document.uri,
        title=document.title,
        media_type=document.media_type,
        version=document.sha256,
        characters=len(document.text),
        passages=len(change.passages),
        updated_at="",
        source=change.source,
        source_sha256=change.source_sha256,
    )
