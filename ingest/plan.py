"""What a folder's files mean for the catalog: added, changed, unchanged, renamed, removed. Pure."""

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
class FoundFile:
    """A file that is there now. ``path`` is absolute, ``sha256`` (hex) that of its bytes and of how they
    are read (``Preparer.key``), as ``DocumentRecord.source_sha256``."""

    uri: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done. ``renamed`` pairs hold a document and the new file that it became.

    A renamed document keeps its id, so that links to it hold. Where it reads as before (``reads_alike``)
    its passages stay untouched; only where its name is its title, or its format comes from the name,
    is it read anew.
    """

    added: tuple[FoundFile, ...] = ()
    changed: tuple[FoundFile, ...] = ()
    unchanged: tuple[FoundFile, ...] = ()
    renamed: tuple[tuple[DocumentRecord, FoundFile], ...] = ()
    removed: tuple[DocumentRecord, ...] = ()

    @property
    def to_read(self) -> tuple[FoundFile, ...]:
        """Files whose next version must be written, in the order of their uris."""
        anew = (file for record, file in self.renamed if not reads_alike(record, file))
        return tuple(sorted([*self.added, *self.changed, *anew], key=lambda file: file.uri))

    @property
    def to_move(self) -> tuple[tuple[DocumentRecord, FoundFile], ...]:
        """Renamed documents that need not be read again."""
        return tuple((record, file) for record, file in self.renamed if reads_alike(record, file))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.added or self.changed or self.renamed or self.removed)


def document_id(collection: str, uri: str, taken: Container[str] = ()) -> str:
    """A new document's id: the same for its place, different in each collection; 16 hex digits.

    Args:
        taken: ids in use: a document that was renamed keeps the id of its first place.
    """
    places = (f"{collection}\0{uri}" + (f"\0{again}" if again else "") for again in count())
    ids = (sha256(place.encode()).hexdigest()[:16] for place in places)
    return next(key for key in ids if key not in taken)


def reads_alike(record: DocumentRecord, file: FoundFile) -> bool:
    """Whether a renamed file gives the same document: neither format nor title come from its name.

    The title is embedded with every sentence, so that another one makes other vectors.
    """
    old, new = PurePosixPath(record.uri), PurePosixPath(file.uri)
    if old.suffix.lower() != new.suffix.lower():
        return False
    return old.stem == new.stem or record.title != stem_title(old.name)


def stem_title(name: str) -> str:
    """The title of a document that has none of its own."""
    return Source(data=b"", name=name, uri="", document_id="").stem_title


def plan(
    records: Sequence[DocumentRecord],
    files: Sequence[FoundFile],
    *,
    unknown: Collection[str] = (),
) -> Plan:
    """Compares the catalog's records of a place with the files found there.

    Args:
        unknown: uris of files and folders that could not be looked at; what is recorded at or
            under them stays.
    """
    known = {record.uri: record for record in records}
    there = {file.uri for file in files}
    same = [f for f in files if f.uri in known and known[f.uri].source_sha256 == f.sha256]
    kept = {file.uri for file in same}
    changed = [f for f in files if f.uri in known and f.uri not in kept]
    gone = [r for r in records if r.uri not in there and not _is_under(r.uri, unknown)]
    renamed = _renames(gone, [f for f in files if f.uri not in known])
    moved = {file.uri for _, file in renamed}
    left = {record.uri for record, _ in renamed}
    return Plan(
        added=tuple(f for f in files if f.uri not in known and f.uri not in moved),
        changed=tuple(changed),
        unchanged=tuple(same),
        renamed=tuple(renamed),
        removed=tuple(r for r in gone if r.uri not in left),
    )


def _renames(
    gone: Sequence[DocumentRecord], new: Sequence[FoundFile]
) -> list[tuple[DocumentRecord, FoundFile]]:
    """Pairs a vanished document with a new file of the same bytes, each at most once."""
    by_hash: defaultdict[str, list[DocumentRecord]] = defaultdict(list)
    for record in sorted(gone, key=lambda record: record.uri, reverse=True):
        by_hash[record.source_sha256].append(record)
    ordered = sorted(new, key=lambda file: file.uri)
    return [(by_hash[file.sha256].pop(), file) for file in ordered if by_hash.get(file.sha256)]


def _is_under(uri: str, places: Collection[str]) -> bool:
    return any(uri == place or uri.startswith(f"{place}/") for place in places)
