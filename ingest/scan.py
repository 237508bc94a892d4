"""Scans a place: its source, what that has, and the plan that makes the catalog equal to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from ingest.cancellation import Cancellation
from ingest.ignore import EVERYTHING, Patterns
from ingest.plan import Plan, plan
from ingest.prepare import Preparer
from ingest.report import Failure, Report
from ingest.sources.contract import Known, Listing, Source, SourceUnavailable
from ingest.sources.opening import OpenSource, open_local
from ingest.sources.places import Place
from rag.ports.catalog import DocumentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """``records`` are those of the whole collection, as ids and uris are unique in it."""

    source: Source
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


def scan(records: Sequence[DocumentRecord], preparer: Preparer, source: Source) -> Scan | Failure:
    """The scan of one source for a collection; a failure if it can't be listed.

    What has the uri of a document of another source, or of an upload, is left to that one.

    Args:
        records: all of the collection.
    """
    own = source.records(records)
    try:
        listing = source.list(Known(own, preparer.source_key))
    except SourceUnavailable as error:
        return Failure(uri=source.name, reason=str(error), is_whole=True)
    own_uris = {record.uri for record in own}
    others = {record.uri for record in records} - own_uris
    elsewhere = tuple(file.uri for file in listing.files if file.uri in others)
    if elsewhere:
        files = tuple(file for file in listing.files if file.uri not in others)
        skipped = tuple(sorted([*listing.skipped, *elsewhere]))
        listing = replace(listing, files=files, skipped=skipped)
    kept = [failure.uri for failure in listing.failures]
    if not listing.complete:
        kept += own_uris - listing.gone
    keyed = [
        replace(file, fingerprint=preparer.source_key(file.fingerprint, file.uri)) for file in listing.files
    ]
    return Scan(
        source=source, listing=listing, plan=plan(own, keyed, unreadable=kept), records=tuple(records)
    )


@contextmanager
def open_scan(
    place: Place,
    records: Sequence[DocumentRecord],
    preparer: Preparer,
    patterns: Patterns,
    open_source: OpenSource,
    cancellation: Cancellation | None = None,
) -> Iterator[Scan | Failure]:
    """The scan of a place, whose source is open as long as the block runs; a failure if there is none.

    Args:
        records: all of the collection.
    """
    try:
        source = open_source(place, records, preparer, patterns, cancellation)
    except SourceUnavailable as error:
        yield Failure(uri=str(place), reason=str(error), is_whole=True)
        return
    with closing(source):
        yield scan(records, preparer, source)


def preview(
    records: Sequence[DocumentRecord],
    preparer: Preparer,
    places: Sequence[Place],
    patterns: Patterns = EVERYTHING,
    open_source: OpenSource = open_local,
) -> Report:
    """What a sync would report if each file can be read; reads no document and writes nothing."""
    total = Report()
    for place in places:
        with open_scan(place, records, preparer, patterns, open_source) as scanned:
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
