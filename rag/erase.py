"""Verified erasure: documents forgotten, the disk given back, and looked through for what is left.

Removing is enough for answers: nothing of a removed document is ever found. Databases keep the bytes,
though, in free pages, logs and marked rows, until they are vacuumed; and that they are gone can be
checked: the receipt says what was looked for and where.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from mmap import ACCESS_READ, mmap
from pathlib import Path

from rag.errors import StorageError
from rag.types import Document
from rag.wiring import Service

SOUGHT = 100  # sentences of a document, spread over the whole of it: each is looked for in every file
_DISTINCT = 16  # characters; what is shorter stands in many a file by chance
_AT_ONCE = 64  # documents held in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """A document that was forgotten: ``sought`` of its ``sentences`` were looked for."""

    id: str
    uri: str
    version: str
    sentences: int
    sought: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was forgotten and what a search of the disk came to.

    ``traces`` are files of the data folder that still hold a sentence, and how many of them; ``feedback``
    counts the readers' verdicts that went with their answers; ``unsearched`` names stores whose files
    are not in the data folder. ``at`` is a UTC time in ISO 8601.
    """

    at: str
    documents: tuple[Erased, ...]
    feedback: int
    files: int
    bytes: int
    traces: tuple[tuple[str, int], ...]
    unsearched: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.traces


def erase(service: Service, document_ids: Sequence[str]) -> Receipt:
    """Removes documents for good; with none, gives back what was removed before.

    The feedback on answers that cite them is removed, too. The same words in a document that stays are
    no trace. Reports of ingests keep the names of files.

    Raises:
        UnknownDocument: one isn't there; nothing is removed.
        StorageError: a file can't be read or written.
    """
    catalog = service.catalog
    documents = [catalog.document(key) for key in dict.fromkeys(document_ids)]
    sentences = {document.id: _sentences(service, document) for document in documents}
    if documents:
        service.library.write([], [(document.collection, document.id) for document in documents])
    feedback = service.feedback.delete_citing([document.id for document in documents])
    for document in documents:
        service.signatures.update(document.collection, (), [document.id])
    service.library.vacuum()
    service.jobs.vacuum()
    sought = {document.id: _spread(sentences[document.id]) for document in documents}
    files = [path for path in sorted(service.settings.data.rglob("*")) if path.is_file()]
    found = _found(files, dict.fromkeys(sentence for some in sought.values() for sentence in some))
    shared = _held(service, {sentence for some in found.values() for sentence in some})
    return Receipt(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        documents=tuple(
            Erased(
                id=document.id,
                uri=document.uri,
                version=document.sha256,
                sentences=len(sentences[document.id]),
                sought=len(sought[document.id]),
            )
            for document in documents
        ),
        feedback=feedback,
        files=len(files),
        bytes=sum(path.stat().st_size for path in files if path.exists()),
        traces=tuple(
            (path.relative_to(service.settings.data).as_posix(), len(some - shared))
            for path, some in found.items()
            if some - shared
        ),
        unsearched=_unsearched(service),
    )


def _sentences(service: Service, document: Document) -> list[str]:
    """Each sentence that is long enough to be told from others, once, in order."""
    passages = service.catalog.passages_of(document.id)
    spoken = (sentence.slice(document.text).strip() for p in passages for sentence in p.sentences)
    return [sentence for sentence in dict.fromkeys(spoken) if len(sentence) >= _DISTINCT]


def _spread(sentences: Sequence[str]) -> list[str]:
    """At most ``SOUGHT`` of them, evenly spread."""
    count = min(SOUGHT, len(sentences))
    return [sentences[at * len(sentences) // count] for at in range(count)]


def _found(files: Iterable[Path], sentences: Iterable[str]) -> dict[Path, set[str]]:
    """The files that hold any of the sentences, and which, as text or as JSON escapes it."""
    forms = {sentence: _forms(sentence) for sentence in sentences}
    found: dict[Path, set[str]] = {}
    for path in files if forms else ():
        try:
            with path.open("rb") as file:
                if not path.stat().st_size:
                    continue
                with mmap(file.fileno(), 0, access=ACCESS_READ) as held:
                    some = {s for s, bytes_ in forms.items() if any(held.find(b) >= 0 for b in bytes_)}
        except FileNotFoundError:
            continue  # merged away by an index meanwhile, into a file that is newer than the removal
        except OSError as error:
            raise StorageError(f"{path} can't be read: {error.strerror}") from error
        if some:
            found[path] = some
    return found


def _forms(sentence: str) -> set[bytes]:
    return {sentence.encode("utf-8", "surrogatepass"), json.dumps(sentence)[1:-1].encode()}


def _held(service: Service, sentences: set[str]) -> set[str]:
    """Those of the sentences that a document holds which stays."""
    held: set[str] = set()
    for document in _remaining(service) if sentences else ():
        held |= {sentence for sentence in sentences - held if sentence in document.text}
    return held


def _remaining(service: Service) -> Iterator[Document]:
    ids = [record.id for record in service.catalog.list()]
    for start in range(0, len(ids), _AT_ONCE):
        yield from service.catalog.documents(ids[start : start + _AT_ONCE]).values()


def _unsearched(service: Service) -> tuple[str, ...]:
    settings = service.settings
    if settings.vector_store != "chroma":
        return (settings.vector_store,)
    return (settings.chroma_url,) if settings.chroma_url else ()
