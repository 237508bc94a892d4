"""Sync: makes a collection equal to its sources: files, folders, repositories, sites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from time import perf_counter

from ingest.batch_writer import BatchWriter, ChangeWriter
from ingest.cancellation import Cancellation, Cancelled
from ingest.ignore import EVERYTHING, Patterns
from ingest.plan import ListedFile, new_document_id
from ingest.prepare import Preparer
from ingest.report import Failure, Note, Progress, Report, notes_of
from ingest.scan import Scan, open_scan
from ingest.sources.contract import SourceUnavailable
from ingest.sources.opening import OpenSource, open_local
from ingest.sources.places import Place
from rag.errors import NoTextRecognised, SaywhereError, UnreadableDocument
from rag.ports.catalog import Catalog, Change, Move
from rag.types import DEFAULT_COLLECTION


def sync(
    library: ChangeWriter,
    catalog: Catalog,
    preparer: Preparer,
    places: Sequence[Place],
    *,
    collection: str = DEFAULT_COLLECTION,
    patterns: Patterns = EVERYTHING,
    open_source: OpenSource = open_local,
    progress: Callable[[Progress], None] | None = None,
    cancellation: Cancellation | None = None,
) -> Report:
    """Makes a collection hold the documents of these places as they are now; a second run changes nothing.

    Files are compared by the fingerprint of their bytes and the rules by which they are read, never by
    their dates: after a change of format reader, splitter or resolver they count as changed. A file that
    can't be read never stops the others: it is reported, and its earlier version stays. A file with the
    bytes of one that is gone is a rename: its document keeps its id, and nothing of it is embedded again
    unless its name is its title. Documents whose files are gone, or left out by patterns, are removed after
    everything new is written. Batches written before an interruption stay, and the next sync does the rest.

    Args:
        preparer: makes a change of a file's bytes.
        open_source: opens the source of a place.
        progress: called after each file read and each batch written.

    Raises:
        StorageError: the library can't be written.
        ModelError: the embedder can't be loaded.
        Cancelled: ``cancellation`` was set.
    """
    total = Report()
    for place in places:
        records = catalog.list(collection)
        with open_scan(place, records, preparer, patterns, open_source, cancellation) as scanned:
            if isinstance(scanned, Failure):
                total += Report(failed=(scanned,))
                continue
            run = _SyncRun(
                BatchWriter(library, cancellation=cancellation),
                preparer,
                collection,
                scanned,
                progress or (lambda _: None),
                cancellation,
            )
            run.apply()
        total += run.report()
    return total


@dataclass(slots=True)
class _SyncRun:
    """Applies the plan of one scan, batch by batch."""

    writer: BatchWriter
    preparer: Preparer
    collection: str
    scan: Scan
    progress: Callable[[Progress], None]
    cancellation: Cancellation | None = None
    written_uris: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    without_text: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    read_seconds: float = 0.0
    is_away: bool = False  # the source doesn't answer any more
    _ids: dict[str, str] = field(default_factory=dict)
    _used_ids: set[str] = field(default_factory=set)
    _fingerprints: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Known documents keep their ids, renamed ones too."""
        self._used_ids = {record.id for record in self.scan.records}
        self._ids = {record.uri: record.id for record in self.scan.records}
        self._fingerprints = {file.uri: file.fingerprint for file in self.scan.listing.files}
        self._ids |= {file.uri: record.id for record, file in self.scan.plan.renamed}

    def apply(self) -> None:
        files = self.scan.plan.to_read
        for read, change in enumerate(self._prepare(files), 1):
            if change is not None:
                self.writer.add(change)
                self.notes += notes_of(change.document)
            if self.writer.is_full:
                self._flush()
            self._report_progress(read, len(files), files[read - 1].uri)
        removals = [(record.collection, record.id) for record in self.scan.plan.removed]
        moves = [self._move(record.id, file.uri) for record, file in self.scan.plan.to_move]
        if not self.writer.is_empty or removals or moves:
            self._flush(removals, moves)
            self._report_progress(len(files), len(files), files[-1].uri if files else "")

    def report(self) -> Report:
        """The plan's files by outcome; those to be written are in it if they were written."""
        plan, listing = self.scan.plan, self.scan.listing
        moved = {file.uri for _, file in plan.to_move} | self.written_uris
        return Report(
            added=tuple(file.uri for file in plan.added if file.uri in self.written_uris),
            changed=tuple(file.uri for file in plan.changed if file.uri in self.written_uris),
            unchanged=tuple(file.uri for file in plan.unchanged),
            renamed=tuple((old.uri, new.uri) for old, new in plan.renamed if new.uri in moved),
            removed=tuple(record.uri for record in plan.removed),
            skipped=tuple(sorted([*listing.skipped, *self.without_text])),
            empty=listing.empty,
            ignored=listing.ignored,
            failed=self.scan.with_earlier_versions([*listing.failures, *self.failures]),
            notes=tuple(note for note in self.notes if note.uri in self.written_uris),
            passages=self.writer.passages,
            read_seconds=self.read_seconds,
            write_seconds=self.writer.seconds,
        )

    def _prepare(self, files: Sequence[ListedFile]) -> Iterator[Change | None]:
        """The next version of each file's document, or None for a file that can't be read."""
        for file in files:
            if self.is_away:
                return
            if self.cancellation is not None:
                self.cancellation.raise_if_set()
            began = perf_counter()
            change = self._prepare_file(file)
            self.read_seconds += perf_counter() - began
            yield change

    def _prepare_file(self, file: ListedFile) -> Change | None:
        try:
            content = self.scan.source.fetch(file)
            return self.preparer.prepare(
                content.data,
                content.name,
                uri=file.uri,
                collection=self.collection,
                media_type=content.media_type,
                source=self.scan.source.name,
                document_id=self._document_id(file.uri),
                title=content.title,
                metadata=content.metadata,
                fingerprint=self._fingerprints[file.uri],
                cancellation=self.cancellation,
            )
        except SourceUnavailable as error:
            self.is_away = True
            self.failures.append(Failure(uri=self.scan.source.name, reason=str(error), is_whole=True))
            return None
        except NoTextRecognised as error:
            if self._is_by_the_way(file):
                self.without_text.append(file.uri)
                return None
            reason = str(error)
        except UnreadableDocument as error:
            reason = str(error)
        except (SaywhereError, Cancelled):
            raise
        except OSError as error:
            reason = f"{file.key} can't be read: {error.strerror or error}"
        except Exception as error:  # noqa: BLE001  # an unexpected error in one file must not stop the rest
            reason = f"{PurePath(file.key).name} could not be taken in: {type(error).__name__}: {error}"
        self.failures.append(Failure(uri=file.uri, reason=reason))
        return None

    def _is_by_the_way(self, file: ListedFile) -> bool:
        """Whether a file is new and stands beside others, as a document's pictures do."""
        return file in self.scan.plan.added and len(self.scan.listing.files) > 1

    def _document_id(self, uri: str) -> str:
        if uri not in self._ids:
            self._ids[uri] = new_document_id(self.collection, uri, self._used_ids)
            self._used_ids.add(self._ids[uri])
        return self._ids[uri]

    def _move(self, document_id: str, uri: str) -> Move:
        source = self.scan.source.name
        return Move(collection=self.collection, document_id=document_id, uri=uri, source=source)

    def _flush(self, removals: Sequence[tuple[str, str]] = (), moves: Sequence[Move] = ()) -> None:
        written = self.writer.flush(removals, moves)
        self.written_uris |= {change.document.uri for change in written}

    def _report_progress(self, read: int, total: int, uri: str) -> None:
        written, passages = len(self.written_uris), self.writer.passages
        self.progress(Progress(read=read, written=written, total=total, uri=uri, passages=passages))
