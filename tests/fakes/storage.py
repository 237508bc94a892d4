"""Catalog and indexes in memory, and a wrapper that interrupts any of them at a named step."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.errors import UnknownDocument
from rag.ports.catalog import Change, DocumentRecord, Intent, Move
from rag.ports.feedback import Feedback
from rag.ports.indexes import Hit, PassageRow, SentenceRow
from rag.types import Document, Passage

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors


class MemoryDenseIndex:
    """Fulfils ``DenseIndex`` by comparing with every vector; ``state`` outlives it as a disk would."""

    def __init__(self, state: dict[str, dict[str, tuple[SentenceRow, Vectors]]] | None = None) -> None:
        self._held = {} if state is None else state

    def add(self, collection: str, units: Sequence[SentenceRow], vectors: Vectors) -> None:
        for unit, vector in zip(units, vectors, strict=True):
            self._held.setdefault(collection, {})[unit.id] = (unit, vector)

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        held = self._held.get(collection, {})
        for key, (unit, _) in list(held.items()):
            if (unit.document_id, unit.version) == (document_id, version) and key not in keep:
                del held[key]

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        hits = [
            Hit(passage_id=unit.passage_id, score=float(held @ vector), sentence_index=unit.sentence_index)
            for unit, held in self._held.get(collection, {}).values()
            if within is None or (unit.document_id, unit.version) in within
        ]
        return sorted(hits, key=lambda hit: -hit.score)[: max(0, k)]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return {(u.document_id, u.version) for u, _ in self._held.get(collection, {}).values()}

    def count(self, collection: str) -> int:
        return len(self._held.get(collection, {}))

    def collections(self) -> set[str]:
        return {name for name, held in self._held.items() if held}

    def drop(self, collection: str) -> None:
        self._held.pop(collection, None)

    def vacuum(self) -> None:
        """Nothing is on a disk."""

    def close(self) -> None:
        """Nothing is open."""


class MemoryLexicalIndex:
    """Fulfils ``LexicalIndex`` by counting shared words, rare ones more; no stemming."""

    def __init__(self, state: dict[str, dict[str, PassageRow]] | None = None) -> None:
        self._held = {} if state is None else state

    def add(self, collection: str, rows: Sequence[PassageRow]) -> None:
        for row in rows:
            self._held.setdefault(collection, {})[row.passage_id] = row

    def remove(
        self,
        collection: str,
        versions: Iterable[tuple[str, str]],
        *,
        keep: AbstractSet[str] = frozenset(),
    ) -> None:
        gone = set(versions)
        held = self._held.get(collection, {})
        for key, row in list(held.items()):
            if (row.document_id, row.version) in gone and key not in keep:
                del held[key]

    def search(
        self, collection: str, query: str, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        rows = self._held.get(collection, {})
        inside = {
            key for key, row in rows.items() if within is None or (row.document_id, row.version) in within
        }
        words = {row.passage_id: _words(f"{row.text} {row.context}") for row in rows.values()}
        scores = {
            key: sum(math.log(1 + len(words) / sum(w in v for v in words.values())) for w in shared)
            for key, held in words.items()
            if key in inside and (shared := held & _words(query))
        }
        best = sorted(scores.items(), key=lambda item: -item[1])[: max(0, k)]
        return [Hit(passage_id=key, score=score) for key, score in best]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return {(row.document_id, row.version) for row in self._held.get(collection, {}).values()}

    def count(self, collection: str) -> int:
        return len(self._held.get(collection, {}))

    def collections(self) -> set[str]:
        return {name for name, held in self._held.items() if held}

    def drop(self, collection: str) -> None:
        self._held.pop(collection, None)

    def vacuum(self) -> None:
        """Nothing is on a disk."""

    def close(self) -> None:
        """Nothing is open."""


class MemoryFeedback:
    """Fulfils ``FeedbackStore``; ``fault`` is raised by whatever is called."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self._held: dict[str, Feedback] = {}

    def put(self, feedback: Feedback) -> None:
        if self.fault:
            raise self.fault
        self._held.pop(feedback.answer_id, None)
        self._held[feedback.answer_id] = replace(feedback, at="2026-01-31T12:00:00.000+00:00")

    def list(self, *, helpful: bool | None = None, limit: int = 100) -> list[Feedback]:
        if self.fault:
            raise self.fault
        newest = reversed(self._held.values())
        return [f for f in newest if helpful in (None, f.helpful)][:limit]

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        gone = [k for k, f in self._held.items() if {c[0] for c in f.citations} & set(document_ids)]
        for key in gone:
            del self._held[key]
        return len(gone)


class MemoryCatalog:
    """Fulfils ``Catalog``; ``state`` outlives it as a file would."""

    def __init__(self, state: dict[str, object] | None = None) -> None:
        state = {} if state is None else state
        self._facts: dict[str, str] = state.setdefault("facts", {})  # type: ignore[assignment]
        self._held: dict[str, Change] = state.setdefault("held", {})  # type: ignore[assignment]
        self._intents: list[Intent] = state.setdefault("intents", [])  # type: ignore[assignment]

    def fingerprint(self) -> str | None:
        return self._facts.get("fingerprint")

    def set_fingerprint(self, value: str) -> None:
        self._facts["fingerprint"] = value

    def checkpoint(self) -> str:
        return self._facts.get("checkpoint", "")

    def set_checkpoint(self, value: str) -> None:
        self._facts["checkpoint"] = value

    def generation(self) -> int:
        return int(self._facts.get("generation", "0"))

    def record_intents(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        intents = [intent for change in changes for intent in self._intended(change)]
        for collection, key in removals:
            held = self._held.get(key)
            if held is None or held.document.collection != collection:
                raise UnknownDocument(key)
            intents.append(_intent(collection, key, None, held.document.sha256))
        self._intents.extend(intents)

    def commit(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]],
        moves: Sequence[Move] = (),
    ) -> None:
        held = dict(self._held)
        for _, key in removals:
            del held[key]
        for change in changes:
            held[change.document.id] = change
        for move in moves:
            old = held.get(move.document_id)
            if old is None or old.document.collection != move.collection:
                raise UnknownDocument(move.document_id)
            held[move.document_id] = replace(
                old, document=replace(old.document, uri=move.uri), source=move.source
            )
        self._held.clear()
        self._held.update(held)
        self._intents[:] = [
            Intent(
                collection=i.collection,
                document_id=i.document_id,
                version=i.version,
                replaces=i.replaces,
                committed=True,
            )
            for i in self._intents
        ]
        self._facts["generation"] = str(self.generation() + 1)

    def clear_intents(self) -> None:
        self._intents.clear()

    def intents(self) -> list[Intent]:
        return self._intents.copy()

    def document(self, document_id: str, version: str | None = None) -> Document:
        held = self._held.get(document_id)
        if held is None or version not in (None, held.document.sha256):
            raise UnknownDocument(document_id)
        return held.document

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        return {key: self._held[key].document for key in document_ids if key in self._held}

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        wanted = set(passage_ids)
        return {p.id: p for change in self._held.values() for p in change.passages if p.id in wanted}

    def passages_of(self, document_id: str) -> list[Passage]:
        held = self._held.get(document_id)
        return sorted(held.passages, key=lambda p: p.span) if held else []

    def list(
        self,
        collection: str | None = None,
        *,
        limit: int | None = None,
        after: str = "",
        under: str = "",
        filters: Mapping[str, str] | None = None,
    ) -> list[DocumentRecord]:
        held = [c for c in self._held.values() if collection in (None, c.document.collection)]
        records = [
            _record(change)
            for change in held
            if change.document.id > after
            and change.document.uri.startswith(under)
            and (filters or {}).items() <= change.document.metadata.items()
        ]
        return sorted(records, key=lambda record: record.id)[:limit]

    def matching_versions(self, collection: str, filters: Mapping[str, str]) -> set[tuple[str, str]]:
        return {(record.id, record.version) for record in self.list(collection, filters=filters)}

    def find_by_uri(self, collection: str, uri: str) -> DocumentRecord | None:
        return next((r for r in self.list(collection) if r.uri == uri), None)

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return {
            (c.document.id, c.document.sha256)
            for c in self._held.values()
            if c.document.collection == collection and c.passages
        }

    def collections(self) -> set[str]:
        return {change.document.collection for change in self._held.values()}

    def count(self, collection: str | None = None) -> int:
        return len(self.list(collection))

    def check(self) -> None:
        """Memory is never damaged."""

    def vacuum(self) -> None:
        """Nothing is on a disk."""

    def close(self) -> None:
        """Nothing is open."""

    def _intended(self, change: Change) -> Iterable[Intent]:
        document = change.document
        held = self._held.get(document.id)
        replaces = None
        if held is not None and held.document.collection == document.collection:
            replaces = held.document.sha256
        elif held is not None:
            yield _intent(held.document.collection, document.id, None, held.document.sha256)
        yield _intent(document.collection, document.id, document.sha256, replaces)


class Interrupted:
    """Any part with a ``hook`` called as ``hook("before add")`` and ``hook("after add")``.

    What the hook raises is the fault: the step was not done, or done without anybody knowing.
    """

    def __init__(self, part: object, hook: Callable[[str], None]) -> None:
        self._part = part
        self._hook = hook

    def __getattr__(self, name: str) -> object:
        method = getattr(self._part, name)

        def interrupted(*args: object, **kwargs: object) -> object:
            self._hook(f"before {name}")
            result = method(*args, **kwargs)
            self._hook(f"after {name}")
            return result

        return interrupted


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _intent(collection: str, key: str, version: str | None, replaces: str | None) -> Intent:
    return Intent(collection=collection, document_id=key, version=version, replaces=replaces, committed=False)


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
        updated_at="2026-01-01T00:00:00+00:00",
        source=change.source,
        source_sha256=change.source_sha256,
    )
