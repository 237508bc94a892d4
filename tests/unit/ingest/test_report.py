"""Reports of several paths add up."""

from __future__ import annotations

from ingest.report import Failure, Report


def test_reports_add_up() -> None:
    """Lists are joined in order, numbers summed; one failure makes the whole not ok."""
    one = Report(added=("a",), renamed=(("x", "y"),), passages=2, read_seconds=0.5)
    two = Report(added=("b",), failed=(Failure(uri="c", reason="why"),), passages=1, write_seconds=1.5)
    both = one + two
    assert (both.added, both.renamed, both.passages) == (("a", "b"), (("x", "y"),), 3)
    assert (both.read_seconds, both.write_seconds) == (0.5, 1.5)
    assert (one.ok, both.ok) == (True, False)
