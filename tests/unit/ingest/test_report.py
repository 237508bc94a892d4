"""Reports of several paths add up."""

from __future__ import annotations

from dataclasses import replace

from ingest.near_duplicates import NearDuplicates
from ingest.report import Failure, Report, notes_of
from tests.samples import document


def test_reports_add_up() -> None:
    """Lists are joined in order, numbers summed; one failure makes the sum not ok."""
    one = Report(added=("a",), renamed=(("x", "y"),), passages=2, read_seconds=0.5)
    two = Report(added=("b",), failed=(Failure(uri="c", reason="why"),), passages=1, write_seconds=1.5)
    both = one + two
    assert (both.added, both.renamed, both.passages) == (("a", "b"), (("x", "y"),), 3)
    assert (both.read_seconds, both.write_seconds) == (0.5, 1.5)
    assert (one.ok, both.ok) == (True, False)


def test_the_stored_form_has_keys_of_its_own() -> None:
    """A failure's earlier version is stored as ``kept``, near-duplicates as ``alike``."""
    report = Report(
        failed=(Failure(uri="c", reason="why", has_earlier_version=True),),
        near_duplicates=(NearDuplicates(uris=("a", "b"), similarity=0.9),),
    )
    stored = report.to_dict()
    assert stored["failed"] == [{"uri": "c", "reason": "why", "kept": True}]
    assert stored["alike"] == [{"uris": ("a", "b"), "similarity": 0.9}]


def test_what_was_not_read_is_told_by_the_metadata() -> None:
    """Pages that have no text, and those recognised with doubt; nothing where all was read."""
    read = document("Words.", metadata={"author": "Ada"})
    assert notes_of(read) == ()
    doubtful = replace(read, metadata={"unread": "page 2: x", "doubtful_pages": "3-4"})
    notes = notes_of(doubtful)
    assert [note.text for note in notes] == ["not read: page 2: x", "pages recognised with doubt: 3-4"]
    assert Report(notes=notes[:1]).to_dict()["notes"] == [{"uri": read.uri, "text": "not read: page 2: x"}]
