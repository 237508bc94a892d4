"""A path looked at: which root it belongs to, what lies there, and what that means for the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.ignore import EVERYTHING, Patterns
from ingest.listing import Listing, list_files
from ingest.plan import Plan, plan
from ingest.prepare import Preparer
from ingest.report import Failure, Report
from ingest.roots import Root, root_of
from rag.ports.catalog import DocumentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """``records`` are those of the whole collection, as ids and uris are unique in it."""

    root: Root
    listing: Listing
    plan: Plan
    records: tuple[DocumentRecord, ...]

    def failures(self, found: Sequence[Failure]) -> tuple[Failure, ...]:
        """Failures with word of whether an earlier version stays."""
        held = {record.uri for record in self.records}
        old_of = {new.uri: old.uri for old, new in self.plan.renamed}
        return tuple(replace(f, kept=_holds(held, old_of.get(f.uri, f.uri))) for f in found)


def scan(
    records: Sequence[DocumentRecord], preparer: Preparer, path: Path, patterns: Patterns = EVERYTHING
) -> Scan | Failure:
    """What a sync of this path would do to a collection; a failure where the path leads nowhere."""
    try:
        root = root_of(path, records)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        reason = str(error) if path.exists() else "there is no such file or folder"
        return Failure(uri=str(path), reason=f"{path}: {reason}")
    mine = root.records(records)
    listing = list_files(root, [record.uri for record in mine], patterns)
    unknown = [failure.uri for failure in listing.failures]
    files = [replace(file, sha256=preparer.key(file.sha256)) for file in listing.files]
    return Scan(root=root, listing=listing, plan=plan(mine, files, unknown=unknown), records=tuple(records))


def preview(
    records: Sequence[DocumentRecord],
    preparer: Preparer,
    paths: Sequence[Path],
    patterns: Patterns = EVERYTHING,
) -> Report:
    """What a sync would report if each file can be read; reads no document and writes nothing."""
    total = Report()
    for path in paths:
        found = scan(records, preparer, path, patterns)
        total += Report(failed=(found,)) if isinstance(found, Failure) else _expected(found)
    return total


def _expected(found: Scan) -> Report:
    todo = found.plan
    return Report(
        added=tuple(file.uri for file in todo.added),
        changed=tuple(file.uri for file in todo.changed),
        unchanged=tuple(file.uri for file in todo.unchanged),
        renamed=tuple((record.uri, file.uri) for record, file in todo.renamed),
        removed=tuple(record.uri for record in todo.removed),
        skipped=found.listing.skipped,
        ignored=found.listing.ignored,
        failed=found.failures(found.listing.failures),
    )


def _holds(held: set[str], uri: str) -> bool:
    """Whether a document of this uri, or one in the folder of this uri, is in the library."""
    return uri in held or any(other.startswith(f"{uri}/") for other in held)
