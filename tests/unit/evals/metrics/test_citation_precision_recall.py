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
    (Evidence(quote="He called for an apology"),),
    (Evidence(quote="Sheriff Judd"), Evidence(quote="Sheriff Grady Judd")),
)


def citations(quotes: list[str], document: str = "news") -> list[Citation]:
    where = {"document_id": document, "version": "v", "title": "News", "uri": f"x/{document}.txt"}
    return [Citation(**where, start=0, end=len(quote), quote=quote) for quote in quotes]


@pytest.mark.parametrize(
    ("cited", "recall"),
    [
        (["He called for an apology.", "Polk's Sheriff Grady Judd spoke."], 1.0),
        (["He called\n for an apology."], 0.5),
        (["Kristi Noem"], 0.0),
        (["apology"], 0.0),
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
    assert uncited(citations(["He called for an apology"]), GROUPS) == [Evidence(quote="Sheriff Judd")]


def test_without_expected_evidence_recall_is_one() -> None:
    """Nothing is missing."""
    assert citation_recall([], ()) == 1.0


@pytest.mark.parametrize(
    ("cited", "precision"),
    [
        (["He called for an apology."], 1.0),
        (["He called for an apology.", "The weather is fine."], 0.5),
        (["He called for an apology.", "Background."], 1.0),
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
        (Evidence(document="News", quote="an apology"), True),
        (Evidence(document="other", quote="an apology"), False),
        (Evidence(document="news", span=Span(3, 9)), True),
        (Evidence(document="news", span=Span(3, 90)), False),
    ],
)
def test_evidence_may_be_a_document_or_a_span_of_one(evidence: Evidence, *, cited: bool) -> None:
    """By id, file name or title; offsets must lie within the citation."""
    quoted = citations(["He called for an apology."])
    assert citation_recall(quoted, [[evidence]]) == float(cited)


def test_forbidden_evidence_is_cited_by_any_part_of_it() -> None:
    """Half of it is enough; the same words of another document are not it."""
    forbidden = [Evidence(document="old", quote="He called for an apology. It was late.")]
    assert forbidden_cited(citations(["It was late."], "old"), forbidden) == forbidden
    assert forbidden_cited(citations(["It was late."], "new"), forbidden) == []
