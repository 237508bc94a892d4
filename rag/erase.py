"""Verified erasure: removes documents, frees their disk space, and searches the files for remaining text.

Removed documents are never retrieved again. But databases keep their bytes, in free pages, logs and rows
marked as removed, until they are vacuumed. The receipt says what was searched for, in which files, and what
was found.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from mmap import ACCESS_READ, mmap
from pathlib import Path

from rag.backup.rotation import holding
from rag.errors import StorageError
from rag.ports.catalog import OriginalRecord
from rag.storage.erasures import Erasure, add_erasures, uri_hash
from rag.types import Document
from rag.wiring import RESERVE, Service, place_of

MAX_SEARCHED_SENTENCES = 100  # of a document, evenly spread over it
_MIN_CHARACTERS = 16  # of a sentence searched for: a shorter one is in many a file by chance
_DOCUMENTS_PER_BATCH = 64  # held in memory
_NOTES = (
    "the service's log and the reports of ingest jobs may name the document; they hold none of its text",
)

_DATABASE_NOTE = "backups of the database hold the document until they are removed"


class OriginalFate(StrEnum):
    """What became of a document's file: none was kept; it was erased; it stays, as another document was read
    from the same bytes."""

    NONE = "none"
    ERASED = "erased"
    SHARED = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedDocument:
    """A document that was removed: ``sought`` of its ``sentences`` were searched for.

    ``original`` says what became of the file that it was read from.
    """

    id: str
    uri: str
    version: str
    sentences: int
    sought: int
    original: OriginalFate


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReceipt:
    """The documents that were removed, and what a search of the data folder found.

    ``traces`` are the files that still hold some of the sentences, with the number of these sentences;
    ``originals`` counts the kept files that were erased, ``original_bytes`` their bytes; ``feedback`` and
    ``questions`` count the entries of feedback, and of the question log, removed with them; ``files`` and
    ``bytes`` were searched; ``unsearched`` names stores whose files are outside the data folder; ``backups``
    those backups that hold a document until the next one is made in their folder, ``notes`` what else may
    name it. ``at`` is a UTC time in ISO 8601.
    """

    at: str
    documents: tuple[ErasedDocument, ...]
    originals: int
    original_bytes: int
    feedback: int
    questions: int
    files: int
    bytes: int
    traces: tuple[tuple[str, int], ...]
    unsearched: tuple[str, ...]
    backups: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether no file holds any of the sentences."""
        return not self.traces


def erase(service: Service, document_ids: Sequence[str]) -> ErasureReceipt:
    """Removes documents and every byte of them; with no ids, frees the space of earlier removals.

    The files that they were read from are removed too, unless another document was read from the same bytes.
    Feedback on answers that cite them is removed as well, and logged questions with passages of them. A
    sentence that another document also has is no trace. Reports of ingest jobs keep the names of files.
    Earlier backups hold the documents until the next backup is made beside them, which erases them there.

    Raises:
        UnknownDocument: one of the ids is unknown; nothing is removed.
        StorageError: a file can't be read or written.
    """
    catalog = service.catalog
    documents = [catalog.document(document_id) for document_id in dict.fromkeys(document_ids)]
    sentences = {document.id: _distinctive_sentences(service, document) for document in documents}
    originals = {document.id: catalog.original(document.id) for document in documents}
    if documents:
        service.library.write([], [(document.collection, document.id) for document in documents])
    feedback = service.feedback.delete_citing([document.id for document in documents])
    questions = service.question_log.delete_citing([document.id for document in documents])
    for document in documents:
        service.signatures.update(document.collection, (), [document.id])
    at = datetime.now(UTC).isoformat(timespec="seconds")
    backed_up = service.settings.database_url is None  # by this service; a database has its own backups
    if backed_up:
        add_erasures(service.settings.data, (_erasure(at, d, originals[d.id]) for d in documents))
    service.library.vacuum()
    service.jobs.vacuum()
    service.feedback.vacuum()
    service.question_log.vacuum()
    searched = {document.id: _sample(sentences[document.id]) for document in documents}
    service.remove_damaged()
    shared = catalog.original_sizes(original.sha256 for original in originals.values() if original)
    fates = {document_id: _fate(original, shared) for document_id, original in originals.items()}
    erased = {
        original.sha256: original.size
        for document_id, original in originals.items()
        if original is not None and fates[document_id] is OriginalFate.ERASED
    }
    files = [
        path
        for path in sorted(service.settings.data.rglob("*"))
        if path.is_file() and path != service.settings.data / RESERVE
    ]
    matches = _search_files(files, dict.fromkeys(s for sample in searched.values() for s in sample))
    remaining = _in_remaining_documents(service, {s for matched in matches.values() for s in matched})
    return ErasureReceipt(
        at=at,
        documents=tuple(
            ErasedDocument(
                id=document.id,
                uri=document.uri,
                version=document.sha256,
                sentences=len(sentences[document.id]),
                sought=len(searched[document.id]),
                original=fates[document.id],
            )
            for document in documents
        ),
        originals=len(erased),
        original_bytes=sum(erased.values()),
        feedback=feedback,
        questions=questions,
        files=len(files),
        bytes=sum(path.stat().st_size for path in files if path.exists()),
        traces=tuple(
            (path.relative_to(service.settings.data).as_posix(), len(matched - remaining))
            for path, matched in matches.items()
            if matched - remaining
        ),
        unsearched=_unsearched_stores(service),
        backups=tuple(map(str, holding(service.settings.data, list(originals)) if backed_up else ())),
        notes=(*_NOTES, *(() if backed_up else (_DATABASE_NOTE,))) if documents else (),
    )


def _erasure(at: str, document: Document, original: OriginalRecord | None) -> Erasure:
    return Erasure(
        at=at,
        document_id=document.id,
        version=document.sha256,
        uri_sha256=uri_hash(document.uri),
        original=original.sha256 if original else "",
    )


def _fate(original: OriginalRecord | None, shared: Container[str]) -> OriginalFate:
    """``shared``: the sha256 of the files that remaining documents were read from."""
    if original is None:
        return OriginalFate.NONE
    return OriginalFate.SHARED if original.sha256 in shared else OriginalFate.ERASED


def _distinctive_sentences(service: Service, document: Document) -> list[str]:
    """The document's sentences of ``_MIN_CHARACTERS`` or more, once each, in order."""
    passages = service.catalog.passages_of(document.id)
    texts = (span.slice(document.text).strip() for passage in passages for span in passage.sentences)
    return [text for text in dict.fromkeys(texts) if len(text) >= _MIN_CHARACTERS]


def _sample(sentences: Sequence[str]) -> list[str]:
    """At most ``MAX_SEARCHED_SENTENCES`` of them, evenly spread."""
    count = min(MAX_SEARCHED_SENTENCES, len(sentences))
    return [sentences[i * len(sentences) // count] for i in range(count)]


def _search_files(files: Iterable[Path], sentences: Iterable[str]) -> dict[Path, set[str]]:
    """The files that hold any of the sentences, as text or as JSON escapes it, and which ones."""
    encodings = {sentence: _encodings(sentence) for sentence in sentences}
    matches: dict[Path, set[str]] = {}
    for path in files if encodings else ():
        try:
            with path.open("rb") as file:
                if not path.stat().st_size:
                    continue
                with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
                    matched = {
                        sentence
                        for sentence, forms in encodings.items()
                        if any(content.find(form) >= 0 for form in forms)
                    }
        except FileNotFoundError:
            continue  # an index has merged it into another file meanwhile, after the removal
        except OSError as error:
            raise StorageError(f"{path} can't be read: {error.strerror}") from error
        if matched:
            matches[path] = matched
    return matches


def _encodings(sentence: str) -> set[bytes]:
    """The bytes of a sentence in UTF-8 and as an ASCII JSON string."""
    return {sentence.encode("utf-8", "surrogatepass"), json.dumps(sentence)[1:-1].encode()}


def _in_remaining_documents(service: Service, sentences: set[str]) -> set[str]:
    """Those of the sentences that a remaining document has as well."""
    shared: set[str] = set()
    for document in _remaining_documents(service) if sentences else ():
        shared |= {sentence for sentence in sentences - shared if sentence in document.text}
    return shared


def _remaining_documents(service: Service) -> Iterator[Document]:
    ids = [record.id for record in service.catalog.list()]
    for start in range(0, len(ids), _DOCUMENTS_PER_BATCH):
        yield from service.catalog.documents(ids[start : start + _DOCUMENTS_PER_BATCH]).values()


def _unsearched_stores(service: Service) -> tuple[str, ...]:
    settings = service.settings
    if settings.database_url is not None:
        return (place_of(settings),)
    if settings.vector_store != "chroma":
        return (settings.vector_store,)
    return (settings.chroma_url,) if settings.chroma_url else ()
