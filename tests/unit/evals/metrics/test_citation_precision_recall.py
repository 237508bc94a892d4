from __future__ import annotations

import pytest

from evals.cases.evidence import Evidence
from evals.metrics.citation_precision_recall import (
    citation_precision,
    citation_recall,
    forbidden_cited,
    uncited,
)
from rag.types import Citation, Span

GROUPS = (
    (Evidence(quote="He called for a recount"),),
    (Evidence(quote="Captain Moss"), Evidence(quote="Captain Ada Moss")),
)


def citations(quotes: list[str], document: str = "news") -> list[Citation]:
    where = {"document_id": document, "version": "v", "title": "News", "uri": f"x/{document}.txt"}
    return [Citation(**where, start=0, end=len(quote), quote=quote) for quote in quotes]


@pytest.mark.parametrize(
    ("cited", "recall"),
    [
        (["He called for a recount.", "Polk's Captain Ada Moss spoke."], 1.0),
        (["He called\n for a recount."], 0.5),
        (["Ines Falk"], 0.0),
        (["recount"], 0.0),
        ([], 0.0),
    ],
)
def test_recall_is_the_share_of_groups_cited(cited: list[str], recall: float) -> None:
    """A group is cited where one citation holds one of its quotes whole, white space counting alike."""
    assert citation_recall(citations(cited), GROUPS) == recall


def test_a_quote_may_run_over_two_neighbouring_citations() -> None:
    """A long quote cited sentence by sentence counts as cited."""
    cited = citations(["He called.", "It was late."])
    assert citation_recall(cited, [[Evidence(quote="He called. It was")]]) == 1.0


def test_of_an_uncited_group_the_first_quote_is_named() -> None:
    """That is what a report shows as not cited."""
    assert uncited(citations(["He called for a recount"]), GROUPS) == [Evidence(quote="Captain Moss")]


def test_without_expected_evidence_recall_is_one() -> None:
    """Nothing is missing."""
    assert citation_recall([], ()) == 1.0


@pytest.mark.parametrize(
    ("cited", "precision"),
    [
        (["He called for a recount."], 1.0),
        (["He called for a recount.", "The weather is fine."], 0.5),
        (["He called for a recount.", "Background."], 1.0),
        (["The weather is fine."], 0.0),
        ([], 0.0),
    ],
)
def test_precision_is_the_share_of_relevant_citations(cited: list[str], precision: float) -> None:
    """Expected evidence is relevant, and so is allowed evidence."""
    assert citation_precision(citations(cited), GROUPS, [Evidence(quote="Background")]) == precision


@pytest.mark.parametrize(
    ("evidence", "cited"),
    [
        (Evidence(document="news"), True),
        (Evidence(document="news.txt"), True),
        (Evidence(document="News", quote="a recount"), True),
        (Evidence(document="other", quote="a recount"), False),
        (Evidence(document="news", span=Span(3, 9)), True),
        (Evidence(document="news", span=Span(3, 90)), False),
    ],
)
def test_evidence_may_be_a_document_or_a_span_of_one(evidence: Evidence, *, cited: bool) -> None:
    """By id, file name or title; offsets must lie within the citation."""
    quoted = citations(["He called for a recount."])
    assert citation_recall(quoted, [[evidence]]) == float(cited)


def test_forbidden_evidence_is_cited_by_any_part_of_it() -> None:
    """Half of it is enough; the same words of another document are not it."""
    forbidden = [Evidence(document="old", quote="He called for a recount. It was late.")]
    assert forbidden_cited(citations(["It was late."], "old"), forbidden) == forbidden
    assert forbidden_cited(citations(["It was late."], "new"), forbidden) == []
