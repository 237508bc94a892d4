from __future__ import annotations

import pytest

from evals.cases.evidence import Evidence
from evals.metrics.citation_precision_recall import (
    citation_precision,
    citation_recall,
    forbidden,
    missing,
)
from rag.types import Citation, Span

NEEDS = (
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
def test_recall_is_the_share_of_needs_met(cited: list[str], recall: float) -> None:
    """A need is met by any of its quotes, whole, inside one citation; white space is no matter."""
    assert citation_recall(citations(cited), NEEDS) == recall


def test_a_quote_may_run_over_two_neighbouring_citations() -> None:
    """A long quote cited sentence by sentence counts as cited."""
    cited = citations(["He called.", "It was late."])
    assert citation_recall(cited, [[Evidence(quote="He called. It was")]]) == 1.0


def test_missing_names_the_first_quote_of_each_unmet_need() -> None:
    """What a report shows as not cited."""
    assert missing(citations(["He called for an apology"]), NEEDS) == [Evidence(quote="Sheriff Judd")]


def test_nothing_needed_is_wholly_recalled() -> None:
    """No need, no shortfall."""
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
def test_precision_is_the_share_of_citations_that_are_fair(cited: list[str], precision: float) -> None:
    """Fair is what meets a need or is allowed beside."""
    assert citation_precision(citations(cited), NEEDS, [Evidence(quote="Background")]) == precision


@pytest.mark.parametrize(
    ("place", "held"),
    [
        (Evidence(document="news"), True),
        (Evidence(document="news.txt"), True),
        (Evidence(document="News", quote="an apology"), True),
        (Evidence(document="other", quote="an apology"), False),
        (Evidence(document="news", span=Span(3, 9)), True),
        (Evidence(document="news", span=Span(3, 90)), False),
    ],
)
def test_a_place_may_be_a_document_or_a_stretch_of_one(place: Evidence, *, held: bool) -> None:
    """By id, file name or title; offsets must lie within what is cited."""
    cited = citations(["He called for an apology."])
    assert citation_recall(cited, [[place]]) == float(held)


def test_a_forbidden_place_is_touched_by_any_part_of_it() -> None:
    """Citing half of what must not be cited is citing it; another document's same words are not it."""
    never = [Evidence(document="old", quote="He called for an apology. It was late.")]
    assert forbidden(citations(["It was late."], "old"), never) == never
    assert forbidden(citations(["It was late."], "new"), never) == []
