"""A fake library in memory with its catalog's listing, whose writes can be made to fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.errors import StorageError, UnknownDocument
from rag.ports.catalog import Change, DocumentRecord, Move
from tests.fakes.storage import document_record


class MemoryLibrary:
    """``changes`` are the current versions, by collection and id; the write number ``fail_on`` fails."""

    def __init__(self, *, fail_on: int | None = None) -> None:
        self.changes: dict[tuple[str, str], Change] = {}
        self.writes: list[tuple[list[Change], list[tuple[str, str]]]] = []
        self.moves: list[Move] = []
        self.fail_on = fail_on

    def write(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]] = (),
        moves: Sequence[Move] = (),
        progress: object = None,
    ) -> None:
        if len(self.writes) == self.fail_on:
            raise StorageError("no space left")
        if any(key not in self.changes for key in removals):
            raise UnknownDocument("removes what is not there")
        self.writes.append((list(changes), list(removals)))
        for key in removals:
            del self.changes[key]
        for change in changes:
            self.changes[change.document.collection, change.document.id] = change
        for move in moves:
            key = move.collection, move.document_id
            old = self.changes[key]
            moved = replace(old.document, uri=move.uri)
            self.changes[key] = replace(old, document=moved, source=move.source)
        self.moves += moves

    def list(
        self, collection: str | None = None, *, limit: int | None = None, after: str = ""
    ) -> list[DocumentRecord]:
        listed = [c for c in self.changes.values() if collection in (None, c.document.collection)]
        return sorted(map(document_record, listed), key=lambda record: record.id)

    @property
    def uris(self) -> set[str]:
        return {change.document.uri for change in self.changes.values()}
