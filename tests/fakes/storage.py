"""Fakes in memory of catalog, indexes and feedback store, and a wrapper that faults at named steps."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rag.errors import UnknownDocument
from rag.ports.catalog import Change, DocumentRecord, Intent, Move, Original, OriginalRecord
from rag.ports.feedback import Feedback
from rag.ports.indexes import Hit, PassageRow, SentenceRow
from rag.ports.question_log import LoggedQuestion
from rag.types import Document, Passage

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors


class MemoryDenseIndex:
    """Fulfils ``DenseIndex`` by exhaustive search; ``state`` outlives it as files do."""

    def __init__(self, state: dict[str, dict[str, tuple[SentenceRow, Vectors]]] | None = None) -> None:
        self._rows = {} if state is None else state

    def add(self, collection: str, rows: Sequence[SentenceRow], vectors: Vectors) -> None:
        for row, vector in zip(rows, vectors, strict=True):
            self._rows.setdefault(collection, {})[row.id] = (row, vector)

    def remove(
        self, collection: str, document_id: str, version: str, *, keep: AbstractSet[str] = frozenset()
    ) -> None:
        rows = self._rows.get(collection, {})
        for row_id, (row, _) in list(rows.items()):
            if (row.document_id, row.version) == (document_id, version) and row_id not in keep:
                del rows[row_id]

    def search(
        self, collection: str, vector: Vectors, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        hits = [
            Hit(
                passage_id=row.passage_id,
                score=float(row_vector @ vector),
                sentence_index=row.sentence_index,
            )
            for row, row_vector in self._rows.get(collection, {}).values()
            if within is None or (row.document_id, row.version) in within
        ]
        return sorted(hits, key=lambda hit: -hit.score)[: max(0, k)]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return {(row.document_id, row.version) for row, _ in self._rows.get(collection, {}).values()}

    def count(self, collection: str) -> int:
        return len(self._rows.get(collection, {}))

    def collections(self) -> set[str]:
        return {name for name, rows in self._rows.items() if rows}

    def drop(self, collection: str) -> None:
        self._rows.pop(collection, None)

    def vacuum(self) -> None:
        """There are no files."""

    def close(self) -> None:
        """There is nothing to close."""


class MemoryLexicalIndex:
    """Fulfils ``LexicalIndex`` by inverse document frequencies of shared words, without stemming."""

    def __init__(self, state: dict[str, dict[str, PassageRow]] | None = None) -> None:
        self._rows = {} if state is None else state

    def add(self, collection: str, rows: Sequence[PassageRow]) -> None:
        for row in rows:
            self._rows.setdefault(collection, {})[row.passage_id] = row

    def remove(
        self,
        collection: str,
        versions: Iterable[tuple[str, str]],
        *,
        keep: AbstractSet[str] = frozenset(),
    ) -> None:
        removed = set(versions)
        rows = self._rows.get(collection, {})
        for passage_id, row in list(rows.items()):
            if (row.document_id, row.version) in removed and passage_id not in keep:
                del rows[passage_id]

    def search(
        self, collection: str, query: str, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        rows = self._rows.get(collection, {})
        searched = {
            passage_id
            for passage_id, row in rows.items()
            if within is None or (row.document_id, row.version) in within
        }
        words = {row.passage_id: _words(f"{row.text} {row.context}") for row in rows.values()}
        frequency = {
            word: sum(word in passage_words for passage_words in words.values()) for word in _words(query)
        }
        scores = {
            passage_id: sum(math.log(1 + len(words) / frequency[word]) for word in shared)
            for passage_id, passage_words in words.items()
            if passage_id in searched and (shared := passage_words & frequency.keys())
        }
        best = sorted(scores.items(), key=lambda item: -item[1])[: max(0, k)]
        return [Hit(passage_id=passage_id, score=score) for passage_id, score in best]

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return {(row.document_id, row.version) for row in self._rows.get(collection, {}).values()}

    def count(self, collection: str) -> int:
        return len(self._rows.get(collection, {}))

    def collections(self) -> set[str]:
        return {name for name, rows in self._rows.items() if rows}

    def drop(self, collection: str) -> None:
        self._rows.pop(collection, None)

    def vacuum(self) -> None:
        """There are no files."""

    def close(self) -> None:
        """There is nothing to close."""


class MemoryFeedback:
    """Fulfils ``FeedbackStore``; ``fault`` is raised by every call."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self._entries: dict[str, Feedback] = {}

    def key(self) -> bytes:
        return b"the key of a test"

    def vacuum(self) -> None:
        pass

    def close(self) -> None:
        pass

    def put(self, feedback: Feedback) -> None:
        if self.fault:
            raise self.fault
        self._entries.pop(feedback.answer_id, None)
        self._entries[feedback.answer_id] = replace(feedback, at="2026-01-31T12:00:00.000+00:00")

    def list(self, *, helpful: bool | None = None, limit: int = 100) -> list[Feedback]:
        if self.fault:
            raise self.fault
        newest = reversed(self._entries.values())
        return [feedback for feedback in newest if helpful in (None, feedback.helpful)][:limit]

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        answer_ids = [
            answer_id
            for answer_id, feedback in self._entries.items()
            if {citation[0] for citation in feedback.citations} & set(document_ids)
        ]
        for answer_id in answer_ids:
            del self._entries[answer_id]
        return len(answer_ids)


class MemoryQuestionLog:
    """Fulfils ``QuestionLog``, but for the age; ``fault`` is raised by ``put`` and ``list``."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self._entries: dict[str, LoggedQuestion] = {}

    def put(self, question: LoggedQuestion) -> None:
        if self.fault:
            raise self.fault
        self._entries.pop(question.id, None)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._entries[question.id] = replace(question, at=now)

    def rate(self, question_id: str, *, helpful: bool) -> None:
        if question_id in self._entries:
            self._entries[question_id] = replace(self._entries[question_id], helpful=helpful)

    def list(self, collection: str | None = None) -> list[LoggedQuestion]:
        if self.fault:
            raise self.fault
        newest = reversed(self._entries.values())
        return [entry for entry in newest if collection in (None, entry.collection)]

    def outdated(self, generation: int, *, limit: int) -> list[LoggedQuestion]:
        old = [entry for entry in self.list() if entry.is_open and entry.generation != generation]
        newest = {_wording(entry): entry for entry in reversed(old)}
        return sorted(newest.values(), key=old.index)[:limit]

    def asked_again(self, question: LoggedQuestion, *, generation: int, is_answered: bool) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        for key, entry in self._entries.items():
            if entry.is_open and _wording(entry) == _wording(question):
                answered_at = now if is_answered else ""
                self._entries[key] = replace(entry, generation=generation, answered_at=answered_at)

    def purge(self) -> None:
        """Nothing in it is old."""

    def delete_citing(self, document_ids: Sequence[str]) -> int:
        citing = [e.id for e in self.list() if {place[0] for place in e.passages} & set(document_ids)]
        for key in citing:
            del self._entries[key]
        return len(citing)

    def vacuum(self) -> None:
        pass

    def close(self) -> None:
        pass


def _wording(entry: LoggedQuestion) -> tuple[object, ...]:
    return entry.collection, entry.question, tuple(sorted(entry.filters.items()))


class MemoryCatalog:
    """Fulfils ``Catalog``; ``state`` outlives it as a file does."""

    def __init__(self, state: dict[str, object] | None = None) -> None:
        state = {} if state is None else state
        self._facts: dict[str, str] = state.setdefault("facts", {})  # type: ignore[assignment]
        self._committed: dict[str, Change] = state.setdefault("committed", {})  # type: ignore[assignment]
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
        intents = [intent for change in changes for intent in self._change_intents(change)]
        for collection, document_id in removals:
            current = self._committed.get(document_id)
            if current is None or current.document.collection != collection:
                raise UnknownDocument(document_id)
            intents.append(_intent(collection, document_id, None, current.document.sha256))
        self._intents.extend(intents)

    def commit(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]],
        moves: Sequence[Move] = (),
    ) -> None:
        committed = dict(self._committed)
        for _, document_id in removals:
            del committed[document_id]
        for change in changes:
            committed[change.document.id] = change
        for move in moves:
            old = committed.get(move.document_id)
            if old is None or old.document.collection != move.collection:
                raise UnknownDocument(move.document_id)
            committed[move.document_id] = replace(
                old,
                document=replace(old.document, uri=move.uri),
                source=move.source,
                original=_renamed(old.original, move.uri),
            )
        self._committed.clear()
        self._committed.update(committed)
        self._intents[:] = [replace(intent, committed=True) for intent in self._intents]
        self._facts["generation"] = str(self.generation() + 1)

    def clear_intents(self) -> None:
        self._intents.clear()

    def intents(self) -> list[Intent]:
        return self._intents.copy()

    def document(self, document_id: str, version: str | None = None) -> Document:
        current = self._committed.get(document_id)
        if current is None or version not in (None, current.document.sha256):
            raise UnknownDocument(document_id)
        return current.document

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        return {key: self._committed[key].document for key in document_ids if key in self._committed}

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        ids = set(passage_ids)
        return {p.id: p for change in self._committed.values() for p in change.passages if p.id in ids}

    def passages_of(self, document_id: str) -> list[Passage]:
        current = self._committed.get(document_id)
        return sorted(current.passages, key=lambda p: p.span) if current else []

    def list(
        self,
        collection: str | None = None,
        *,
        limit: int | None = None,
        after: str = "",
        under: str = "",
        containing: str = "",
        filters: Mapping[str, str] | None = None,
    ) -> list[DocumentRecord]:
        records = [
            document_record(change)
            for change in self._committed.values()
            if collection in (None, change.document.collection)
            and change.document.id > after
            and change.document.uri.startswith(under)
            and containing.lower() in f"{change.document.title}\n{change.document.uri}".lower()
            and (filters or {}).items() <= change.document.metadata.items()
        ]
        return sorted(records, key=lambda record: record.id)[:limit]

    def matching_versions(self, collection: str, filters: Mapping[str, str]) -> set[tuple[str, str]]:
        return {(record.id, record.version) for record in self.list(collection, filters=filters)}

    def find_by_uri(self, collection: str, uri: str) -> DocumentRecord | None:
        return next((record for record in self.list(collection) if record.uri == uri), None)

    def versions(self, collection: str) -> set[tuple[str, str]]:
        return {
            (change.document.id, change.document.sha256)
            for change in self._committed.values()
            if change.document.collection == collection and change.passages
        }

    def hidden_from(self, groups: AbstractSet[str]) -> dict[str, str]:
        return {
            key: change.document.collection
            for key, change in self._committed.items()
            if change.readers is not None and not set(change.readers) & groups
        }

    def readers(self, document_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        changes = {key: self._committed[key] for key in document_ids if key in self._committed}
        return {key: tuple(sorted(c.readers)) for key, c in changes.items() if c.readers is not None}

    def original(self, document_id: str) -> OriginalRecord | None:
        current = self._committed.get(document_id)
        return current.original.record if current and current.original else None

    def originals(self, document_ids: Iterable[str] | None = None) -> dict[str, int]:
        ids = list(self._committed) if document_ids is None else document_ids
        records = [record for key in ids if (record := self.original(key))]
        return {record.sha256: record.size for record in records}

    def original_sizes(self, sha256s: Iterable[str]) -> dict[str, int]:
        sizes = self.originals()
        return {key: sizes[key] for key in sha256s if key in sizes}

    def original_bytes(self) -> int:
        return sum(self.originals().values())

    def drop_originals(self) -> None:
        for key, change in self._committed.items():
            self._committed[key] = replace(change, original=None)

    def collections(self) -> set[str]:
        return {change.document.collection for change in self._committed.values()}

    def count(self, collection: str | None = None) -> int:
        return len(self.list(collection))

    def check(self) -> None:
        """There is no file to be damaged."""

    def vacuum(self) -> None:
        """There is no file."""

    def close(self) -> None:
        """There is nothing to close."""

    def _change_intents(self, change: Change) -> Iterable[Intent]:
        document, current = change.document, self._committed.get(change.document.id)
        replaces = None
        if current is not None and current.document.collection == document.collection:
            replaces = current.document.sha256
        elif current is not None:
            yield _intent(current.document.collection, document.id, None, current.document.sha256)
        yield _intent(document.collection, document.id, document.sha256, replaces)


class Interrupted:
    """Wraps a component: calls ``hook("before add")`` before its ``add``, ``hook("after add")`` after it.

    The hook may raise a fault: the step was not done then, or it was done and its caller doesn't know.
    """

    def __init__(self, component: object, hook: Callable[[str], None]) -> None:
        self._component = component
        self._hook = hook

    def __getattr__(self, name: str) -> object:
        method = getattr(self._component, name)
        if not callable(method):
            return method

        def interrupted(*args: object, **kwargs: object) -> object:
            self._hook(f"before {name}")
            result = method(*args, **kwargs)
            self._hook(f"after {name}")
            return result

        return interrupted


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _renamed(original: Original | None, uri: str) -> Original | None:
    if original is None:
        return None
    return replace(original, record=replace(original.record, name=PurePosixPath(uri).name))


def _intent(collection: str, document_id: str, version: str | None, replaces: str | None) -> Intent:
    return Intent(
        collection=collection, document_id=document_id, version=version, replaces=replaces, committed=False
    )


def document_record(change: Change) -> DocumentRecord:
    """The record of a committed change, with a fixed time."""
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
