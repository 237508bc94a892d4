"""Brings the library in step with files and folders: what changed is written, what is gone goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Protocol

from ingest.ignore import EVERYTHING, Patterns
from ingest.memory import release_memory
from ingest.plan import FoundFile, document_id
from ingest.prepare import Preparer
from ingest.report import Failure, Progress, Report
from ingest.scan import Scan, scan
from rag.errors import DocumentTooLarge, SaywhereError, UnreadableDocument
from rag.ports.catalog import Catalog, Change, Move
from rag.types import DEFAULT_COLLECTION

BATCH_DOCUMENTS = 64
BATCH_SENTENCES = 1_000


class Writer(Protocol):
    """The part of ``rag.library.Library`` that a sync needs."""

    def write(
        self,
        changes: Sequence[Change],
        removals: Sequence[tuple[str, str]] = (),
        moves: Sequence[Move] = (),
    ) -> None:
        """Writes new versions, removes ``(collection, document_id)``s and moves others, as one unit."""
        ...


def sync(
    library: Writer,
    catalog: Catalog,
    preparer: Preparer,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    patterns: Patterns = EVERYTHING,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Makes a collection hold what the paths hold now; a second run in a row changes nothing.

    Files are told apart by the hash of their bytes and of how they are read, never by their dates:
    after a change of format reader, splitter or resolver they count as changed. A file that can't be
    read never stops the others: it is reported, and its earlier version stays. A file found under
    another name is a rename: its document keeps its id, and nothing of it is embedded again unless
    its name is its title. Documents of a folder whose files are gone, or left out by patterns, are
    removed, after everything new was written. What was written before an interruption stands, and
    the next sync goes on from there.

    Args:
        preparer: how a file's bytes become a change.
        progress: called after each file read and each batch written.

    Raises:
        StorageError: the library can't be written.
        ModelError: the embedder can't be loaded.
    """
    total = Report()
    for path in paths:
        found = scan(catalog.list(collection), preparer, path, patterns)
        if isinstance(found, Failure):
            total += Report(failed=(found,))
            continue
        run = _Run(library, preparer, collection, found, progress or (lambda _: None))
        run.apply()
        total += run.report()
    return total


@dataclass(slots=True)
class _Run:
    """One plan being applied, batch by batch."""

    library: Writer
    preparer: Preparer
    collection: str
    found: Scan
    progress: Callable[[Progress], None]
    written: set[str] = field(default_factory=set)
    failed: list[Failure] = field(default_factory=list)
    passages: int = 0
    read_seconds: float = 0.0
    write_seconds: float = 0.0
    _ids: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Known documents keep their ids, renamed ones too."""
        self._taken = {record.id for record in self.found.records}
        self._ids = {record.uri: record.id for record in self.found.records}
        self._ids |= {file.uri: record.id for record, file in self.found.plan.renamed}

    def apply(self) -> None:
        files = self.found.plan.to_read
        batch: list[Change] = []
        for read, change in enumerate(self._changes(files), 1):
            if change is not None:
                batch.append(change)
            if len(batch) >= BATCH_DOCUMENTS or sentences(batch) >= BATCH_SENTENCES:
                self._write(batch)
                batch = []
            self._tell(read, len(files), files[read - 1].uri)
        removals = [(record.collection, record.id) for record in self.found.plan.removed]
        moves = [self._move(record.id, file.uri) for record, file in self.found.plan.to_move]
        if batch or removals or moves:
            self._write(batch, removals, moves)
            self._tell(len(files), len(files), files[-1].uri if files else "")

    def report(self) -> Report:
        """What was done; of the files, only what was written counts as such."""
        todo, listing = self.found.plan, self.found.listing
        moved = {file.uri for _, file in todo.to_move} | self.written
        return Report(
            added=tuple(file.uri for file in todo.added if file.uri in self.written),
            changed=tuple(file.uri for file in todo.changed if file.uri in self.written),
            unchanged=tuple(file.uri for file in todo.unchanged),
            renamed=tuple((old.uri, new.uri) for old, new in todo.renamed if new.uri in moved),
            removed=tuple(record.uri for record in todo.removed),
            skipped=listing.skipped,
            ignored=listing.ignored,
            failed=self.found.failures([*listing.failures, *self.failed]),
            passages=self.passages,
            read_seconds=self.read_seconds,
            write_seconds=self.write_seconds,
        )

    def _changes(self, files: Sequence[FoundFile]) -> Iterator[Change | None]:
        """A change for each file, or None for one that failed."""
        for file in files:
            began = perf_counter()
            change = self._change(file)
            self.read_seconds += perf_counter() - began
            yield change

    def _change(self, file: FoundFile) -> Change | None:
        path = Path(file.path)
        try:
            if file.size > self.preparer.limit:
                raise DocumentTooLarge(
                    f"{path.name} has {file.size:,} bytes; the limit is {self.preparer.limit:,}"
                )
            return self.preparer.prepare(
                path.read_bytes(),
                path.name,
                uri=file.uri,
                collection=self.collection,
                source=self.found.root.source,
                key=self._id(file.uri),
            )
        except UnreadableDocument as error:
            reason = str(error)
        except SaywhereError:
            raise
        except OSError as error:
            reason = f"{path} can't be read: {error.strerror or error}"
        except Exception as error:  # noqa: BLE001  # a fault of ours in one file must not stop the rest
            reason = f"{path.name} could not be taken in: {type(error).__name__}: {error}"
        self.failed.append(Failure(uri=file.uri, reason=reason))
        return None

    def _id(self, uri: str) -> str:
        if uri not in self._ids:
            self._ids[uri] = document_id(self.collection, uri, self._taken)
            self._taken.add(self._ids[uri])
        return self._ids[uri]

    def _move(self, key: str, uri: str) -> Move:
        return Move(collection=self.collection, document_id=key, uri=uri, source=self.found.root.source)

    def _write(
        self,
        batch: Sequence[Change],
        removals: Sequence[tuple[str, str]] = (),
        moves: Sequence[Move] = (),
    ) -> None:
        began = perf_counter()
        self.library.write(batch, removals, moves)
        release_memory()
        self.write_seconds += perf_counter() - began
        self.written |= {change.document.uri for change in batch}
        self.passages += sum(len(change.passages) for change in batch)

    def _tell(self, read: int, total: int, uri: str) -> None:
        done = Progress(read=read, written=len(self.written), total=total, uri=uri, passages=self.passages)
        self.progress(done)


def sentences(batch: Iterable[Change]) -> int:
    """How many there are to embed."""
    return sum(len(passage.sentences) for change in batch for passage in change.passages)
