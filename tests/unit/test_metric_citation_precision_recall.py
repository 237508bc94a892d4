from __future__ import annotations

import pytest

from evals.metrics.citation_precision_recall import citation_precision, citation_recall, missing

NEEDS = (("He called for an apology",), ("Sheriff Judd", "Sheriff Grady Judd"))


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
    assert citation_recall(cited, NEEDS) == recall


def test_a_quote_may_run_over_two_neighbouring_citations() -> None:
    """A long quote cited sentence by sentence counts as cited."""
    assert citation_recall(["He called.", "It was late."], [("He called. It was",)]) == 1.0


def test_missing_names_the_first_quote_of_each_unmet_need() -> None:
    """What a report shows as not cited."""
    assert missing(["He called for an apology"], NEEDS) == ["Sheriff Judd"]


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
    assert citation_precision(cited, NEEDS, ("Background",)) == precision
