"""Brings the library in step with files and folders: what changed is written, what is gone goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Protocol

from ingest.listing import Listing, list_files
from ingest.plan import FoundFile, Plan, plan
from ingest.prepare import Preparer
from ingest.report import Failure, Progress, Report
from ingest.roots import Root, root_of
from rag.errors import DocumentTooLarge, SaywhereError, UnreadableDocument
from rag.ports import Catalog, Change
from rag.types import DEFAULT_COLLECTION

BATCH_DOCUMENTS = 64
BATCH_SENTENCES = 1_000


class Writer(Protocol):
    """The part of ``rag.library.Library`` that a sync needs."""

    def write(self, changes: Sequence[Change], removals: Sequence[tuple[str, str]] = ()) -> None:
        """Writes new versions and removes ``(collection, document_id)``s, as one unit."""
        ...


def sync(
    library: Writer,
    catalog: Catalog,
    preparer: Preparer,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Makes a collection hold what the paths hold now; a second run in a row changes nothing.

    Files are told apart by the hash of their bytes and of how they are read: after a change of format
    reader, splitter or resolver they count as changed. A file that can't be read never stops the
    others: it is reported, and its earlier version stays. Documents of a folder whose files are
    gone are removed, after everything new was written. What was written before an interruption
    stands, and the next sync goes on from there.

    Args:
        preparer: how a file's bytes become a change.
        progress: called after each file read and each batch written.

    Raises:
        StorageError: the library can't be written.
        ModelError: the embedder can't be loaded.
    """
    total = Report()
    for path in paths:
        records = catalog.list(collection)
        try:
            root = root_of(path, records)
        except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
            reason = str(error) if path.exists() else "there is no such file or folder"
            total += Report(failed=(Failure(uri=str(path), reason=f"{path}: {reason}"),))
            continue
        mine = root.records(records)
        listing = list_files(root, [record.uri for record in mine])
        unknown = [failure.uri for failure in listing.failures]
        files = [replace(file, sha256=preparer.key(file.sha256)) for file in listing.files]
        todo = plan(mine, files, unknown=unknown)
        run = _Run(library, preparer, collection, root, progress or (lambda _: None))
        run.apply(todo)
        held = {record.uri for record in records}
        total += _report(todo, listing, run, held)
    return total


@dataclass(slots=True)
class _Run:
    """One plan being applied, batch by batch."""

    library: Writer
    preparer: Preparer
    collection: str
    root: Root
    progress: Callable[[Progress], None]
    written: set[str] = field(default_factory=set)
    failed: list[Failure] = field(default_factory=list)
    passages: int = 0
    read_seconds: float = 0.0
    write_seconds: float = 0.0

    def apply(self, todo: Plan) -> None:
        files = todo.to_read
        batch: list[Change] = []
        for read, change in enumerate(self._changes(files), 1):
            if change is not None:
                batch.append(change)
            if len(batch) >= BATCH_DOCUMENTS or _sentences(batch) >= BATCH_SENTENCES:
                self._write(batch, ())
                batch = []
            self._tell(read, len(files), files[read - 1].uri)
        gone = {record.uri: (record.collection, record.id) for record in todo.removed}
        # A file that was moved but can't be read any more leaves its earlier version in place.
        ready = self.written | {change.document.uri for change in batch}
        gone |= {old.uri: (old.collection, old.id) for old, new in todo.renamed if new.uri in ready}
        if batch or gone:
            self._write(batch, list(gone.values()))
            self._tell(len(files), len(files), files[-1].uri if files else "")

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
                source=self.root.source,
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

    def _write(self, batch: Sequence[Change], removals: Sequence[tuple[str, str]]) -> None:
        began = perf_counter()
        self.library.write(batch, removals)
        self.write_seconds += perf_counter() - began
        self.written |= {change.document.uri for change in batch}
        self.passages += sum(len(change.passages) for change in batch)

    def _tell(self, read: int, total: int, uri: str) -> None:
        self.progress(Progress(read=read, written=len(self.written), total=total, uri=uri))


def _sentences(batch: Sequence[Change]) -> int:
    return sum(len(passage.sentences) for change in batch for passage in change.passages)


def _report(todo: Plan, listing: Listing, run: _Run, held: set[str]) -> Report:
    renamed = [(old.uri, new.uri) for old, new in todo.renamed if new.uri in run.written]
    old_of = {new.uri: old.uri for old, new in todo.renamed}
    failures = [
        Failure(uri=f.uri, reason=f.reason, kept=_holds(held, old_of.get(f.uri, f.uri)))
        for f in (*listing.failures, *run.failed)
    ]
    return Report(
        added=tuple(file.uri for file in todo.added if file.uri in run.written),
        changed=tuple(file.uri for file in todo.changed if file.uri in run.written),
        unchanged=tuple(file.uri for file in todo.unchanged),
        renamed=tuple(renamed),
        removed=tuple(record.uri for record in todo.removed),
        skipped=listing.skipped,
        failed=tuple(failures),
        passages=run.passages,
        read_seconds=run.read_seconds,
        write_seconds=run.write_seconds,
    )


def _holds(held: set[str], uri: str) -> bool:
    """Whether a document of this uri, or one in the folder of this uri, is in the library."""
    return uri in held or any(other.startswith(f"{uri}/") for other in held)
