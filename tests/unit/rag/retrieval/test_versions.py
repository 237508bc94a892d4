"""Candidates about another year or version than the question's."""

from __future__ import annotations

from dataclasses import replace

from rag.retrieval.versions import demote_other_versions
from rag.types import Candidate
from tests.samples import candidate, document


def titled(title: str, fused: float, uri: str = "notes/a.txt") -> Candidate:
    doc = replace(document("Leave is 27 days.", id=f"{title}{uri}", title=title), uri=uri)
    return candidate(doc, fused=fused)


def titles(question: str, *candidates: Candidate) -> list[str]:
    return [c.document.title for c in demote_other_versions(question, candidates)]


def test_another_year_comes_after_the_right_one() -> None:
    """A document that names no year keeps its score."""
    found = titled("Leave 2026", 3.0), titled("Leave", 2.0), titled("Leave 2025", 1.5)
    assert titles("leave in 2025", *found) == ["Leave", "Leave 2025", "Leave 2026"]


def test_a_file_name_names_a_year_too() -> None:
    """Where the title doesn't."""
    found = titled("Old", 3.0, "leave-2026.md"), titled("New", 2.5, "leave-2025.md")
    assert titles("leave in 2025", *found) == ["New", "Old"]


def test_without_a_right_one_nothing_changes() -> None:
    """Nor for a question that names no year."""
    found = titled("Leave 2026", 3.0), titled("Leave 2024", 2.0)
    assert titles("leave in 2025", *found) == ["Leave 2026", "Leave 2024"]
    assert titles("leave", *found, titled("Leave 2025", 1.5)) == ["Leave 2026", "Leave 2024", "Leave 2025"]


def test_a_far_better_candidate_stays_first() -> None:
    """The name of a document is one sign among others."""
    found = titled("Leave 2026", 5.0), titled("Leave 2025", 1.0)
    assert titles("leave in 2025", *found) == ["Leave 2026", "Leave 2025"]
