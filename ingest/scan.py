"""Scans a path: the root it belongs to, its files, and the plan that makes the catalog equal to them."""

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

    def with_earlier_versions(self, failures: Sequence[Failure]) -> tuple[Failure, ...]:
        """The failures, each with ``has_earlier_version`` set as the catalog has it."""
        uris = {record.uri for record in self.records}
        old_uris = {new.uri: old.uri for old, new in self.plan.renamed}
        return tuple(
            replace(failure, has_earlier_version=_is_stored(uris, old_uris.get(failure.uri, failure.uri)))
            for failure in failures
        )


def scan(
    records: Sequence[DocumentRecord], preparer: Preparer, path: Path, patterns: Patterns = EVERYTHING
) -> Scan | Failure:
    """The scan of one path for a collection; a failure if there is no file or folder at the path.

    Args:
        records: all of the collection.
    """
    try:
        root = root_of(path, records)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        reason = str(error) if path.exists() else "there is no such file or folder"
        return Failure(uri=str(path), reason=f"{path}: {reason}")
    root_records = root.records(records)
    listing = list_files(root, [record.uri for record in root_records], patterns)
    unreadable = [failure.uri for failure in listing.failures]
    files = [replace(file, sha256=preparer.source_key(file.sha256, uri=file.uri)) for file in listing.files]
    return Scan(
        root=root,
        listing=listing,
        plan=plan(root_records, files, unreadable=unreadable),
        records=tuple(records),
    )


def preview(
    records: Sequence[DocumentRecord],
    preparer: Preparer,
    paths: Sequence[Path],
    patterns: Patterns = EVERYTHING,
) -> Report:
    """What a sync would report if each file can be read; reads no document and writes nothing."""
    total = Report()
    for path in paths:
        scanned = scan(records, preparer, path, patterns)
        total += Report(failed=(scanned,)) if isinstance(scanned, Failure) else _expected_report(scanned)
    return total


def _expected_report(scanned: Scan) -> Report:
    expected, listing = scanned.plan, scanned.listing
    return Report(
        added=tuple(file.uri for file in expected.added),
        changed=tuple(file.uri for file in expected.changed),
        unchanged=tuple(file.uri for file in expected.unchanged),
        renamed=tuple((record.uri, file.uri) for record, file in expected.renamed),
        removed=tuple(record.uri for record in expected.removed),
        skipped=listing.skipped,
        empty=listing.empty,
        ignored=listing.ignored,
        failed=scanned.with_earlier_versions(listing.failures),
    )


def _is_stored(uris: set[str], uri: str) -> bool:
    """Whether the library has a document of this uri, or one in the folder of this uri."""
    return uri in uris or any(other.startswith(f"{uri}/") for other in uris)
