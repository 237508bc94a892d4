"""Candidates of several queries, merged by rank."""

from __future__ import annotations

from rag.retrieval.rank_fusion import merge_by_rank
from rag.types import Candidate
from tests.samples import candidate, document


def named(names: str, fused: float = 1.0) -> list[Candidate]:
    """Candidates by the letters of their documents, with this score."""
    return [candidate(document(f"Text {name}.", id=name), fused=fused) for name in names]


def order(merged: list[Candidate]) -> str:
    return "".join(c.document.id for c in merged)


def test_without_further_queries_nothing_changes() -> None:
    """But the limit holds."""
    assert order(merge_by_rank(named("abc"), [], 2)) == "ab"


def test_what_several_queries_find_rises() -> None:
    """A passage that a further query has first passes those that only the question found."""
    assert order(merge_by_rank(named("abc"), [named("cd"), named("ce")], 10)) == "cabde"


def test_the_question_counts_as_much_as_all_further_queries() -> None:
    """Its first passage stays before what each of three others has first alone."""
    merged = merge_by_rank(named("a"), [named("b"), named("c"), named("d")], 10)
    assert order(merged) == "abcd"
    assert order(merge_by_rank(named("a"), [named("b")] * 3, 10)) == "ab"


def test_scores_are_those_of_the_question_where_it_has_them() -> None:
    """Else of the first query that found the passage."""
    merged = merge_by_rank(named("a", 2.0), [named("ab", 5.0), named("b", 7.0)], 10)
    assert {c.document.id: c.scores.fused for c in merged} == {"a": 2.0, "b": 5.0}
