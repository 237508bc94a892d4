"""Compares a source's files with the catalog: added, changed, unchanged, renamed, removed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import PurePosixPath

from ingest.formats.source import Source
from rag.ports.catalog import DocumentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """What a source has of one document. ``key`` is the source's own name of it (a file's path), by which it
    is fetched; ``size`` is in bytes.

    ``fingerprint`` is equal as long as the same is fetched: a hash of the bytes (hex), a version, an object's
    tag. In a plan it is that with how it is read (``Preparer.source_key``), as in
    ``DocumentRecord.source_sha256``.
    """

    uri: str
    key: str
    size: int
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a sync has to do. ``renamed`` pairs a document with its file under the new name.

    A renamed document keeps its id, so that links to it stay valid. If the new name makes the same
    document (``reads_the_same``), its passages stay untouched; it is read again only if its name is its
    title, or the new name means another format.
    """

    added: tuple[ListedFile, ...] = ()
    changed: tuple[ListedFile, ...] = ()
    unchanged: tuple[ListedFile, ...] = ()
    renamed: tuple[tuple[DocumentRecord, ListedFile], ...] = ()
    removed: tuple[DocumentRecord, ...] = ()

    @property
    def to_read(self) -> tuple[ListedFile, ...]:
        """Files whose next version must be written, in the order of their uris."""
        renamed = (file for record, file in self.renamed if not reads_the_same(record, file))
        return tuple(sorted([*self.added, *self.changed, *renamed], key=lambda file: file.uri))

    @property
    def to_move(self) -> tuple[tuple[DocumentRecord, ListedFile], ...]:
        """Renamed documents that need not be read again."""
        return tuple((record, file) for record, file in self.renamed if reads_the_same(record, file))


def new_document_id(collection: str, uri: str, used: Container[str] = ()) -> str:
    """A new document's id: 16 hex digits of the sha256 of its collection and uri.

    Args:
        used: ids in use: a renamed document keeps the id of its first uri, so that a new document at that
            uri needs another.
    """
    seeds = (f"{collection}\0{uri}" + (f"\0{attempt}" if attempt else "") for attempt in count())
    ids = (sha256(seed.encode()).hexdigest()[:16] for seed in seeds)
    return next(document_id for document_id in ids if document_id not in used)


def reads_the_same(record: DocumentRecord, file: ListedFile) -> bool:
    """Whether a renamed file makes the same document: neither format nor title come from its name.

    The title is embedded with every sentence, so that another title makes other vectors.
    """
    old, new = PurePosixPath(record.uri), PurePosixPath(file.uri)
    if old.suffix.lower() != new.suffix.lower():
        return False
    return old.stem == new.stem or record.title != stem_title(old.name)


def stem_title(name: str) -> str:
    """The title of a document that has none of its own: its file's name without extension and dashes."""
    return Source(data=b"", name=name, uri="", document_id="").stem_title


def plan(
    records: Sequence[DocumentRecord],
    files: Sequence[ListedFile],
    *,
    unreadable: Collection[str] = (),
) -> Plan:
    """Compares the catalog's records of a source with its files.

    Args:
        unreadable: uris of files and folders that could not be read; records at or under them are kept.
    """
    by_uri = {record.uri: record for record in records}
    file_uris = {file.uri for file in files}
    unchanged = [f for f in files if f.uri in by_uri and by_uri[f.uri].source_sha256 == f.fingerprint]
    unchanged_uris = {file.uri for file in unchanged}
    changed = [f for f in files if f.uri in by_uri and f.uri not in unchanged_uris]
    missing = [r for r in records if r.uri not in file_uris and not _is_under(r.uri, unreadable)]
    renamed = _renames(missing, [f for f in files if f.uri not in by_uri])
    new_uris = {file.uri for _, file in renamed}
    old_uris = {record.uri for record, _ in renamed}
    return Plan(
        added=tuple(f for f in files if f.uri not in by_uri and f.uri not in new_uris),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        renamed=tuple(renamed),
        removed=tuple(r for r in missing if r.uri not in old_uris),
    )


def _renames(
    missing: Sequence[DocumentRecord], new: Sequence[ListedFile]
) -> list[tuple[DocumentRecord, ListedFile]]:
    """Pairs documents whose files are missing with new files of the same bytes, each at most once."""
    by_hash: defaultdict[str, list[DocumentRecord]] = defaultdict(list)
    for record in sorted(missing, key=lambda record: record.uri, reverse=True):
        by_hash[record.source_sha256].append(record)
    ordered = sorted(new, key=lambda file: file.uri)
    return [(by_hash[file.fingerprint].pop(), file) for file in ordered if by_hash.get(file.fingerprint)]


def _is_under(uri: str, folders: Collection[str]) -> bool:
    return any(uri == folder or uri.startswith(f"{folder}/") for folder in folders)
